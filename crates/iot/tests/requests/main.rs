//! The requests that AWS IoT gets, and what each of its answers means.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod commands;
mod connections;
mod mailbox;
mod registry;
mod replay;
