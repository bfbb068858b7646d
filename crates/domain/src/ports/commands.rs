use async_trait::async_trait;

use super::StoreError;
use crate::access::HomeScope;
use crate::command::{Command, CommandNumber, CommandState};
use crate::command_log::CommandLog;
use crate::id::{CommandId, RobotId};

/// Keeps commands and the numbers they carry.
#[async_trait]
pub trait CommandStore: Send + Sync {
    /// The last commands to the robot; MUST be a consistent read.
    async fn command_log(&self, robot: RobotId) -> Result<CommandLog, StoreError>;

    /// Stores a new command, and then the robot's log with it.
    ///
    /// A log whose last number is not `last`, or a command with its id, MUST be a [`StoreError::Conflict`] and leave
    /// nothing behind. A fault between the two writes may leave a command that no log knows; nobody was told its id,
    /// and it was not sent.
    async fn add_command(
        &self,
        scope: &HomeScope,
        command: &Command,
        log: &CommandLog,
        last: Option<CommandNumber>,
    ) -> Result<(), StoreError>;

    /// The command; `None` when the robot has none with this id. MUST be a consistent read.
    async fn command(
        &self,
        scope: &HomeScope,
        robot: RobotId,
        command: CommandId,
    ) -> Result<Option<Command>, StoreError>;

    /// Replaces the state if the stored one is `from`; otherwise MUST be a [`StoreError::Conflict`] and change
    /// nothing.
    async fn set_command_state(
        &self,
        scope: &HomeScope,
        command: &Command,
        from: CommandState,
        to: CommandState,
    ) -> Result<(), StoreError>;
}
