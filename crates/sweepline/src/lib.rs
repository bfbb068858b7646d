//! The parts of the `sweepline` program, so that tests can reach them.

pub mod authority;
pub mod broker;
