//! Each function's program under the emulator of Lambda that AWS publishes (`aws-lambda-rie`, which `SWEEPLINE_RIE`
//! names), on events that AWS recorded, over an embedded store: what it answers, and what is in the table then.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says why it has nothing to do"
)]

mod api;
#[path = "../../functions/tests/common/aws_events.rs"]
mod aws_events;
mod certificates;
mod cloud;
mod decisions;
mod emulator;
mod events;
mod home;
mod provider;
mod reports;
