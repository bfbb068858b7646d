//! Messages as the core sees them, whatever carries them.

use wire::topic::Downlink;

/// How hard the link tries to deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Once or not at all (QoS 0).
    AtMostOnce,
    /// Until the broker has it (QoS 1); what must reach the cloud is kept in the outbox all the same.
    AtLeastOnce,
}

/// A message to the cloud, or to who watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Where to.
    pub topic: String,
    /// What.
    pub payload: Vec<u8>,
    /// How hard to try.
    pub delivery: Delivery,
}

/// A message from the cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Where it was published.
    pub topic: Downlink,
    /// What.
    pub payload: Vec<u8>,
    /// Whether the broker had kept it.
    pub retained: bool,
}
