//! What robots say of their runs.

use domain::id::{PairingId, RobotId, RunId};
use domain::usecase::RunEvents;
use domain::{FieldError, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use wire::{json, run_event};

use crate::error::{Failure, HandlerError};
use crate::event::RobotMessage;
use crate::intake::{Intake, IntakeStores};

/// Takes what robots publish on their run topic.
#[derive(Clone)]
pub struct RunReports {
    run_events: RunEvents,
    intake: Intake,
}

impl RunReports {
    /// A handler over the use case.
    pub fn new(run_events: RunEvents, stores: impl Into<IntakeStores>) -> Self {
        Self {
            run_events,
            intake: Intake::new("run_events", stores.into()),
        }
    }

    /// Applies the run event of one message.
    ///
    /// # Errors
    /// [`HandlerError`] when the event shall come again.
    pub async fn handle(&self, event: &Value, now: Timestamp) -> Result<(), HandlerError> {
        let take = async |message: &RobotMessage| self.take(message).await;
        let Some((message, refusal)) = self.intake.refused(event, now, take).await? else {
            return Ok(());
        };
        match json::decode::<About>(&message.payload) {
            Ok(About { pairing, run }) => {
                tell_refusal(&self.run_events, message.robot, pairing, run, &refusal).await
            }
            Err(_) => Ok(()),
        }
    }

    async fn take(&self, message: &RobotMessage) -> Result<(), Failure> {
        let event = run_event::decode(&message.payload)?;
        Ok(self.run_events.take(message.robot, &event).await?)
    }
}

/// What can be read of an event that is refused.
#[derive(Deserialize)]
struct About {
    pairing: PairingId,
    run: RunId,
}

/// Tells the robot to set aside what was refused of a run.
pub(crate) async fn tell_refusal(
    run_events: &RunEvents,
    robot: RobotId,
    pairing: PairingId,
    run: RunId,
    refusal: &FieldError,
) -> Result<(), HandlerError> {
    tracing::info!(robot.id = %robot, run.id = %run, field = refusal.field, "robot told to set a report aside");
    let told = run_events
        .refuse(robot, pairing, run, &refusal.field, &refusal.reason)
        .await;
    match told.map_err(Failure::from) {
        // A robot in quarantine hears nothing.
        Err(Failure::Quarantined { .. }) => Ok(()),
        // A receipt that is itself refused has nobody left to go to; the incident is recorded.
        Ok(()) | Err(Failure::Refused(_)) => Ok(()),
        Err(Failure::Later(error)) => Err(error),
    }
}
