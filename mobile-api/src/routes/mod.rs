//! The routes, by subject; each is a few lines between an extractor and a use case.

mod assets;
pub(crate) mod auth;
pub(crate) mod commands;
pub(crate) mod fleet;
pub(crate) mod floors;
pub(crate) mod health;
pub(crate) mod homes;
pub(crate) mod live;
mod map_body;
pub(crate) mod pages;
pub(crate) mod pairing;
pub(crate) mod provisioning;
mod robot_body;
pub(crate) mod robots;
mod run_body;
pub(crate) mod runs;
pub(crate) mod settings;
