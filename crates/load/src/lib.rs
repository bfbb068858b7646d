//! Many light robots against the local stack.
//!
//! The stack runs in a process of its own, so that it can be killed and what it takes be told apart. A light robot is
//! the agent's own link, with its certificate, its waits and its session, and an outbox in memory; it drives nothing and
//! sends runs over a home of 122 m².

pub mod apportioned;
pub mod bug;
pub mod fleet;
pub mod growth;
pub mod limits;
pub mod oracle;
pub mod overload;
pub mod phones;
pub mod question;
pub mod roster;
pub mod rows;
pub mod serve;
pub mod server;
pub mod storm;
pub mod trip;
