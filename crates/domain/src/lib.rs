//! What Sweepline knows about homes, robots, runs and commands: types, rules, use cases and ports.
//!
//! Nothing here does I/O, reads a clock or knows a provider. Time is passed in as [`Timestamp`], ids are made by the
//! caller from time and entropy, and everything outside is reached through the traits in [`ports`].

pub mod access;
pub mod access_log;
pub mod claim;
pub mod command;
pub mod command_log;
pub mod correlation;
pub mod erasure;
pub mod error;
pub mod fleet;
pub mod floor_map;
pub mod home;
pub mod id;
pub mod incident;
pub mod keepsake;
pub mod label;
pub mod lease;
pub mod member;
pub mod object;
pub mod pace;
pub mod page;
pub mod placement;
pub mod plan;
pub mod ports;
pub mod presence;
pub mod quarantine;
pub mod receipt;
pub mod robot;
pub mod room;
pub mod run;
pub mod schedule;
pub mod session;
pub mod settings;
pub mod shape;
pub mod status;
pub mod time;
pub mod time_zone;
pub mod usecase;

pub use correlation::CorrelationId;
pub use error::FieldError;
pub use time::Timestamp;
