//! Commands: what an owner asks of a robot, and the life of the asking.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::{CommandId, HomeId, PairingId, PersonId, RobotId, RoomId, RunId};
use crate::run::{Outcome, Run, RunState};
use crate::{CorrelationId, FieldError, Timestamp};

/// How long a robot may act on a command after it was issued.
pub const COMMAND_VALID: Duration = Duration::from_secs(60);
/// How long the cloud waits for the robot to confirm that a command arrived.
pub const DELIVERY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long after a start no other is sent: by then the status of the robot says what it does.
pub const START_SETTLES: Duration = Duration::from_secs(10);
/// The most rooms or zones in a scope.
pub const MAX_SCOPE_ITEMS: usize = 32;
/// The most corners of a zone.
pub const MAX_ZONE_CORNERS: usize = 32;
/// How far from the dock a zone may reach, in millimetres.
pub const MAX_COORDINATE_MM: i32 = 200_000;
/// The most characters of an idempotency key.
pub const MAX_IDEMPOTENCY_KEY: usize = 128;

/// What the robot shall do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandKind {
    /// Start a run; the only kind that needs a scope.
    Start,
    /// Interrupt the run.
    Pause,
    /// Go on with the run.
    Resume,
    /// End the run and stand still; obeyed always.
    Stop,
    /// End the run and drive to the dock.
    Dock,
    /// Make a sound.
    Locate,
}

impl CommandKind {
    /// Whether the robot obeys whatever the number and the age of the command: what only makes it safer.
    pub fn is_always_obeyed(self) -> bool {
        match self {
            Self::Stop => true,
            Self::Start | Self::Pause | Self::Resume | Self::Dock | Self::Locate => false,
        }
    }
}

/// A corner in the home frame, millimetres, x out of the dock and y to its left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Corner {
    /// Millimetres out of the dock.
    pub x: i32,
    /// Millimetres to the left of the dock.
    pub y: i32,
}

/// A polygon to clean: 3 to [`MAX_ZONE_CORNERS`] corners within [`MAX_COORDINATE_MM`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<Corner>", into = "Vec<Corner>")]
pub struct Zone(Vec<Corner>);

impl TryFrom<Vec<Corner>> for Zone {
    type Error = FieldError;

    fn try_from(corners: Vec<Corner>) -> Result<Self, FieldError> {
        if !(3..=MAX_ZONE_CORNERS).contains(&corners.len()) {
            let reason = format!("must have 3 to {MAX_ZONE_CORNERS} corners, has {}", corners.len());
            return Err(FieldError::new("scope.zones", reason));
        }
        let inside = |value: i32| (-MAX_COORDINATE_MM..=MAX_COORDINATE_MM).contains(&value);
        if !corners.iter().all(|corner| inside(corner.x) && inside(corner.y)) {
            return Err(FieldError::new(
                "scope.zones",
                format!("must stay within {MAX_COORDINATE_MM} mm of the dock"),
            ));
        }
        Ok(Self(corners))
    }
}

impl From<Zone> for Vec<Corner> {
    fn from(zone: Zone) -> Self {
        zone.0
    }
}

/// A list that is never empty, so that nothing ever means everything.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Chosen<T>(Vec<T>);

impl<T> Chosen<T> {
    /// Checks that there are 1 to [`MAX_SCOPE_ITEMS`] items; the error names `field`.
    pub fn new(field: &str, items: Vec<T>) -> Result<Self, FieldError> {
        if items.is_empty() || items.len() > MAX_SCOPE_ITEMS {
            let reason = format!("must have 1 to {MAX_SCOPE_ITEMS} entries, has {}", items.len());
            return Err(FieldError::new(field, reason));
        }
        Ok(Self(items))
    }

    /// The items.
    pub fn items(&self) -> &[T] {
        &self.0
    }
}

/// What a start shall clean.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Scope {
    /// Everything that the robot can reach.
    WholeHome,
    /// These rooms.
    Rooms {
        /// Their ids.
        rooms: Chosen<RoomId>,
    },
    /// These polygons.
    Zones {
        /// Each in the home frame.
        zones: Chosen<Zone>,
    },
}

impl Scope {
    /// Checks what deserialization alone does not: that the lists have their lengths.
    pub fn checked(self) -> Result<Self, FieldError> {
        match self {
            Self::WholeHome => Ok(Self::WholeHome),
            Self::Rooms { rooms } => Ok(Self::Rooms {
                rooms: Chosen::new("scope.rooms", rooms.0)?,
            }),
            Self::Zones { zones } => Ok(Self::Zones {
                zones: Chosen::new("scope.zones", zones.0)?,
            }),
        }
    }
}

