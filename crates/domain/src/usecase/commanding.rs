//! An owner asks a robot to do something, and hears the truth in one round trip.

use std::sync::Arc;
use std::time::Duration;

use super::{
    Authorizing, Connectivity, MAX_ATTEMPTS, NoPlan, PlanWanted, Planning, RobotAccess, UseCaseError,
    unless_conflict,
};
use crate::access::{HomeScope, Principal};
use crate::command::{
    COMMAND_VALID, Command, CommandKind, CommandNumber, CommandState, DELIVERY_TIMEOUT, Order, START_SETTLES,
    Scope,
};
use crate::command_log::{Asked, CommandLog};
use crate::home::Role;
use crate::id::{CommandId, PersonId, RobotId, RunId};
use crate::plan::CleaningPlan;
use crate::ports::{CommandLink, CommandStore, Delivery, HealthStore, RobotRequest, RunStore, SettingsStore};
use crate::{CorrelationId, Timestamp};

/// What an owner asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCommand {
    /// The id it shall have.
    pub id: CommandId,
    /// Who asks.
    pub issuer: PersonId,
    /// What is asked.
    pub order: Order,
    /// The room list that a scope was made from, if the caller knows it.
    pub rooms_version: Option<u64>,
    /// The first 128 bits of the SHA-256 of the home and the caller's key: the same key is the same command.
    pub key: u128,
    /// The first 128 bits of the SHA-256 of the request.
    pub digest: u128,
    /// What the caller calls the request; no part of what the digest is of.
    pub correlation: Option<CorrelationId>,
}

impl NewCommand {
    fn asked(&self) -> Asked {
        Asked {
            key: self.key,
            digest: self.digest,
            command: self.id,
        }
    }
}

/// Issues commands.
#[derive(Clone)]
pub struct Commanding {
    /// Tells whether who asked still may when the command is sent.
    pub authorizing: Authorizing,
    /// Where commands are.
    pub commands: Arc<dyn CommandStore>,
    /// Tells what became of starts.
    pub runs: Arc<dyn RunStore>,
    /// Tells what the robot does.
    pub health: Arc<dyn HealthStore>,
    /// Tells where the robot must not go.
    pub settings: Arc<dyn SettingsStore>,
    /// Finds the way that a start shall take.
    pub planning: Planning,
    /// Tells whether the robot is there.
    pub connectivity: Connectivity,
    /// Brings the command to the robot.
    pub link: Arc<dyn CommandLink>,
}

impl Commanding {
    /// Stores a command, sends it once, and gives it as it stands after the robot's confirmation, its silence or,
    /// for a key that was used before, whatever came of it since.
    ///
    /// Errors: [`UseCaseError::RobotOffline`], [`UseCaseError::RobotBusy`], [`UseCaseError::TooManyCommands`],
    /// [`UseCaseError::RoomsChanged`],
    /// [`UseCaseError::NoPlan`], [`UseCaseError::Refused`] for zones that cannot be used, [`UseCaseError::KeyReused`],
    /// [`UseCaseError::NotFound`] for who was removed meanwhile.
    pub async fn issue(
        &self,
        access: &RobotAccess,
        new: NewCommand,
        now: Timestamp,
    ) -> Result<Command, UseCaseError> {
        let issued = self.issue_once(access, new, now).await;
        if let Err(error) = &issued {
            tell_refusal(access.robot.id, error);
        }
        issued
    }

    async fn issue_once(
        &self,
        access: &RobotAccess,
        new: NewCommand,
        now: Timestamp,
    ) -> Result<Command, UseCaseError> {
        for _ in 0..MAX_ATTEMPTS {
            let log = self.commands.command_log(access.robot.id).await?;
            if let Some(earlier) = self.issued_before(access, &new, &log, now).await? {
                return Ok(earlier);
            }
            if let Some(stop) = self.stopped_just_now(access, &new, &log, now).await? {
                return Ok(stop);
            }
            self.refuse_haste(access, &new, &log, now).await?;
            let way = self.check(access, &new).await?;
            let number = CommandNumber::after(log.last(), now);
            let command = command(access, &new, &way, number, now);
            let next = log.with(number, new.asked());
            let added = self
                .commands
                .add_command(&access.scope, &command, &next, log.last())
                .await;
            if unless_conflict(added)?.is_some() {
                return self.send(&access.scope, command, way.plan).await;
            }
        }
        Err(UseCaseError::contended("command"))
    }

