//! What clients publish, on its way to the rules.

use bytes::Bytes;

use super::limits::basic_ingest;

/// A message that a client was allowed to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingest {
    /// Who published it.
    pub client_id: String,
    /// The whole topic, with the Basic Ingest prefix where it has one.
    pub topic: String,
    /// The payload as it came.
    pub payload: Bytes,
    /// The serial number of the client's certificate, or the client id of a client without one.
    pub principal: String,
    /// When the broker read it, milliseconds since the Unix epoch.
    pub at_ms: i64,
}

impl Ingest {
    /// The rule and the topic after the prefix, when the message was published by Basic Ingest.
    #[must_use]
    pub fn basic(&self) -> Option<(&str, &str)> {
        basic_ingest(&self.topic)
    }
}
