//! Status reports of robots.

use std::sync::Arc;

use domain::Timestamp;
use domain::ports::IncidentStore;
use domain::usecase::{ReportedStatus, StatusTracking};
use serde_json::Value;
use wire::status::StatusReport;

use crate::error::{Failure, HandlerError};
use crate::event::RobotMessage;
use crate::incidents::Incidents;

/// Takes what robots publish on their status topic.
#[derive(Clone)]
pub struct StatusReports {
    tracking: StatusTracking,
    incidents: Incidents,
}

impl StatusReports {
    /// A handler over the use case.
    pub fn new(tracking: StatusTracking, incidents: Arc<dyn IncidentStore>) -> Self {
        Self {
            tracking,
            incidents: Incidents::new("status", incidents),
        }
    }

    /// Stores the report of one message. A refused one gets no answer: the robot sends another on its next change.
    ///
    /// # Errors
    /// [`HandlerError`] when the event shall come again.
    pub async fn handle(&self, event: &Value, now: Timestamp) -> Result<(), HandlerError> {
        let take = async |message: &RobotMessage| self.take(message, now).await;
        self.incidents.refused(event, now, take).await.map(|_| ())
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
