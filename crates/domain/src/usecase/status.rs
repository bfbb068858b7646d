//! Status reports: health, the server's time for robots that ask, and settings for robots that lag behind.

use std::sync::Arc;

use super::UseCaseError;
use super::quarantining::unless_quarantined;
use crate::id::{PairingId, RobotId};
use crate::ports::{HealthStore, RobotMailbox, RobotStore, SettingsStore};
use crate::receipt::{Receipt, ReceiptKind};
use crate::status::Status;
use crate::{FieldError, Timestamp};

/// What a robot reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedStatus {
    /// The pairing that the robot knows.
    pub pairing: Option<PairingId>,
    /// Its health.
    pub status: Status,
    /// Asks for the server's time.
    pub nonce: Option<String>,
}

/// Keeps the health of robots.
#[derive(Clone)]
pub struct StatusTracking {
    /// Where robots are.
    pub robots: Arc<dyn RobotStore>,
    /// Where their health is kept.
    pub health: Arc<dyn HealthStore>,
    /// Where their settings are.
    pub settings: Arc<dyn SettingsStore>,
    /// How they hear of time and settings.
    pub mailbox: Arc<dyn RobotMailbox>,
}

impl StatusTracking {
    /// Stores a report unless a newer one is stored, answers its nonce, and sends settings that it lacks.
    ///
    /// A robot that this installation does not know is [`UseCaseError::Refused`].
    pub async fn take(
        &self,
        robot: RobotId,
        reported: &ReportedStatus,
        now: Timestamp,
    ) -> Result<(), UseCaseError> {
        let Some(known) = self.robots.robot(robot).await? else {
            return Err(FieldError::new("client", "is not a robot of this installation").into());
        };
        unless_quarantined(&known)?;
        if let Some(nonce) = &reported.nonce {
            let kind = ReceiptKind::Time {
                nonce: nonce.clone(),
                now,
            };
            self.mailbox
                .post_receipt(
                    robot,
                    &Receipt {
                        pairing: reported.pairing,
                        kind,
                    },
                )
                .await?;
        }
        // What a robot reports after it has left its home is nobody's any more.
        let Some(pairing) = known.pairing else {
            return Ok(());
        };
        self.health.put_status(robot, &reported.status).await?;
        self.bring_up_to_date(robot, pairing.id, reported).await
    }

    async fn bring_up_to_date(
        &self,
        robot: RobotId,
        pairing: PairingId,
        reported: &ReportedStatus,
    ) -> Result<(), UseCaseError> {
        let Some(settings) = self.settings.settings(robot).await? else {
            return Ok(());
        };
        let lags = reported.pairing != Some(pairing) || reported.status.settings_version < settings.version;
        if lags && settings.pairing == pairing {
            self.mailbox.post_settings(robot, &settings).await?;
        }
        Ok(())
    }
}
