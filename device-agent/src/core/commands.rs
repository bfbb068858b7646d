//! Whether a command is obeyed. The cloud only asks; the robot decides.

use domain::Timestamp;
use domain::command::{CommandKind, CommandNumber, Order, Rejection, Scope};
use domain::id::PairingId;
use domain::plan::CleaningPlan;
use domain::run::RunState;
use domain::status::RobotState;
use wire::command::CommandMessage;

use super::locating::Place;
use crate::driver::Capability;

/// Below this charge no run starts or goes on, percent.
pub const LOW_BATTERY_PERCENT: u8 = 15;

/// What a decision rests on.
#[derive(Debug, Clone)]
pub struct Situation<'a> {
    /// The pairing that the robot knows.
    pub pairing: PairingId,
    /// The number of the last command that was obeyed.
    pub last_number: Option<CommandNumber>,
    /// The server's time, once this boot has it.
    pub server_time: Option<Timestamp>,
    /// The run under way.
    pub run: Option<RunState>,
    /// What the robot does.
    pub state: RobotState,
    /// Its charge, percent.
    pub battery: u8,
    /// The room list that the robot knows of the command's floor.
    pub rooms_version: u64,
    /// What it knows of where it is.
    pub place: Place,
    /// Whether the owner does not want to be disturbed now.
    pub is_quiet: bool,
    /// What it can do.
    pub capabilities: &'a [Capability],
}

/// What to do about a command that arrived with a plan or without, retained or not.
///
/// What only makes the robot move less is obeyed whatever its number, its age and the clock; a foreign pairing is never
/// obeyed.
///
/// # Errors
/// The first reason to refuse it.
pub fn decide(
    command: &CommandMessage,
    plan: Option<&CleaningPlan>,
    retained: bool,
    situation: &Situation<'_>,
) -> Result<Order, Rejection> {
    if command.pairing != situation.pairing {
        return Err(Rejection::ForeignPairing);
    }
    let order = command.order().map_err(|_| Rejection::Unsupported)?;
    if moves_less(order.kind(), situation) {
        return Ok(order);
    }
    is_fresh(command, retained, situation)?;
    suits(&order, command.rooms_version, plan, situation)?;
    Ok(order)
}

/// Whether a run of `scope` may begin by the schedule, on the plan that the robot keeps of it. Rooms need one: without
/// the cloud nobody else knows where they are.
///
/// # Errors
/// The first reason against it.
pub fn decide_scheduled(
    scope: &Scope,
    plan: Option<&CleaningPlan>,
    situation: &Situation<'_>,
) -> Result<(), Rejection> {
    let order = Order::new(CommandKind::Start, Some(scope.clone())).map_err(|_| Rejection::Unsupported)?;
    let made_from = plan.map_or(0, CleaningPlan::rooms_version);
    suits(&order, made_from, plan, situation)?;
    match (scope, plan) {
        (Scope::Rooms { .. }, None) => Err(Rejection::RoomsChanged),
        (Scope::WholeHome | Scope::Rooms { .. } | Scope::Zones { .. }, _) => Ok(()),
    }
}

fn suits(
    order: &Order,
    rooms_version: u64,
    plan: Option<&CleaningPlan>,
    situation: &Situation<'_>,
) -> Result<(), Rejection> {
    suits_capabilities(order, situation.capabilities)?;
    suits_state(order.kind(), situation)?;
    suits_map(order, rooms_version, plan, situation)?;
    if is_movement(order.kind()) && situation.is_quiet {
        return Err(Rejection::QuietHours);
    }
    Ok(())
}

/// Whether the robot begins to clean, or goes on with it.
fn is_movement(kind: CommandKind) -> bool {
    matches!(kind, CommandKind::Start | CommandKind::Resume)
}

/// A dock sends a robot home that is on its way already. One that stands still would drive off, so for it a dock has to
/// be fresh.
pub(super) fn moves_less(kind: CommandKind, situation: &Situation<'_>) -> bool {
    let ends_run = kind == CommandKind::Dock && situation.run == Some(RunState::Running);
    kind.is_always_obeyed() || ends_run
}

fn is_fresh(command: &CommandMessage, retained: bool, situation: &Situation<'_>) -> Result<(), Rejection> {
    if retained {
        return Err(Rejection::Retained);
    }
    if situation.last_number.is_some_and(|last| command.number <= last) {
        return Err(Rejection::Repeated);
    }
    let now = situation.server_time.ok_or(Rejection::ClockUnknown)?;
    if now > command.expires_at {
        Err(Rejection::Expired)
    } else {
        Ok(())
    }
}

