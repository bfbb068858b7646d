//! The API as its callers see it: the router over the real store on an embedded table, with robots that are recorded.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says how much it tried"
)]

mod access_log;
mod account;
mod auth;
mod commanding;
mod commands;
mod contract;
mod data;
mod devices;
mod erasure;
mod errors;
mod expecting;
mod export;
mod flat;
mod fleet;
mod floors;
mod haste;
mod homes;
mod isolation;
mod live;
mod members;
mod overview;
mod pages;
mod pairing;
mod plan;
mod quarantine;
mod refreshing;
mod robots;
mod rooms;
mod runs;
mod settings;
mod world;