/// What is asked: a kind, and for a start its scope.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Order {
    kind: CommandKind,
    scope: Option<Scope>,
}

impl Order {
    /// Checks that a start has a scope and that nothing else is about a part of the home.
    ///
    /// Whatever is not a start is about the whole robot; saying so with the whole home as scope changes nothing.
    pub fn new(kind: CommandKind, scope: Option<Scope>) -> Result<Self, FieldError> {
        let scope = scope.map(Scope::checked).transpose()?;
        match (kind, scope) {
            (CommandKind::Start, None) => Err(FieldError::new("scope", "a start must say what to clean")),
            (CommandKind::Start, scope) => Ok(Self { kind, scope }),
            (_, None | Some(Scope::WholeHome)) => Ok(Self { kind, scope: None }),
            (_, Some(Scope::Rooms { .. } | Scope::Zones { .. })) => {
                Err(FieldError::new("scope", "only a start may choose rooms or zones"))
            }
        }
    }

    /// What the robot shall do.
    pub fn kind(&self) -> CommandKind {
        self.kind
    }

    /// What a start shall clean.
    pub fn scope(&self) -> Option<&Scope> {
        self.scope.as_ref()
    }
}

/// Increases with every command to one robot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommandNumber(pub u64);

impl CommandNumber {
    /// The number after `last` for a command issued at `now`: the larger of the next one and the time in ms.
    pub fn after(last: Option<Self>, now: Timestamp) -> Self {
        let next = last.map_or(0, |last| last.0.saturating_add(1));
        Self(next.max(u64::try_from(now.millis()).unwrap_or(0)))
    }
}

/// Why a robot refused a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// It came after its expiry.
    Expired,
    /// Its number is not above the last one.
    Repeated,
    /// It came as a retained message.
    Retained,
    /// The robot has not had the server's time since it booted.
    ClockUnknown,
    /// It carries another pairing.
    ForeignPairing,
    /// A run is under way.
    Busy,
    /// It does not fit what the robot does now.
    InvalidInState,
    /// Its rooms are not the ones that the robot knows.
    RoomsChanged,
    /// The robot does not know where it is.
    NotLocated,
    /// The robot cannot do that.
    Unsupported,
    /// A lock or the robot's state forbid it.
    Locked,
    /// Its owner does not want to be disturbed now.
    QuietHours,
    /// The battery is too low.
    LowBattery,
    /// A reason that this version does not know.
    #[serde(other)]
    Unknown,
}

/// Why an accepted command was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// A later command ended it.
    Superseded,
    /// The robot stopped with an error.
    RobotError,
    /// The robot lost power or its program ended.
    Interrupted,
    /// A reason that this version does not know.
    #[serde(other)]
    Unknown,
}

/// The life of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CommandState {
    /// Stored; not known to have arrived.
    Requested,
    /// Arrived at the robot.
    Delivered,
    /// The robot will do it, or does it.
    Accepted {
        /// The run that it started.
        run: Option<RunId>,
    },
    /// The robot refused.
    Rejected {
        /// Why.
        reason: Rejection,
    },
    /// Nobody answered before its expiry.
    Expired,
    /// Done.
    Succeeded {
        /// The run that it started.
        run: Option<RunId>,
    },
    /// Accepted, but not carried out.
    Failed {
        /// Why.
        reason: Failure,
    },
}

impl CommandState {
    /// Whether `next` is news after this state; late and repeated reports are not.
    ///
    /// What the robot says stands above what the cloud concluded, so an expired command may still turn out accepted.
    pub fn may_become(&self, next: &Self) -> bool {
        next.rank() > self.rank()
    }

    /// What the run of a start tells of it.
    pub fn told_by(run: &Run) -> Self {
        let of = Some(run.id);
        match (run.state, &run.report) {
            (RunState::Running | RunState::Paused, _) | (_, None) => Self::Accepted { run: of },
            (RunState::Finished | RunState::Sealed, Some(report)) => Self::ended(of, report.outcome),
        }
    }

    /// What became of a start whose run ended so.
    pub fn ended(run: Option<RunId>, outcome: Outcome) -> Self {
        let reason = match outcome {
            Outcome::Completed => return Self::Succeeded { run },
            Outcome::Stopped => Failure::Superseded,
            Outcome::Failed => Failure::RobotError,
            Outcome::Interrupted => Failure::Interrupted,
        };
        Self::Failed { reason }
    }

