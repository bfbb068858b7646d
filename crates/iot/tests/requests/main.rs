//! The requests that AWS IoT gets, and what each of its answers means.

mod commands;
mod mailbox;
mod registry;
mod replay;
