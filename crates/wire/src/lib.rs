//! What travels between robot and cloud: topics and versioned payloads, both directions in one place.
//!
//! Bytes become a wire struct, and a wire struct becomes a domain type; each step says which field it refused.
//! JSON payloads carry `"v"`, binary ones (tile packs and live batches) start with their version byte. Numbers are whole: millimetres,
//! milliradians, milliseconds.

pub mod ack;
pub mod certificate;
pub mod command;
pub mod json;
pub mod live;
pub mod plan;
pub mod provisioning;
pub mod quota;
mod reader;
pub mod receipt;
pub mod renewal;
pub mod run_event;
pub mod settings;
pub mod status;
pub mod tile_pack;
pub mod topic;

use domain::FieldError;
use thiserror::Error;

/// The version of all payloads that this crate writes.
pub const VERSION: u8 = 1;
/// The most bytes of any payload, the limit of AWS IoT Core.
pub const MAX_PAYLOAD_BYTES: usize = 128 * 1024;

/// Why a payload was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WireError {
    /// More bytes than [`MAX_PAYLOAD_BYTES`].
    #[error("payload: has {bytes} bytes, the limit is {MAX_PAYLOAD_BYTES}")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Another version than [`VERSION`].
    #[error("v: version {found} is not known, this side speaks version {VERSION}")]
    UnknownVersion {
        /// What it says it is.
        found: u64,
    },
    /// Ends in the middle of a field.
    #[error("{field}: the payload ends within it")]
    Truncated {
        /// The field.
        field: &'static str,
    },
    /// Has bytes after its last field.
    #[error("payload: {bytes} bytes follow its last field")]
    Trailing {
        /// How many.
        bytes: usize,
    },
    /// Is not the JSON of its kind.
    #[error("{field}: {reason}")]
    Malformed {
        /// The field, as far as it is known.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl WireError {
    /// The field that was refused.
    pub fn field(&self) -> &str {
        match self {
            Self::TooLarge { .. } | Self::Trailing { .. } => "payload",
            Self::UnknownVersion { .. } => "v",
            Self::Truncated { field } => field,
            Self::Malformed { field, .. } => field,
        }
    }
}

impl From<FieldError> for WireError {
    fn from(error: FieldError) -> Self {
        Self::Malformed {
            field: error.field,
            reason: error.reason,
        }
    }
}
