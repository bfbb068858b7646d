//! Looks for lost and doubled reports.
//!
//! A simulation puts the real core of the agent, with its outbox on files, and the real handlers with their use cases on
//! one virtual clock, over a line, disks and a store that fail in every way that a seed draws. In the end every tile
//! report that a robot's disk kept must be in its sealed run, and the home must be that of an undisturbed run. The same
//! seed plays the same simulation again.

pub mod bug;
pub mod climate;
pub mod cloud;
pub mod corpus;
pub mod disk;
pub mod flaky;
pub mod flat;
pub mod home;
pub mod link;
pub mod oracle;
pub mod outbox_file;
pub mod outbox_history;
pub mod real_disk;
pub mod robot;
pub mod rows;
pub mod seeds;
pub mod simulation;
pub mod store_calls;
