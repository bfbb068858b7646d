//! Lambda handlers: event shims, one file per function, one small bootstrap binary each.
//!
//! A handler is a struct over use cases with an async `handle(event, now)`. The local stack calls it in process, the
//! binaries call it for the Lambda runtime, both with the very event that AWS would give. What can never be used is
//! recorded, answered where a robot waits for an answer, and acknowledged; what cannot be done now is an error, so
//! that the event comes again.

#[cfg(feature = "lambda")]
pub mod bootstrap;
pub mod event;

mod command_outcome;
mod erasure;
mod error;
mod fold;
mod incidents;
mod intake;
mod live_authorizer;
mod map_ingest;
mod parts;
mod presence;
mod provisioning_hook;
mod quarantine;
mod renewal;
mod run_events;
mod status;

pub use command_outcome::CommandOutcome;
pub use erasure::{Erasures, LONGEST_REQUEST};
pub use error::HandlerError;
pub use fold::Fold;
pub use intake::IntakeStores;
pub use live_authorizer::{LiveAuthorizer, policy_document};
pub use map_ingest::MapIngest;
pub use parts::HandlerParts;
pub use presence::PresenceEvents;
pub use provisioning_hook::ProvisioningHook;
pub use quarantine::Quarantines;
pub use renewal::Renewals;
pub use run_events::RunReports;
pub use status::StatusReports;