    /// A command as it stands; the run of a start tells more of it than is written with the command.
    pub async fn current(
        &self,
        access: &RobotAccess,
        id: CommandId,
    ) -> Result<Option<Command>, UseCaseError> {
        let (scope, robot) = (&access.scope, access.robot.id);
        let Some(command) = self.commands.command(scope, robot, id).await? else {
            return Ok(None);
        };
        if command.order.kind() != CommandKind::Start || command.state.is_final() {
            return Ok(Some(command));
        }
        let run = self.runs.run(scope, robot, RunId::begun_by(id)).await?;
        let told = run.map(|run| CommandState::told_by(&run));
        let state = told.filter(|told| command.state.may_become(told));
        Ok(Some(Command {
            state: state.unwrap_or(command.state),
            ..command
        }))
    }

    /// What the key was used for before.
    async fn issued_before(
        &self,
        access: &RobotAccess,
        new: &NewCommand,
        log: &CommandLog,
        now: Timestamp,
    ) -> Result<Option<Command>, UseCaseError> {
        match log.made_with(new.key, now) {
            Some(asked) if asked.digest != new.digest => Err(UseCaseError::KeyReused),
            Some(asked) => self.current(access, asked.command).await,
            None => Ok(None),
        }
    }

    /// The stop that has arrived a moment ago, if this is another: nothing was sent since, so that it holds.
    async fn stopped_just_now(
        &self,
        access: &RobotAccess,
        new: &NewCommand,
        log: &CommandLog,
        now: Timestamp,
    ) -> Result<Option<Command>, UseCaseError> {
        let newest = log.newest_within(log.stop_repeats(now), now);
        let Some(newest) = newest.filter(|_| new.order.kind() == CommandKind::Stop) else {
            return Ok(None);
        };
        let earlier = self.current(access, newest.command).await?;
        Ok(earlier.filter(|earlier| earlier.order == new.order && earlier.state.has_arrived()))
    }

    /// Refuses what comes faster than a person asks: more commands than the log remembers within a minute, and a start
    /// just after another, of which the robot's status does not tell yet. A stop always passes.
    async fn refuse_haste(
        &self,
        access: &RobotAccess,
        new: &NewCommand,
        log: &CommandLog,
        now: Timestamp,
    ) -> Result<(), UseCaseError> {
        if new.order.kind().is_always_obeyed() {
            return Ok(());
        }
        if let Some(wait) = log.wait(now) {
            let retry_after = wait.max(Duration::from_secs(1));
            return Err(UseCaseError::TooManyCommands { retry_after });
        }
        let newest = log.newest_within(START_SETTLES, now);
        let Some(newest) = newest.filter(|_| new.order.kind() == CommandKind::Start) else {
            return Ok(());
        };
        match self.current(access, newest.command).await? {
            Some(earlier) if earlier.is_start_under_way() => Err(UseCaseError::RobotBusy {
                run: earlier.state.run(),
            }),
            Some(_) | None => Ok(()),
        }
    }

    /// Refuses what cannot succeed; gives the way to take.
    async fn check(&self, access: &RobotAccess, new: &NewCommand) -> Result<Way, UseCaseError> {
        let health = self.health.health(access.robot.id).await?;
        if !self.connectivity.is_connected(&health).await {
            return Err(UseCaseError::RobotOffline);
        }
        let (CommandKind::Start, Some(scope)) = (new.order.kind(), new.order.scope()) else {
            return Ok(Way::default());
        };
        if let Some(status) = health.status.as_ref().filter(|status| status.state.is_busy()) {
            return Err(UseCaseError::RobotBusy { run: status.run });
        }
        let battery = health.status.map(|status| status.battery.into());
        self.way(access, scope, new.rooms_version, battery).await
    }

