//! The requests that AWS IoT gets, and what each of its answers means.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod cloud;
mod commands;
mod connections;
mod contract;
mod flows;
mod mailbox;
mod provisioning;
mod recorded;
mod recording;
mod registry;
mod replay;
mod stack;
