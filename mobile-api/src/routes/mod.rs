//! The routes, by subject; each is a few lines between an extractor and a use case.

pub(crate) mod access_log;
pub(crate) mod account;
mod assets;
pub(crate) mod auth;
pub(crate) mod commands;
mod corner_body;
pub(crate) mod erasure;
pub(crate) mod expecting;
pub(crate) mod export;
pub(crate) mod fleet;
pub(crate) mod floors;
pub(crate) mod health;
pub(crate) mod homes;
pub(crate) mod live;
mod map_body;
pub(crate) mod members;
pub(crate) mod objects;
pub(crate) mod overview;
pub(crate) mod pages;
pub(crate) mod pairing;
pub(crate) mod plan;
pub(crate) mod provisioning;
pub(crate) mod refreshing;
mod robot_body;
pub(crate) mod robots;
mod room_body;
pub(crate) mod rooms;
mod run_body;
pub(crate) mod runs;
mod schedule_body;
pub(crate) mod security;
pub(crate) mod settings;

pub(crate) use objects::object_features;
pub(crate) use room_body::room_features;
