//! Direct messages: one message to one client, answered when the client has acknowledged it. What nobody waits
//! for any more is never sent, so that a command cannot surface in a later session.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rmqtt::types::From as Origin;
use tokio::sync::oneshot;

/// What became of a direct message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// The client acknowledged it.
    Acknowledged,
    /// The client is not connected, or may not receive it; it was not sent.
    Offline,
    /// It was sent and no acknowledgement came in time; the client may or may not have it.
    TimedOut,
}

/// Direct messages carry this in front of their number as the client id of their origin; a client cannot have
/// such an id, since no thing name contains a `$`.
const ORIGIN_PREFIX: &str = "$direct/";

/// The direct messages that somebody waits for.
#[derive(Default)]
pub(super) struct Deliveries {
    waiting: Mutex<HashMap<String, oneshot::Sender<Delivery>>>,
}

/// One direct message; its end ends the delivery.
pub(super) struct Pending<'a> {
    deliveries: &'a Deliveries,
    pub(super) origin: String,
    answer: oneshot::Receiver<Delivery>,
}

impl Deliveries {
    pub(super) fn begin(&self) -> Pending<'_> {
        let origin = format!("{ORIGIN_PREFIX}{:032x}", rand::random::<u128>());
        let (sender, answer) = oneshot::channel();
        self.lock().insert(origin.clone(), sender);
        Pending {
            deliveries: self,
            origin,
            answer,
        }
    }

    /// Whether a message is a direct one that came too late.
    pub(super) fn is_over(&self, origin: &Origin) -> bool {
        is_direct(origin) && !self.lock().contains_key(&*origin.client_id)
    }

    pub(super) fn settle(&self, origin: &Origin, outcome: Delivery) {
        if !is_direct(origin) {
            return;
        }
        if let Some(waiting) = self.lock().remove(&*origin.client_id) {
            // Nobody listens any more when the wait has just timed out.
            let _ = waiting.send(outcome);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, oneshot::Sender<Delivery>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pending<'_> {
    pub(super) async fn wait(mut self, timeout: Duration) -> Delivery {
        match tokio::time::timeout(timeout, &mut self.answer).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) | Err(_) => Delivery::TimedOut,
        }
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        self.deliveries.lock().remove(&self.origin);
    }
}

fn is_direct(origin: &Origin) -> bool {
    origin.is_system() && origin.client_id.starts_with(ORIGIN_PREFIX)
}
