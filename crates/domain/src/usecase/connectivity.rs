//! Whether a robot is connected: what events have told, and the broker's own word before somebody hears "offline".

use std::error::Error;
use std::sync::Arc;

use crate::fleet::RobotHealth;
use crate::ports::{Connection, Connections};

/// Tells whether robots are connected.
#[derive(Clone)]
pub struct Connectivity {
    /// The broker's own word.
    pub connections: Arc<dyn Connections>,
}

impl Connectivity {
    /// Whether the robot with this health is connected.
    ///
    /// A presence that says so is believed, since a command finds out at once. One that says no may have missed an
    /// event for good, so the broker is asked; where it has no answer, the presence stands.
    pub async fn is_connected(&self, health: &RobotHealth) -> bool {
        if health.is_connected() {
            return true;
        }
        match self.connections.connection(health.robot).await {
            Ok(Connection::Open) => {
                tracing::warn!(robot.id = %health.robot, "presence missed a connection");
                true
            }
            Ok(Connection::Closed | Connection::Untold) => false,
            Err(error) => {
                let error = &error as &dyn Error;
                tracing::warn!(robot.id = %health.robot, error, "the broker was not heard; presence stands");
                false
            }
        }
    }
}
