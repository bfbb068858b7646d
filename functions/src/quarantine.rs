//! Robots that are marked for quarantine, as the table's change stream tells of them, are cut off.

use std::sync::Arc;

use domain::Timestamp;
use domain::ports::IncidentStore;
use domain::usecase::Quarantining;
use serde_json::Value;

use crate::error::{Failure, HandlerError};
use crate::event::changed_robots;
use crate::incidents::Incidents;

/// Takes records of robots that are marked.
#[derive(Clone)]
pub struct Quarantines {
    quarantining: Quarantining,
    incidents: Incidents,
}

impl Quarantines {
    /// A handler over the use case.
    pub fn new(quarantining: Quarantining, incidents: Arc<dyn IncidentStore>) -> Self {
        Self {
            quarantining,
            incidents: Incidents::new("quarantine", incidents),
        }
    }

    /// Cuts off the robots of the event that are still marked; one that cannot be now does not hold up the others.
    ///
    /// # Errors
    /// The last [`HandlerError`], when the event shall come again.
    pub async fn handle(&self, event: &Value, now: Timestamp) -> Result<(), HandlerError> {
        let robots = match changed_robots(event) {
            Ok(robots) => robots,
            Err(refusal) => return self.incidents.refuse_event(event, &refusal, now).await,
        };
        let mut outcome = Ok(());
        for robot in robots {
            match self.quarantining.enforce(robot).await.map_err(Failure::from) {
                Ok(()) | Err(Failure::Quarantined { .. }) => {}
                Err(Failure::Refused(refusal)) => self.incidents.refuse_event(event, &refusal, now).await?,
                Err(Failure::Later(error)) => outcome = Err(error),
            }
        }
        outcome
    }
}