    /// Whether the robot is known to have it.
    pub fn has_arrived(&self) -> bool {
        match self {
            Self::Delivered | Self::Accepted { .. } | Self::Succeeded { .. } => true,
            Self::Requested | Self::Expired | Self::Rejected { .. } | Self::Failed { .. } => false,
        }
    }

    /// The run that it is known to have started.
    pub fn run(&self) -> Option<RunId> {
        match self {
            Self::Accepted { run } | Self::Succeeded { run } => *run,
            Self::Requested
            | Self::Delivered
            | Self::Rejected { .. }
            | Self::Expired
            | Self::Failed { .. } => None,
        }
    }

    /// Whether nothing can become of it any more.
    pub fn is_final(&self) -> bool {
        self.rank() == FINAL_RANK
    }

    /// The state that a reader sees at `now`: nobody waits for an answer after the expiry.
    pub fn seen_at(self, now: Timestamp, expires_at: Timestamp) -> Self {
        match self {
            Self::Requested | Self::Delivered if now > expires_at => Self::Expired,
            other => other,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Requested => 0,
            Self::Delivered => 1,
            Self::Expired => 2,
            Self::Accepted { .. } => 3,
            Self::Rejected { .. } | Self::Succeeded { .. } | Self::Failed { .. } => FINAL_RANK,
        }
    }
}

const FINAL_RANK: u8 = 4;

/// A command as it is kept and sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// Its id.
    pub id: CommandId,
    /// The robot it is for.
    pub robot: RobotId,
    /// The home it was issued in.
    pub home: HomeId,
    /// The pairing it was issued under.
    pub pairing: PairingId,
    /// Its place among the robot's commands.
    pub number: CommandNumber,
    /// What is asked.
    pub order: Order,
    /// Who asked.
    pub issuer: PersonId,
    /// When.
    pub issued_at: Timestamp,
    /// After this the robot refuses it.
    pub expires_at: Timestamp,
    /// The version of the room list that the scope was made from.
    pub rooms_version: u64,
    /// How long the plan of a start takes without recharging, seconds; none without a plan.
    #[serde(default)]
    pub planned_seconds: Option<u32>,
    /// The request that it was issued by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<CorrelationId>,
    /// How far it has come.
    pub state: CommandState,
}

impl Command {
    /// Whether it is a start that the robot may be about to obey, or obeys.
    pub fn is_start_under_way(&self) -> bool {
        let waits = match self.state {
            CommandState::Requested | CommandState::Delivered | CommandState::Accepted { .. } => true,
            CommandState::Rejected { .. }
            | CommandState::Expired
            | CommandState::Succeeded { .. }
            | CommandState::Failed { .. } => false,
        };
        waits && self.order.kind() == CommandKind::Start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_list_of_rooms_never_means_everything() {
        let error = Scope::Rooms {
            rooms: Chosen(vec![]),
        }
        .checked()
        .unwrap_err();
        assert_eq!(error.to_string(), "scope.rooms: must have 1 to 32 entries, has 0");
    }

    #[test]
    fn only_a_start_chooses_what_to_clean() {
        let rooms = Chosen::new("scope.rooms", vec![RoomId::from_u128(1)]).unwrap();
        assert!(Order::new(CommandKind::Start, None).is_err());
        assert!(Order::new(CommandKind::Start, Some(Scope::WholeHome)).is_ok());
        assert!(Order::new(CommandKind::Stop, Some(Scope::Rooms { rooms })).is_err());
        let stop = Order::new(CommandKind::Stop, Some(Scope::WholeHome)).unwrap();
        assert_eq!(stop, Order::new(CommandKind::Stop, None).unwrap());
    }

    #[test]
    fn numbers_grow_even_when_the_clock_goes_back() {
        let now = Timestamp::from_millis(1_000);
        let first = CommandNumber::after(None, now);
        let second = CommandNumber::after(Some(first), Timestamp::from_millis(10));
        assert_eq!((first.0, second.0), (1_000, 1_001));
    }

    #[test]
    fn a_late_delivery_report_does_not_undo_an_acceptance() {
        let accepted = CommandState::Accepted { run: None };
        assert!(!accepted.may_become(&CommandState::Delivered));
        assert!(CommandState::Expired.may_become(&accepted));
        assert!(
            !CommandState::Rejected {
                reason: Rejection::Busy
            }
            .may_become(&accepted)
        );
    }

    #[test]
    fn an_unknown_reason_decodes() {
        let reason: Rejection = serde_json::from_str("\"cat_on_top\"").unwrap();
        assert_eq!(reason, Rejection::Unknown);
    }
}
