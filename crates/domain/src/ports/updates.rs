use async_trait::async_trait;

use super::DeviceError;
use crate::Timestamp;
use crate::id::RobotId;

/// Which firmware a robot is to run, and how it proves that it got the right one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// The same for every robot of one rollout; asking again with it changes nothing.
    pub rollout: String,
    /// The version that it brings.
    pub firmware: String,
    /// Where the robot gets it, HTTPS.
    pub url: String,
    /// SHA-256 of the file, lower-case hex; the robot MUST refuse any other.
    pub sha256: String,
    /// Size of the file, bytes.
    pub bytes: u64,
    /// After this nobody starts it any more.
    pub expires_at: Timestamp,
}

/// How far a robot is with an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpdateState {
    /// It waits for the robot.
    Queued,
    /// The robot is at it.
    Started,
    /// The robot runs the new firmware.
    Done,
    /// The robot could not, and runs what it ran before.
    Failed,
    /// The robot does not want it, as for a model that it is not.
    Rejected,
    /// It was taken back, or expired, before the robot began.
    Dropped,
}

/// Offers updates to robots and hears what became of them.
///
/// Each is paid for as a remote action, three thousand times a message, so commands never go this way. No adapter
/// implements it yet: on AWS it is Jobs, which keep an update for a robot that is away.
#[async_trait]
pub trait Updates: Send + Sync {
    /// Offers the update to the robot; one that is offline MUST find it when it comes back.
    async fn offer(&self, robot: RobotId, update: &Update) -> Result<(), DeviceError>;

    /// How far the robot is with a rollout; `None` when it was never offered.
    async fn state(&self, robot: RobotId, rollout: &str) -> Result<Option<UpdateState>, DeviceError>;

    /// Takes back what the robot has not begun; one that has begun MUST be left to finish.
    async fn withdraw(&self, robot: RobotId, rollout: &str) -> Result<(), DeviceError>;
}
