//! Forged tokens, none of which may open anything.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(
    clippy::print_stdout,
    reason = "a test says how much it tried, and why it skips"
)]

mod accepted;
mod attacks;
mod clauses;
mod forge;
mod rotation;
mod wycheproof;
