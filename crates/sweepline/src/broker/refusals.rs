//! How often the broker said no, for operators: a rise means a broken robot or somebody trying doors.

use std::sync::atomic::{AtomicU64, Ordering};

/// Refusals since the broker was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Refusals {
    /// Connections that were not accepted.
    pub connections: u64,
    /// Messages that clients were not allowed to publish.
    pub messages: u64,
    /// Topic filters that clients were not allowed to subscribe to.
    pub subscriptions: u64,
    /// Messages that were kept from a subscriber.
    pub withheld: u64,
}

#[derive(Default)]
pub(super) struct RefusalCounters {
    pub(super) connections: Counter,
    pub(super) messages: Counter,
    pub(super) subscriptions: Counter,
    pub(super) withheld: Counter,
}

impl RefusalCounters {
    pub(super) fn read(&self) -> Refusals {
        Refusals {
            connections: self.connections.read(),
            messages: self.messages.read(),
            subscriptions: self.subscriptions.read(),
            withheld: self.withheld.read(),
        }
    }
}

#[derive(Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
