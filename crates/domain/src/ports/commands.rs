use async_trait::async_trait;

use super::StoreError;
use crate::access::HomeScope;
use crate::command::{Command, CommandNumber, CommandState};
use crate::id::{CommandId, RobotId};

/// What an idempotency key stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reservation {
    /// The key was free and now belongs to the caller's command.
    New,
    /// The key belongs to this command, made from a request with this digest.
    Taken {
        /// The command.
        command: CommandId,
        /// SHA-256, hex, of the request it was made from.
        digest: String,
    },
}

/// Keeps commands and the numbers they carry.
#[async_trait]
pub trait CommandStore: Send + Sync {
    /// Takes an idempotency key of a robot for `command`, for a day.
    ///
    /// Of two callers at the same time exactly one MUST get [`Reservation::New`].
    async fn reserve(
        &self,
        scope: &HomeScope,
        robot: RobotId,
        key: &str,
        command: CommandId,
        digest: &str,
    ) -> Result<Reservation, StoreError>;

    /// The number of the robot's last command; MUST be a consistent read.
    async fn last_number(&self, robot: RobotId) -> Result<Option<CommandNumber>, StoreError>;

    /// Makes `next` the robot's last number if `last` is the stored one; otherwise MUST be a
    /// [`StoreError::Conflict`] and change nothing.
    async fn take_number(
        &self,
        robot: RobotId,
        last: Option<CommandNumber>,
        next: CommandNumber,
    ) -> Result<(), StoreError>;

    /// Stores a new command; one with its id MUST be a [`StoreError::Conflict`].
    async fn add_command(&self, scope: &HomeScope, command: &Command) -> Result<(), StoreError>;

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