fn suits_capabilities(order: &Order, capabilities: &[Capability]) -> Result<(), Rejection> {
    let needed = match (order.kind(), order.scope()) {
        (CommandKind::Start, Some(Scope::Rooms { .. })) => Some(Capability::Rooms),
        (CommandKind::Start, Some(Scope::Zones { .. })) => Some(Capability::Zones),
        (CommandKind::Pause | CommandKind::Resume, _) => Some(Capability::Pause),
        (CommandKind::Locate, _) => Some(Capability::Locate),
        (CommandKind::Start | CommandKind::Stop | CommandKind::Dock, _) => None,
    };
    if needed.is_none_or(|needed| capabilities.contains(&needed)) {
        Ok(())
    } else {
        Err(Rejection::Unsupported)
    }
}

fn suits_state(kind: CommandKind, situation: &Situation<'_>) -> Result<(), Rejection> {
    let fits = match kind {
        CommandKind::Start if situation.run.is_some() || situation.state.is_busy() => {
            return Err(Rejection::Busy);
        }
        CommandKind::Start => situation.state != RobotState::Error,
        CommandKind::Pause => situation.run == Some(RunState::Running),
        CommandKind::Resume => {
            situation.run == Some(RunState::Paused) && situation.state != RobotState::Error
        }
        CommandKind::Dock => situation.run.is_some() || !is_docked(situation.state),
        CommandKind::Stop | CommandKind::Locate => true,
    };
    if !fits {
        Err(Rejection::InvalidInState)
    } else if is_movement(kind) && situation.battery < LOW_BATTERY_PERCENT {
        Err(Rejection::LowBattery)
    } else {
        Ok(())
    }
}

fn suits_map(
    order: &Order,
    rooms_version: u64,
    plan: Option<&CleaningPlan>,
    situation: &Situation<'_>,
) -> Result<(), Rejection> {
    let is_there = match plan {
        Some(plan) => situation.place.frame_on(plan.floor()).is_some(),
        None => situation.place != Place::Unknown,
    };
    match order.scope() {
        None | Some(Scope::WholeHome) => Ok(()),
        // A newer list than the robot's is fine: the settings with it may still be on their way.
        Some(Scope::Rooms { .. }) if rooms_version < situation.rooms_version => Err(Rejection::RoomsChanged),
        Some(Scope::Rooms { .. } | Scope::Zones { .. }) if !is_there => Err(Rejection::NotLocated),
        Some(Scope::Rooms { .. } | Scope::Zones { .. }) => Ok(()),
    }
}

/// Whether a robot in this state stands on its dock.
pub fn is_docked(state: RobotState) -> bool {
    match state {
        RobotState::Charging
        | RobotState::Docked
        | RobotState::EmptyingDustBin
        | RobotState::CleaningMop
        | RobotState::FillingWaterTank => true,
        RobotState::Stopped
        | RobotState::Running
        | RobotState::Paused
        | RobotState::Error
        | RobotState::SeekingCharger
        | RobotState::UpdatingMaps => false,
    }
}

#[cfg(test)]
mod tests {
    use domain::command::{Chosen, Corner, Zone};
    use domain::id::{CommandId, PersonId, RoomId};

    use super::*;

    const ALL: [Capability; 4] = [
        Capability::Pause,
        Capability::Rooms,
        Capability::Zones,
        Capability::Locate,
    ];

    fn ours() -> PairingId {
        PairingId::from_u128(1)
    }

