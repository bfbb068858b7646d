//! The live position, sent straight to the watcher at QoS 0.

use domain::id::RunId;
use domain::status::RobotState;
use mapping::pose::Pose;
use serde::{Deserialize, Serialize};

use crate::{WireError, json};

/// Where the robot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LivePose {
    /// The run that the position belongs to.
    pub run: Option<RunId>,
    /// Millimetres out of the dock.
    pub x: i32,
    /// Millimetres to the left of the dock.
    pub y: i32,
    /// Heading, milliradians, counter-clockwise from straight out of the dock.
    pub heading: i32,
    /// What the robot does.
    pub state: RobotState,
}

impl LivePose {
    /// The position of a robot in its run.
    pub fn new(run: Option<RunId>, pose: &Pose, state: RobotState) -> Self {
        let thousandths = |value: f64| (value * 1000.0).round() as i32;
        Self {
            run,
            x: thousandths(pose.x),
            y: thousandths(pose.y),
            heading: thousandths(pose.theta),
            state,
        }
    }

    /// The payload.
    pub fn encode(&self) -> Vec<u8> {
        json::encode(self)
    }

    /// The position in `bytes`.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        json::decode(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_whole_millimetres() {
        let live = LivePose::new(None, &Pose::new(1.2345, -0.5, 1.0), RobotState::Running);
        assert_eq!((live.x, live.y, live.heading), (1235, -500, 1000));
        assert_eq!(LivePose::decode(&live.encode()), Ok(live));
    }
}
