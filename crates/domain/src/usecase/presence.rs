//! Lifecycle events of the broker become presence.
//!
//! Once all events came, in whatever order and however often, presence is the truth. Of events that never come nothing
//! can be known here: a lost closing leaves a robot that looks connected until a command finds out, and a lost opening
//! one that looks away, for which [`Connectivity`](super::Connectivity) asks the broker.

use std::sync::Arc;

use super::{MAX_ATTEMPTS, UseCaseError, unless_conflict};
use crate::id::RobotId;
use crate::ports::HealthStore;
use crate::presence::{Presence, PresenceEvent};

/// Keeps whether robots are connected.
#[derive(Clone)]
pub struct PresenceTracking {
    /// Where it is kept.
    pub health: Arc<dyn HealthStore>,
}

impl PresenceTracking {
    /// Applies an event; late and repeated ones change nothing.
    pub async fn take(&self, robot: RobotId, event: &PresenceEvent) -> Result<(), UseCaseError> {
        for _ in 0..MAX_ATTEMPTS {
            let known = self.health.health(robot).await?.presence;
            let Some(next) = Presence::after(known.as_ref(), event) else {
                return Ok(());
            };
            let written = self.health.put_presence(robot, &next, known.as_ref()).await;
            if unless_conflict(written)?.is_some() {
                tracing::info!(robot.id = %robot, connected = next.connected, reason = next.reason, "presence changed");
                return Ok(());
            }
        }
        Err(UseCaseError::contended("presence"))
    }
}
