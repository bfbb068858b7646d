//! What the use cases need from outside, one small trait per need.
//!
//! An implementation MUST keep what each method's documentation says with MUST. `store` implements the stores,
//! `iot` and the local stack implement the rest.

mod access_log;
mod account;
mod commands;
mod devices;
mod erasures;
mod floors;
mod health;
mod homes;
mod incidents;
mod keepsakes;
mod labels;
mod maps;
mod members;
mod placements;
mod robots;
mod runs;
mod updates;

pub use access_log::AccessLogStore;
pub use account::{Account, AccountStore, LeaseStore, PersonStore, SessionStore};
pub use commands::CommandStore;
pub use devices::{
    CommandLink, Connection, Connections, Delivery, DeviceError, DeviceRegistry, ProvisioningClaim,
    ProvisioningClaims, RobotMailbox, RobotRequest,
};
pub use erasures::ErasureStore;
pub use floors::{FloorStore, KeptPlan};
pub use health::{FleetStore, FlowStore, HealthStore};
pub use homes::HomeStore;
pub use incidents::IncidentStore;
pub use keepsakes::KeepsakeStore;
pub use labels::LabelStore;
pub use maps::{FoldState, MapStore, OpenFold, StoredHomeSheet};
pub use members::{MemberChange, MemberStore};
pub use placements::PlacementStore;
pub use robots::{ClaimStore, RobotStore, SettingsStore};
pub use runs::{RunStore, RunTileStore, SentRunTile, StoredRunTile};
pub use updates::{Update, UpdateState, Updates};

use thiserror::Error;

/// Why a store did not do what it was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The stored state is not the one the caller expected; read again and decide anew.
    #[error("the stored {what} is not the expected one")]
    Conflict {
        /// What was to be written.
        what: &'static str,
    },
    /// The store did not answer, or said that it is overloaded; the caller may try again later.
    #[error("the store is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A stored item does not have its form; trying again does not help.
    #[error("the stored {what} cannot be read: {reason}")]
    Corrupt {
        /// Which item.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The item is larger than the store can hold.
    #[error("the {what} has {bytes} bytes, more than the {limit} that the store can hold")]
    TooLarge {
        /// What was to be written.
        what: &'static str,
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// A cursor that this list did not give out.
    #[error("the cursor does not belong to this list")]
    BadCursor,
    /// The store refused for good: rights, configuration or a request that it does not understand.
    #[error("the store refused the request")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// Whether the same request may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unavailable(_) => true,
            Self::Conflict { .. }
            | Self::Corrupt { .. }
            | Self::TooLarge { .. }
            | Self::BadCursor
            | Self::Refused(_) => false,
        }
    }
}
