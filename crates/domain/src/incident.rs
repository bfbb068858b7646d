//! Messages that could not be used: recorded with their bytes, counted, and never thrown again and again.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// The most bytes of a refused payload that are kept beside it.
pub const MAX_KEPT_BYTES: usize = 8 * 1024;

/// A message that a handler refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// The handler, such as `map_ingest`.
    pub handler: String,
    /// The MQTT client id that sent it, as the broker authenticated it.
    pub client: String,
    /// The field that was refused.
    pub field: String,
    /// Why, with the limit.
    pub reason: String,
    /// The first [`MAX_KEPT_BYTES`] of the payload.
    pub payload: Vec<u8>,
    /// When.
    pub at: Timestamp,
}
