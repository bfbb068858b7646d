//! The connection to the cloud, behind a trait: nothing outside this module knows the MQTT library.

mod backoff;
mod mqtt;
mod silence;
mod talk;
mod tls;

use async_trait::async_trait;

use crate::core::message::{Outgoing, Received};
use crate::credentials::Credentials;

pub use backoff::{Backoff, MAX_DELAY, MIN_DELAY, SPREAD};
pub use mqtt::{KEEP_ALIVE, LinkError, MqttLink, MqttLinkConfig, STABLE_AFTER, SUBSCRIBE_TIMEOUT};
pub use talk::{ANSWER_TIMEOUT, Caller, Talk, TalkError};
pub use tls::TlsError;

/// What happened on the link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkEvent {
    /// It is up, and every subscription is granted.
    Up,
    /// It is down; it comes back by itself.
    Down,
    /// A message arrived.
    Received(Received),
}

/// A connection that restores itself.
#[async_trait]
pub trait Link: Send {
    /// The next event. MUST be safe to cancel and call again, and never ends.
    async fn next(&mut self) -> LinkEvent;

    /// Hands a message over without waiting. It MAY be lost: what matters is sent again from the outbox.
    fn publish(&mut self, message: Outgoing);

    /// Drops the connection and connects anew with these credentials.
    ///
    /// # Errors
    /// [`LinkError`] when they cannot be used; the link then stays as it is.
    fn switch(&mut self, credentials: &Credentials) -> Result<(), LinkError>;

    /// Says goodbye, as far as that is possible.
    async fn close(&mut self);
}
