//! The handlers over stores in memory: what can never be used is recorded and acknowledged, an outage is an error.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says why it skips"
)]

#[path = "../common/aws_events.rs"]
mod aws_events;
mod command_outcome;
mod flats;
mod fold;
mod fold_budget;
mod fold_faults;
mod fold_floors;
mod keys;
mod live_authorizer;
mod malformed;
mod map_ingest;
mod presence;
mod provisioning_hook;
mod quarantine;
mod recorded;
mod renewal;
mod run_events;
mod status;
mod world;
