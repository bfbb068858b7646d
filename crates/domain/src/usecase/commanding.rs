//! An owner asks a robot to do something, and hears the truth in one round trip.

use std::sync::Arc;

use futures_util::future::try_join3;

use super::{MAX_ATTEMPTS, RobotAccess, UseCaseError, unless_conflict};
use crate::Timestamp;
use crate::access::HomeScope;
use crate::command::{
    COMMAND_VALID, Command, CommandKind, CommandNumber, CommandState, DELIVERY_TIMEOUT, Order, Scope,
};
use crate::id::{CommandId, PersonId, RobotId};
use crate::ports::{CommandLink, CommandStore, Delivery, HealthStore, RobotRequest, SettingsStore};

/// What an owner asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCommand {
    /// The id it shall have.
    pub id: CommandId,
    /// Who asks.
    pub issuer: PersonId,
    /// What is asked.
    pub order: Order,
    /// The caller's key: the same key is the same command.
    pub idempotency_key: String,
    /// SHA-256, hex, of the request.
    pub digest: String,
}

/// Issues commands.
#[derive(Clone)]
pub struct Commanding {
    /// Where commands are.
    pub commands: Arc<dyn CommandStore>,
    /// Tells what the robot does.
    pub health: Arc<dyn HealthStore>,
    /// Tells which room list is the present one.
    pub settings: Arc<dyn SettingsStore>,
    /// Brings the command to the robot.
    pub link: Arc<dyn CommandLink>,
}

impl Commanding {
    /// Stores a command, sends it once, and gives it as it stands after the robot's confirmation, its silence or,
    /// for a key that was used before, whatever came of it since.
    ///
    /// Errors: [`UseCaseError::RobotOffline`], [`UseCaseError::RobotBusy`], [`UseCaseError::RoomsChanged`],
    /// [`UseCaseError::KeyReused`].
    pub async fn issue(
        &self,
        access: &RobotAccess,
        new: NewCommand,
        now: Timestamp,
    ) -> Result<Command, UseCaseError> {
        for _ in 0..MAX_ATTEMPTS {
            if let Some(earlier) = self.issued_before(access, &new).await? {
                return Ok(earlier);
            }
            let (rooms_version, last) = self.check(access.robot.id, &new.order).await?;
            let command = command(access, &new, rooms_version, CommandNumber::after(last, now), now);
            let (key, digest) = (&new.idempotency_key, &new.digest);
            let added = self
                .commands
                .add_command(&access.scope, &command, key, digest, last)
                .await;
            if unless_conflict(added)?.is_some() {
                return self.send(&access.scope, command).await;
            }
        }
        Err(UseCaseError::contended("command"))
    }

    /// What the key was used for before.
    async fn issued_before(
        &self,
        access: &RobotAccess,
        new: &NewCommand,
    ) -> Result<Option<Command>, UseCaseError> {
        let robot = access.robot.id;
        let key = new.idempotency_key.as_str();
        match self.commands.reservation(&access.scope, robot, key).await? {
            Some(taken) if taken.digest != new.digest => Err(UseCaseError::KeyReused),
            Some(taken) => Ok(self.commands.command(&access.scope, robot, taken.command).await?),
            None => Ok(None),
        }
    }

    /// Refuses what cannot succeed; gives the version of the room list and the number of the last command.
    async fn check(
        &self,
        robot: RobotId,
        order: &Order,
    ) -> Result<(u64, Option<CommandNumber>), UseCaseError> {
        let reads = try_join3(
            self.health.health(robot),
            self.settings.settings(robot),
            self.commands.last_number(robot),
        );
        let (health, settings, last) = reads.await?;
        if !health.is_connected() {
            return Err(UseCaseError::RobotOffline);
        }
        if let (CommandKind::Start, Some(status)) = (order.kind(), &health.status)
            && status.state.is_busy()
        {
            return Err(UseCaseError::RobotBusy { run: status.run });
        }
        match order.scope() {
            // Floors have no rooms yet, so that every room id is one that is not there.
            Some(Scope::Rooms { .. }) => Err(UseCaseError::RoomsChanged),
            Some(Scope::WholeHome | Scope::Zones { .. }) | None => {
                Ok((settings.map_or(0, |settings| settings.rooms_version()), last))
            }
        }
    }

    async fn send(&self, scope: &HomeScope, command: Command) -> Result<Command, UseCaseError> {
        let request = RobotRequest::Command(command.clone());
        let delivery = self
            .link
            .deliver(command.robot, &request, DELIVERY_TIMEOUT)
            .await?;
        tracing::info!(robot.id = %command.robot, command.id = %command.id, ?delivery, "command sent");
        match delivery {
            Delivery::Acknowledged => self.note(scope, command, CommandState::Delivered).await,
            Delivery::Unconfirmed => Ok(command),
            Delivery::Offline => {
                self.note(scope, command, CommandState::Expired).await?;
                Err(UseCaseError::RobotOffline)
            }
        }
    }

    /// Notes how far the command came, unless the robot's own word was faster.
    async fn note(
        &self,
        scope: &HomeScope,
        command: Command,
        state: CommandState,
    ) -> Result<Command, UseCaseError> {
        let written = self
            .commands
            .set_command_state(scope, &command, command.state, state)
            .await;
        if unless_conflict(written)?.is_some() {
            return Ok(Command { state, ..command });
        }
        let stored = self.commands.command(scope, command.robot, command.id).await?;
        Ok(stored.unwrap_or(command))
    }
}

fn command(
    access: &RobotAccess,
    new: &NewCommand,
    rooms_version: u64,
    number: CommandNumber,
    now: Timestamp,
) -> Command {
    Command {
        id: new.id,
        robot: access.robot.id,
        home: access.pairing.home,
        pairing: access.pairing.id,
        number,
        order: new.order.clone(),
        issuer: new.issuer,
        issued_at: now,
        expires_at: now.plus(COMMAND_VALID),
        rooms_version,
        plan: None,
        state: CommandState::Requested,
    }
}
