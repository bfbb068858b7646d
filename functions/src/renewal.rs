//! Certificates that come to their end.

use domain::FieldError;
use domain::Timestamp;
use domain::ports::DeviceError;
use domain::usecase::{Renewing, UseCaseError};
use serde_json::Value;
use wire::renewal::{Renewal, RenewalWord};

use crate::error::{Failure, HandlerError};
use crate::event::RobotMessage;
use crate::intake::{Intake, IntakeStores};

/// Takes what robots publish on their renewal topic.
#[derive(Clone)]
pub struct Renewals {
    renewing: Renewing,
    intake: Intake,
}

impl Renewals {
    /// A handler over the use case.
    pub fn new(renewing: Renewing, stores: impl Into<IntakeStores>) -> Self {
        Self {
            renewing,
            intake: Intake::new("renewal", stores.into()),
        }
    }

    /// Answers a robot's request for a certificate, or its word that it has one. A refused one gets no answer: the
    /// robot asks again, later.
    ///
    /// # Errors
    /// [`HandlerError`] when the event shall come again.
    pub async fn handle(&self, event: &Value, now: Timestamp) -> Result<(), HandlerError> {
        let take = async |message: &RobotMessage| self.take(message, now).await;
        self.intake.refused(event, now, take).await.map(|_| ())
    }

    async fn take(&self, message: &RobotMessage, now: Timestamp) -> Result<(), Failure> {
        let Renewal { pairing, word } = Renewal::decode(&message.payload)?;
        let robot = message.robot;
        let taken = match word {
            RenewalWord::Wanted { csr } => self.renewing.issue(robot, pairing, &csr, now).await,
            RenewalWord::Connected => self.renewing.take_over(robot, pairing, &message.principal).await,
        };
        taken.map_err(|error| match error {
            UseCaseError::Device(DeviceError::BadRequest { reason }) => {
                Failure::Refused(FieldError::new("csr", reason))
            }
            other => other.into(),
        })
    }
}
