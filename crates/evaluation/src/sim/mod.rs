//! Simulated homes: permanent furniture, things that come, go and are moved, and a robot that sees them with noise.

mod cleaner;
mod furniture;
mod home;
mod lidar;
mod pieces;
mod shapes;

pub(crate) use cleaner::clean;
pub(crate) use home::{Home, Truth};
pub(crate) use lidar::{Noise, Tally, drive};
pub(crate) use pieces::Furnishing;
pub(crate) use shapes::{Mask, eroded, near, widest_part};
