//! What became of commands.

use domain::Timestamp;
use domain::id::{CommandId, PairingId};
use domain::receipt::{Receipt, ReceiptKind};
use domain::usecase::{CommandWord, Settling};
use serde::Deserialize;
use serde_json::Value;
use wire::ack::Ack;
use wire::json;

use crate::error::{Failure, HandlerError};
use crate::event::RobotMessage;
use crate::intake::{Intake, IntakeStores};

/// Takes what robots publish on their acknowledgement topic.
#[derive(Clone)]
pub struct CommandOutcome {
    settling: Settling,
    intake: Intake,
}

impl CommandOutcome {
    /// A handler over the use case.
    pub fn new(settling: Settling, stores: impl Into<IntakeStores>) -> Self {
        Self {
            settling,
            intake: Intake::new("command_outcome", stores.into()),
        }
    }

    /// Applies a robot's word on a command.
    ///
    /// # Errors
    /// [`HandlerError`] when the event shall come again.
    pub async fn handle(&self, event: &Value, now: Timestamp) -> Result<(), HandlerError> {
        let take = async |message: &RobotMessage| self.take(message).await;
        match self.intake.refused(event, now, take).await? {
            Some((message, _)) => self.end_repeats(&message).await,
            None => Ok(()),
        }
    }

    async fn take(&self, message: &RobotMessage) -> Result<(), Failure> {
        let Ack {
            command,
            pairing,
            answer,
            ..
        } = Ack::decode(&message.payload)?;
        let word = CommandWord {
            command,
            pairing,
            state: answer.into(),
        };
        Ok(self.settling.take(message.robot, &word).await?)
    }

    /// A robot repeats its word until it hears that the command is settled; a refused word must not come for ever.
    async fn end_repeats(&self, message: &RobotMessage) -> Result<(), HandlerError> {
        let Ok(About { pairing, command }) = json::decode(&message.payload) else {
            return Ok(());
        };
        let receipt = Receipt {
            pairing: Some(pairing),
            kind: ReceiptKind::Settled { command },
        };
        Ok(self
            .settling
            .mailbox
            .post_receipt(message.robot, &receipt)
            .await?)
    }
}

/// What can be read of a word that is refused.
#[derive(Deserialize)]
struct About {
    pairing: PairingId,
    command: CommandId,
}
