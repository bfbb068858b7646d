//! Lifecycle events of the broker.

use std::sync::Arc;

use domain::Timestamp;
use domain::ports::IncidentStore;
use domain::usecase::PresenceTracking;
use serde_json::Value;

use crate::error::{Failure, HandlerError};
use crate::event::RobotPresence;
use crate::incidents::Incidents;

/// Takes what the broker says of connections.
#[derive(Clone)]
pub struct PresenceEvents {
    tracking: PresenceTracking,
    incidents: Incidents,
}

impl PresenceEvents {
    /// A handler over the use case.
    pub fn new(tracking: PresenceTracking, incidents: Arc<dyn IncidentStore>) -> Self {
        Self {
            tracking,
            incidents: Incidents::new("presence", incidents),
        }
    }

    /// Notes that a robot came or went; other clients pass.
    ///
    /// # Errors
    /// [`HandlerError`] when the event shall come again.
    pub async fn handle(&self, event: &Value, now: Timestamp) -> Result<(), HandlerError> {
        match self.take(event).await {
            Ok(()) => Ok(()),
            Err(Failure::Refused(refusal)) => self.incidents.refuse_event(event, &refusal, now).await,
            Err(Failure::Quarantined { .. }) => Ok(()),
            Err(Failure::Later(error)) => Err(error),
        }
    }

    async fn take(&self, event: &Value) -> Result<(), Failure> {
        match RobotPresence::read(event)? {
            Some(RobotPresence { robot, event }) => Ok(self.tracking.take(robot, &event).await?),
            None => Ok(()),
        }
    }
}
