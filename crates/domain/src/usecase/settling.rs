//! What became of commands, as robots say it.

use std::sync::Arc;

use super::{Authorizing, MAX_ATTEMPTS, UseCaseError, unless_conflict};
use crate::command::{Command, CommandState};
use crate::id::{CommandId, PairingId, RobotId};
use crate::ports::{CommandStore, RobotMailbox};
use crate::receipt::{Receipt, ReceiptKind};
use crate::{CorrelationId, FieldError};

/// A robot's word on a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandWord {
    /// The command.
    pub command: CommandId,
    /// The pairing that the robot knows.
    pub pairing: PairingId,
    /// What became of it.
    pub state: CommandState,
}

/// Keeps the life of commands.
#[derive(Clone)]
pub struct Settling {
    /// Tells whose command it is.
    pub authorizing: Authorizing,
    /// Where commands are.
    pub commands: Arc<dyn CommandStore>,
    /// How the robot hears that its word was stored.
    pub mailbox: Arc<dyn RobotMailbox>,
}

impl Settling {
    /// Applies a robot's word unless a later one is stored, and tells the robot that it need not repeat it.
    ///
    /// A foreign pairing or an unknown command is [`UseCaseError::Refused`].
    pub async fn take(&self, robot: RobotId, word: &CommandWord) -> Result<(), UseCaseError> {
        let access = self.authorizing.paired_robot(robot, word.pairing).await?;
        for _ in 0..MAX_ATTEMPTS {
            let command = self.commands.command(&access.scope, robot, word.command).await?;
            let command =
                command.ok_or_else(|| FieldError::new("command", "is not a command to this robot"))?;
            CorrelationId::note(command.correlation.as_ref());
            if !command.state.may_become(&word.state) {
                return self.settle(robot, word).await;
            }
            let to = word.state;
            let written = self
                .commands
                .set_command_state(&access.scope, &command, command.state, to)
                .await;
            if unless_conflict(written)?.is_some() {
                tell(&command, to);
                return self.settle(robot, word).await;
            }
        }
        Err(UseCaseError::contended("command"))
    }

    async fn settle(&self, robot: RobotId, word: &CommandWord) -> Result<(), UseCaseError> {
        let kind = ReceiptKind::Settled {
            command: word.command,
        };
        Ok(self
            .mailbox
            .post_receipt(
                robot,
                &Receipt {
                    pairing: Some(word.pairing),
                    kind,
                },
            )
            .await?)
    }
}

/// Tells of a robot's word on a command, and counts whether the robot took it.
fn tell(command: &Command, word: CommandState) {
    let was_accepted = matches!(command.state, CommandState::Accepted { .. });
    let (accepted, refused) = match word {
        CommandState::Rejected { reason } => (None, serde_json::to_value(reason).ok()),
        CommandState::Accepted { .. } | CommandState::Succeeded { .. } | CommandState::Failed { .. } => {
            ((!was_accepted).then_some(1u64), None)
        }
        CommandState::Requested | CommandState::Delivered | CommandState::Expired => (None, None),
    };
    let reason = refused.as_ref().and_then(|reason| reason.as_str());
    tracing::info!(
        robot.id = %command.robot,
        command.id = %command.id,
        command.state = ?word,
        reason,
        monotonic_counter.commands_accepted = accepted,
        monotonic_counter.commands_refused = reason.map(|_| 1u64),
        "command answered"
    );
}
