//! What Sweepline does: each use case is a struct of the ports it needs, with one method for what happens.

mod access_logging;
mod accounts;
mod admitting;
mod aligning;
mod authorizing;
mod commanding;
mod connectivity;
mod departing;
mod deriving;
mod erasing;
mod folding;
mod home_keeping;
mod ingesting;
mod leasing;
mod membership;
mod pairing;
mod planning;
mod presence;
mod quarantining;
mod renewing;
mod room_keeping;
mod run_events;
mod sealing;
mod settings;
mod settling;
mod status;

pub use access_logging::{AccessLogging, Actor};
pub use accounts::Accounts;
pub use admitting::Admitting;
use aligning::Aligning;
pub use authorizing::{Authorizing, RobotAccess};
pub use commanding::{Commanding, NewCommand};
pub use connectivity::Connectivity;
pub use departing::{Departing, Departure, TOKENS_END};
pub use deriving::{DOCK_MOVED_MM, Deriving, Layers, Voted};
pub use erasing::Erasing;
pub use folding::Folding;
pub use home_keeping::HomeKeeping;
pub use ingesting::{Ingesting, RunTiles};
pub use leasing::{Leasing, NewLease};
pub use membership::{MemberError, MemberKeeping};
pub use pairing::{ExpectedRobot, NewClaim, Pairings};
pub use planning::{NoPlan, PlanWanted, Planning};
pub use presence::PresenceTracking;
pub use quarantining::{FlowWatching, Quarantining};
pub use renewing::Renewing;
pub use room_keeping::{NewSplit, RoomKeeping};
pub use run_events::RunEvents;
pub use sealing::{SealOutcome, Sealing};
pub use settings::SettingsKeeping;
pub use settling::{CommandWord, Settling};
pub use status::{ReportedStatus, StatusTracking};

use thiserror::Error;

use mapping::rooms::RoomEditError;
use sha2::{Digest, Sha256};

use crate::home::MAX_OWNED_HOMES;
use crate::id::{FloorId, RunId};
use crate::ports::{DeviceError, StoreError};
use crate::{FieldError, Timestamp};

/// How often a use case reads again after somebody else wrote first.
pub(crate) const MAX_ATTEMPTS: usize = 16;

/// Why a use case did not do what it was asked.
#[derive(Debug, Error)]
pub enum UseCaseError {
    /// What was sent cannot be used; sending it again does not help.
    #[error(transparent)]
    Refused(#[from] FieldError),
    /// What was asked for is not there, or not for this caller.
    #[error("there is no such {what}")]
    NotFound {
        /// Which thing.
        what: &'static str,
    },
    /// The robot is not connected; nothing was sent.
    #[error("the robot is offline")]
    RobotOffline,
    /// A run is under way.
    #[error("the robot is busy with another run")]
    RobotBusy {
        /// That run, if it is known.
        run: Option<RunId>,
    },
    /// More commands than a person gives.
    #[error("too many commands to the robot, wait {} seconds", retry_after.as_secs())]
    TooManyCommands {
        /// When the next one is looked at, at least one second.
        retry_after: std::time::Duration,
    },
    /// The robot was cut off; nothing of it is taken.
    #[error("the robot is in quarantine since {}", since.seconds())]
    Quarantined {
        /// Since when.
        since: Timestamp,
    },
    /// The rooms of the scope are not the floor's rooms any more.
    #[error("the rooms have changed; read them again")]
    RoomsChanged,
    /// The rooms cannot be changed so.
    #[error(transparent)]
    RoomEdit(RoomEditError),
    /// There is no plan, and what was asked needs one.
    #[error("there is no plan: {0}")]
    NoPlan(NoPlan),
    /// The person owns as many homes as one may.
    #[error("one person owns at most {MAX_OWNED_HOMES} homes")]
    TooManyHomes,
    /// The members of the home stay as they are.
    #[error(transparent)]
    Members(#[from] MemberError),
    /// Others live in homes that only this person owns.
    #[error("others belong to {names}; hand it on, or erase it for all")]
    HomesShared {
        /// The names of the homes, with commas between them.
        names: String,
    },
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The version that the change was made from is not the stored one.
    #[error("it was changed by somebody else; read it again")]
    VersionMismatch,
    /// The store did not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Robots could not be reached or registered.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

impl UseCaseError {
    /// Says that somebody else wrote first, again and again.
    pub(crate) fn contended(what: &'static str) -> Self {
        Self::Store(StoreError::Conflict { what })
    }
}

/// Turns a lost race into `None`, so that the caller reads again.
pub(crate) fn unless_conflict<T>(result: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(StoreError::Conflict { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The low bits of ids that follow from a floor's vote: whoever derives again makes the same ids.
pub(crate) fn derived_entropy(kind: &str, floor: FloorId, n: u32, place: u32) -> u128 {
    let mut hash = Sha256::new();
    hash.update(kind);
    hash.update(floor.as_u128().to_le_bytes());
    hash.update(n.to_le_bytes());
    hash.update(place.to_le_bytes());
    number_of(hash)
}

/// The first 128 bits of a hash.
pub(crate) fn number_of(hash: Sha256) -> u128 {
    let digest: [u8; 32] = hash.finalize().into();
    let (high, _) = digest.split_at(size_of::<u128>());
    high.iter()
        .fold(0, |number, byte| number << 8 | u128::from(*byte))
}
