//! The embedded broker, tried over real TLS and websockets by clients that the project did not write.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod connect;
mod deliver;
mod fixture;
mod phone;
mod publish;
mod robot;
mod subscribe;
