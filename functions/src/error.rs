//! What a handler fails with: either the event is no good, or the time is not.

use domain::ports::{DeviceError, StoreError};
use domain::usecase::UseCaseError;
use domain::{FieldError, Timestamp};
use thiserror::Error;
use wire::WireError;

/// Why an event could not be handled now; it shall come again.
#[derive(Debug, Error)]
pub enum HandlerError {
    /// The store did not do its part.
    #[error("the event waits for the store")]
    Store(#[from] StoreError),
    /// The robot could not be answered.
    #[error("the event waits for the device service")]
    Device(#[from] DeviceError),
}

/// Why a message was not taken.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It will never be; sending it again does not help.
    Refused(FieldError),
    /// Its robot was cut off; of no event but a robot's own.
    Quarantined {
        /// Since when.
        since: Timestamp,
    },
    /// It may be, later.
    Later(HandlerError),
}

impl From<FieldError> for Failure {
    fn from(error: FieldError) -> Self {
        Self::Refused(error)
    }
}

impl From<WireError> for Failure {
    fn from(error: WireError) -> Self {
        let text = error.to_string();
        let field = error.field();
        let reason = text
            .strip_prefix(field)
            .and_then(|rest| rest.strip_prefix(": "))
            .unwrap_or(&text);
        Self::Refused(FieldError::new(field, reason))
    }
}

impl From<UseCaseError> for Failure {
    fn from(error: UseCaseError) -> Self {
        match error {
            UseCaseError::Refused(error) => Self::Refused(error),
            // An item that no store can hold is the sender's, and stays too large.
            UseCaseError::Store(error @ StoreError::TooLarge { what, .. }) => {
                Self::Refused(FieldError::new(what, error.to_string()))
            }
            UseCaseError::Quarantined { since } => Self::Quarantined { since },
            UseCaseError::Store(error) => Self::Later(error.into()),
            UseCaseError::Device(error) => Self::Later(error.into()),
            UseCaseError::NotFound { .. }
            | UseCaseError::RobotOffline
            | UseCaseError::RobotBusy { .. }
            | UseCaseError::TooManyCommands { .. }
            | UseCaseError::RoomsChanged
            | UseCaseError::RoomEdit(_)
            | UseCaseError::NoPlan(_)
            | UseCaseError::TooManyHomes
            | UseCaseError::HomesShared { .. }
            | UseCaseError::Members(_)
            | UseCaseError::KeyReused
            | UseCaseError::VersionMismatch => Self::Refused(FieldError::new("event", error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_payload_names_its_field_once() {
        let Failure::Refused(error) = WireError::Truncated { field: "tiles.cells" }.into() else {
            panic!()
        };
        assert_eq!(error.to_string(), "tiles.cells: the payload ends within it");
    }

    #[test]
    fn only_what_can_never_be_stored_is_refused() {
        let store = |error: StoreError| Failure::from(UseCaseError::Store(error));
        let too_large = StoreError::TooLarge {
            what: "run",
            bytes: 500_000,
            limit: 400_000,
        };
        assert!(matches!(store(too_large), Failure::Refused(error) if error.field == "run"));
        let away = StoreError::Unavailable("no route".into());
        assert!(matches!(store(away), Failure::Later(HandlerError::Store(_))));
        assert!(matches!(
            store(StoreError::Conflict { what: "run" }),
            Failure::Later(_)
        ));
    }
}
