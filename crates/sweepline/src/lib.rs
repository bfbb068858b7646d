//! The parts of the `sweepline` program, so that tests can reach them.

pub mod authority;
pub mod bill;
pub mod broker;
pub mod cli;
pub mod clock;
pub mod convert;
pub mod data_dir;
pub mod demo;
pub mod meter;
pub mod ready;
pub mod replay;
pub mod robots;
pub mod stack;
pub mod up;
