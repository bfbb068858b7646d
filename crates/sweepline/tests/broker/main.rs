//! The embedded broker, tried over real TLS and websockets by clients that the project did not write.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and the matrix says how much was tried"
)]

mod connect;
mod deliver;
mod fixture;
mod malformed;
mod matrix;
mod phone;
mod publish;
mod robot;
mod subscribe;
