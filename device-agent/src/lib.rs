//! The robot's program: folds what the robot senses into run tiles, keeps them until the cloud confirms them, and
//! decides over commands.
//!
//! [`core`] holds the rules and does no I/O; [`agent`] runs it between a [`driver`] and a [`link`]; [`outbox`],
//! [`state`] and [`identity`] are its files.

pub mod agent;
pub mod core;
pub mod credentials;
pub mod driver;
pub mod identity;
pub mod kept_plan;
pub mod link;
pub mod outbox;
pub mod pair;
pub mod private_file;
pub mod provision;
pub mod renewal;
pub mod state;
pub mod storage;

/// The agent's version, as it reports it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