    fn docked() -> Situation<'static> {
        Situation {
            pairing: ours(),
            last_number: Some(CommandNumber(10)),
            server_time: Some(Timestamp::from_millis(1_000)),
            run: None,
            state: RobotState::Docked,
            battery: 80,
            rooms_version: 3,
            place: Place::Home,
            is_quiet: false,
            capabilities: &ALL,
        }
    }

    fn cleaning(run: RunState) -> Situation<'static> {
        Situation {
            run: Some(run),
            state: RobotState::Running,
            ..docked()
        }
    }

    fn command(kind: CommandKind) -> CommandMessage {
        CommandMessage {
            id: CommandId::from_u128(4),
            pairing: ours(),
            number: CommandNumber(11),
            kind,
            scope: (kind == CommandKind::Start).then_some(Scope::WholeHome),
            issuer: PersonId::from_u128(5),
            issued_at: Timestamp::from_millis(900),
            expires_at: Timestamp::from_millis(1_500),
            rooms_version: 3,
            plan: None,
            correlation: None,
            run: None,
        }
    }

    fn verdict(command: &CommandMessage, retained: bool, situation: &Situation<'_>) -> Result<(), Rejection> {
        decide(command, None, retained, situation).map(|_| ())
    }

    #[test]
    fn a_start_is_refused_unless_everything_fits() {
        let start = command(CommandKind::Start);
        let old = CommandMessage {
            expires_at: Timestamp::from_millis(999),
            ..start.clone()
        };
        let again = CommandMessage {
            number: CommandNumber(10),
            ..start.clone()
        };
        let foreign = CommandMessage {
            pairing: PairingId::from_u128(9),
            ..start.clone()
        };
        let blank = CommandMessage {
            scope: None,
            ..start.clone()
        };
        let flat = LOW_BATTERY_PERCENT - 1;
        for (command, retained, situation, expected) in [
            (&start, false, docked(), Ok(())),
            (&start, true, docked(), Err(Rejection::Retained)),
            (&old, false, docked(), Err(Rejection::Expired)),
            (&again, false, docked(), Err(Rejection::Repeated)),
            (&foreign, false, docked(), Err(Rejection::ForeignPairing)),
            (&blank, false, docked(), Err(Rejection::Unsupported)),
            (
                &start,
                false,
                Situation {
                    server_time: None,
                    ..docked()
                },
                Err(Rejection::ClockUnknown),
            ),
            (
                &start,
                false,
                Situation {
                    battery: flat,
                    ..docked()
                },
                Err(Rejection::LowBattery),
            ),
            (
                &start,
                false,
                Situation {
                    state: RobotState::Error,
                    ..docked()
                },
                Err(Rejection::InvalidInState),
            ),
            (&start, false, cleaning(RunState::Running), Err(Rejection::Busy)),
            (&start, false, cleaning(RunState::Paused), Err(Rejection::Busy)),
        ] {
            assert_eq!(
                verdict(command, retained, &situation),
                expected,
                "{command:?} {situation:?}"
            );
        }
    }

    #[test]
    fn a_stop_is_obeyed_whatever_its_number_its_age_and_the_clock() {
        let stop = CommandMessage {
            number: CommandNumber(0),
            expires_at: Timestamp::from_millis(0),
            ..command(CommandKind::Stop)
        };
        let lost = Situation {
            server_time: None,
            ..docked()
        };
        assert_eq!(verdict(&stop, true, &lost), Ok(()));
        let foreign = CommandMessage {
            pairing: PairingId::from_u128(9),
            ..stop
        };
        assert_eq!(
            verdict(&foreign, false, &docked()),
            Err(Rejection::ForeignPairing)
        );
    }

    #[test]
    fn rooms_and_zones_need_a_robot_that_knows_them_and_itself() {
        let rooms = Scope::Rooms {
            rooms: Chosen::new("rooms", vec![RoomId::from_u128(1)]).unwrap(),
        };
        let corners = vec![
            Corner { x: 0, y: 0 },
            Corner { x: 900, y: 0 },
            Corner { x: 0, y: 900 },
        ];
        let zones = Scope::Zones {
            zones: Chosen::new("zones", vec![Zone::try_from(corners).unwrap()]).unwrap(),
        };
        let in_rooms = CommandMessage {
            scope: Some(rooms),
            ..command(CommandKind::Start)
        };
        let in_zones = CommandMessage {
            scope: Some(zones),
            rooms_version: 2,
            ..command(CommandKind::Start)
        };
        let stale = CommandMessage {
            rooms_version: 2,
            ..in_rooms.clone()
        };
        let lost = Situation {
            place: Place::Unknown,
            ..docked()
        };
        let simple = Situation {
            capabilities: &[],
            ..docked()
        };
        for (command, situation, expected) in [
            (&in_rooms, docked(), Ok(())),
            (&in_zones, docked(), Ok(())),
            (&stale, docked(), Err(Rejection::RoomsChanged)),
            (&in_rooms, lost.clone(), Err(Rejection::NotLocated)),
            (&in_zones, lost.clone(), Err(Rejection::NotLocated)),
            (&in_zones, simple.clone(), Err(Rejection::Unsupported)),
            (&command(CommandKind::Start), lost, Ok(())),
        ] {
            assert_eq!(verdict(command, false, &situation), expected, "{command:?}");
        }
        assert_eq!(
            verdict(&command(CommandKind::Locate), false, &simple),
            Err(Rejection::Unsupported)
        );
    }

    #[test]
    fn pause_resume_and_dock_must_fit_what_the_robot_does() {
        let parked = Situation {
            state: RobotState::Stopped,
            ..docked()
        };
        for (kind, situation, expected) in [
            (CommandKind::Pause, cleaning(RunState::Running), Ok(())),
            (
                CommandKind::Pause,
                cleaning(RunState::Paused),
                Err(Rejection::InvalidInState),
            ),
            (CommandKind::Resume, cleaning(RunState::Paused), Ok(())),
            (CommandKind::Resume, docked(), Err(Rejection::InvalidInState)),
            (CommandKind::Dock, cleaning(RunState::Running), Ok(())),
            (CommandKind::Dock, parked, Ok(())),
            (CommandKind::Dock, docked(), Err(Rejection::InvalidInState)),
            (CommandKind::Locate, docked(), Ok(())),
        ] {
            assert_eq!(
                verdict(&command(kind), false, &situation),
                expected,
                "{kind:?} {situation:?}"
            );
        }
    }
}
