//! Homes and robots that drive the real agent.
//!
//! A [`home::Home`] is a floor plan with a dock and with furniture that is not always there. A [`robot::SimRobot`]
//! cleans it, senses it with a laser scanner and implements the agent's driver; [`fleet`] runs many in one process.

pub mod fleet;
pub mod furniture;
pub mod home;
pub mod layout;
pub mod lidar;
pub mod path;
pub mod plans;
pub mod robot;
mod route;
mod steering;
