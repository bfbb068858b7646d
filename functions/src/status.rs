//! Status reports of robots.

use domain::Timestamp;
use domain::usecase::{ReportedStatus, StatusTracking};
use serde_json::Value;
use wire::status::StatusReport;

use crate::error::{Failure, HandlerError};
use crate::event::RobotMessage;
use crate::intake::{Intake, IntakeStores};

/// Takes what robots publish on their status topic.
#[derive(Clone)]
pub struct StatusReports {
    tracking: StatusTracking,
    intake: Intake,
}

impl StatusReports {
    /// A handler over the use case.
    pub fn new(tracking: StatusTracking, stores: impl Into<IntakeStores>) -> Self {
        Self {
            tracking,
            intake: Intake::new("status", stores.into()),
        }
    }

    /// Stores the report of one message. A refused one gets no answer: the robot sends another on its next change.
    ///
    /// # Errors
    /// [`HandlerError`] when the event shall come again.
    pub async fn handle(&self, event: &Value, now: Timestamp) -> Result<(), HandlerError> {
        let take = async |message: &RobotMessage| self.take(message, now).await;
        self.intake.refused(event, now, take).await.map(|_| ())
    }

    async fn take(&self, message: &RobotMessage, now: Timestamp) -> Result<(), Failure> {
        let report = StatusReport::decode(&message.payload)?;
        let status = report.status(message.at)?;
        let reported = ReportedStatus {
            pairing: report.pairing,
            status,
            nonce: report.nonce,
        };
        Ok(self.tracking.take(message.robot, &reported, now).await?)
    }
}