    /// Without a plan a robot can still clean all that it finds, and nothing else.
    async fn way(
        &self,
        access: &RobotAccess,
        scope: &Scope,
        rooms_version: Option<u64>,
        battery: Option<u8>,
    ) -> Result<Way, UseCaseError> {
        let Some(floor) = access.pairing.floor else {
            return match scope {
                Scope::WholeHome => Ok(Way::default()),
                Scope::Rooms { .. } => Err(UseCaseError::RoomsChanged),
                Scope::Zones { .. } => Err(UseCaseError::NoPlan(NoPlan::NoMap)),
            };
        };
        let settings = self.settings.settings(access.robot.id).await?;
        let restrictions = settings.map_or_else(Vec::new, |settings| settings.preferences.restrictions);
        let wanted = PlanWanted {
            scope,
            rooms_version,
            restrictions: &restrictions,
            battery,
        };
        match self.planning.plan(&access.scope, floor, &wanted).await {
            Ok((plan, map)) => Ok(Way {
                rooms_version: map.rooms.version(),
                plan: Some(plan),
            }),
            Err(UseCaseError::NoPlan(_)) if *scope == Scope::WholeHome => Ok(Way::default()),
            Err(error) => Err(error),
        }
    }

    async fn send(
        &self,
        scope: &HomeScope,
        command: Command,
        plan: Option<CleaningPlan>,
    ) -> Result<Command, UseCaseError> {
        if !self.is_still_allowed(&command).await? {
            self.note(scope, command, CommandState::Expired).await?;
            return Err(UseCaseError::NotFound { what: "robot" });
        }
        let request = RobotRequest::Command {
            command: command.clone(),
            plan,
        };
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

    /// While a plan was made, who asked may have been removed, and the robot unpaired.
    async fn is_still_allowed(&self, command: &Command) -> Result<bool, UseCaseError> {
        let issuer = Principal {
            person: command.issuer,
            operator: false,
        };
        match self.authorizing.robot(&issuer, command.robot, Role::Guest).await {
            Ok(access) => Ok(access.pairing.id == command.pairing),
            Err(UseCaseError::NotFound { .. }) => Ok(false),
            Err(other) => Err(other),
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

/// What a start is to follow.
#[derive(Debug, Default)]
struct Way {
    rooms_version: u64,
    plan: Option<CleaningPlan>,
}

fn command(
    access: &RobotAccess,
    new: &NewCommand,
    way: &Way,
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
        rooms_version: way.rooms_version,
        planned_seconds: way.plan.as_ref().map(|plan| plan.parts().seconds),
        correlation: new.correlation.clone(),
        state: CommandState::Requested,
    }
}

/// Tells, and counts, that a command did not go out; what stopped it unasked is told elsewhere.
fn tell_refusal(robot: RobotId, error: &UseCaseError) {
    let reason = match error {
        UseCaseError::Refused(_) => "invalid_request",
        UseCaseError::RobotOffline => "robot_offline",
        UseCaseError::RobotBusy { .. } => "robot_busy",
        UseCaseError::TooManyCommands { .. } => "too_many_requests",
        UseCaseError::RoomsChanged => "rooms_changed",
        UseCaseError::NoPlan(_) => "no_plan",
        UseCaseError::KeyReused => "idempotency_key_reused",
        UseCaseError::NotFound { .. }
        | UseCaseError::RoomEdit(_)
        | UseCaseError::TooManyHomes
        | UseCaseError::HomesShared { .. }
        | UseCaseError::Members(_)
        | UseCaseError::VersionMismatch
        | UseCaseError::Quarantined { .. }
        | UseCaseError::Store(_)
        | UseCaseError::Device(_) => return,
    };
    tracing::info!(robot.id = %robot, reason, monotonic_counter.commands_refused = 1, "command refused");
}
