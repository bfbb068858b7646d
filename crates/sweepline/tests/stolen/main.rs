//! What somebody can do with a secret of somebody else, in the whole local stack.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says how much it tried"
)]

#[path = "../common/mod.rs"]
mod common;
mod phone_token;
mod robot_key;
mod world;
