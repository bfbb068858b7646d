//! What Sweepline does: each use case is a struct of the ports it needs, with one method for what happens.

mod aligning;
mod authorizing;
mod commanding;
mod deriving;
mod folding;
mod ingesting;
mod leasing;
mod pairing;
mod presence;
mod run_events;
mod sealing;
mod settings;
mod settling;
mod status;

pub use aligning::{Aligning, Placed, Placement};
pub use authorizing::{Authorizing, RobotAccess};
pub use commanding::{Commanding, NewCommand};
pub use deriving::Deriving;
pub use folding::Folding;
pub use ingesting::{Ingesting, RunTiles};
pub use leasing::{Leasing, NewLease};
pub use pairing::{NewClaim, Pairings};
pub use presence::PresenceTracking;
pub use run_events::RunEvents;
pub use sealing::{SealOutcome, Sealing};
pub use settings::SettingsKeeping;
pub use settling::{CommandWord, Settling};
pub use status::{ReportedStatus, StatusTracking};

use thiserror::Error;

use crate::FieldError;
use crate::id::RunId;
use crate::ports::{DeviceError, StoreError};

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
    /// The rooms of the scope are not the floor's rooms any more.
    #[error("scope.rooms: the rooms have changed; read them again")]
    RoomsChanged,
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
