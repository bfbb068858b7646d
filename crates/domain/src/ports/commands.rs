use async_trait::async_trait;

use super::StoreError;
use crate::access::HomeScope;
use crate::command::{Command, CommandNumber, CommandState};
use crate::id::{CommandId, RobotId};

/// What an idempotency key stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// The command that was made with the key.
    pub command: CommandId,
    /// SHA-256, hex, of the request it was made from.
    pub digest: String,
}

/// Keeps commands and the numbers they carry.
#[async_trait]
pub trait CommandStore: Send + Sync {
    /// What an idempotency key of a robot was used for within the last day. MUST be a consistent read.
    async fn reservation(
        &self,
        scope: &HomeScope,
        robot: RobotId,
        key: &str,
    ) -> Result<Option<Reservation>, StoreError>;

    /// The number of the robot's last command; MUST be a consistent read.
    async fn last_number(&self, robot: RobotId) -> Result<Option<CommandNumber>, StoreError>;

    /// Stores a new command, makes its number the robot's last, and takes the idempotency key for a day, all at once.
    ///
    /// A key that is taken, a last number that is not `last`, or a command with its id MUST be a
    /// [`StoreError::Conflict`] and change nothing.
    async fn add_command(
        &self,
        scope: &HomeScope,
        command: &Command,
        key: &str,
        digest: &str,
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
