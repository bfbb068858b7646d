//! What all messages of robots pass: they are weighed, and what can never be used is recorded.

use std::sync::Arc;

use domain::ports::{FlowStore, IncidentStore, RobotStore};
use domain::quarantine::{MESSAGE_WEIGHT, REFUSAL_WEIGHT};
use domain::usecase::FlowWatching;
use domain::{FieldError, Timestamp};
use serde_json::Value;

use crate::error::{Failure, HandlerError};
use crate::event::RobotMessage;
use crate::incidents::Incidents;

/// What handlers of robots' messages need beside their use case.
#[derive(Clone)]
pub struct IntakeStores {
    incidents: Arc<dyn IncidentStore>,
    flow: FlowWatching,
}

impl<S: IncidentStore + FlowStore + RobotStore + 'static> From<Arc<S>> for IntakeStores {
    fn from(store: Arc<S>) -> Self {
        Self {
            incidents: store.clone(),
            flow: FlowWatching::new(store.clone(), store),
        }
    }
}

/// Where the messages of one handler come in.
#[derive(Clone)]
pub(crate) struct Intake {
    handler: &'static str,
    incidents: Incidents,
    flow: FlowWatching,
}

impl Intake {
    pub(crate) fn new(handler: &'static str, stores: IntakeStores) -> Self {
        Self {
            handler,
            incidents: Incidents::new(handler, stores.incidents),
            flow: stores.flow,
        }
    }

    /// Weighs the message in an event and hands it to `take`; gives what was refused and why, once that is recorded.
    /// `None` when it was taken, when its robot is in quarantine, and when there is no message in the event.
    pub(crate) async fn refused(
        &self,
        event: &Value,
        now: Timestamp,
        take: impl AsyncFnOnce(&RobotMessage) -> Result<(), Failure>,
    ) -> Result<Option<(RobotMessage, FieldError)>, HandlerError> {
        self.refused_of_weight(event, now, |_| MESSAGE_WEIGHT, take).await
    }

    /// The same for messages whose weight follows from their payload.
    pub(crate) async fn refused_of_weight(
        &self,
        event: &Value,
        now: Timestamp,
        weight: impl FnOnce(&[u8]) -> u32,
        take: impl AsyncFnOnce(&RobotMessage) -> Result<(), Failure>,
    ) -> Result<Option<(RobotMessage, FieldError)>, HandlerError> {
        let message = match RobotMessage::try_from(event) {
            Ok(message) => message,
            Err(refusal) => {
                self.incidents.refuse_event(event, &refusal, now).await?;
                return Ok(None);
            }
        };
        let weighed = self.weigh(&message, weight(&message.payload)).await;
        let taken = match weighed {
            Ok(()) => take(&message).await,
            Err(failure) => Err(failure),
        };
        let refused = match taken {
            Err(Failure::Refused(refusal)) => self.refuse(&message, refusal).await.map(Some),
            taken => taken.map(|()| None),
        };
        match refused {
            Ok(refusal) => Ok(refusal.map(|refusal| (message, refusal))),
            Err(Failure::Refused(refusal)) => Ok(Some((message, refusal))),
            Err(Failure::Later(error)) => Err(error),
            Err(Failure::Quarantined { since }) => {
                self.tell_quarantine(&message, since);
                Ok(None)
            }
        }
    }

    /// Records a refusal and weighs it; gives it back.
    async fn refuse(&self, message: &RobotMessage, refusal: FieldError) -> Result<FieldError, Failure> {
        let recorded = self.incidents.refuse_message(message, &refusal).await;
        recorded.map_err(Failure::Later)?;
        match self.weigh(message, REFUSAL_WEIGHT).await {
            Ok(()) | Err(Failure::Refused(_)) => Ok(refusal),
            Err(failure) => Err(failure),
        }
    }

    async fn weigh(&self, message: &RobotMessage, weight: u32) -> Result<(), Failure> {
        let weighed = self.flow.weigh(message.robot, weight, message.at).await;
        weighed.map_err(Failure::from)
    }

    /// A robot in quarantine gets no incidents, which would cost what it was cut off for.
    fn tell_quarantine(&self, message: &RobotMessage, since: Timestamp) {
        tracing::warn!(
            handler = self.handler,
            robot.id = %message.robot,
            trace = message.trace,
            since = since.seconds(),
            bytes = message.payload.len(),
            reason = "the robot is in quarantine",
            monotonic_counter.messages_refused = 1,
            "message refused"
        );
    }
}
