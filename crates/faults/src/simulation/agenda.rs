//! What will happen, in order.

use std::collections::BTreeMap;
use std::time::Duration;

use device_agent::core::message::Received;

use crate::cloud::Invocation;

/// Something that will happen; robots are named by their place.
#[derive(Debug, Clone)]
pub enum Happening {
    /// An agent wants to look at the time.
    Tick(usize),
    /// A robot begins a trip.
    SetOut(usize),
    /// A robot goes on with its trip.
    Drive(usize),
    /// A message gets to its function.
    Arrive(Invocation),
    /// The change stream is read.
    ReadStream,
    /// A message gets to a robot.
    Deliver(usize, Received),
    /// An agent starts.
    Boot(usize),
    /// A robot connects.
    LinkUp(usize),
    /// A robot's line goes dead.
    Outage(usize),
    /// A robot notices that its line is dead.
    Noticed(usize),
    /// An agent is killed.
    Kill(usize),
    /// A robot's disk is full.
    DiskFull(usize),
    /// A robot's disk has room again.
    DiskFree(usize),
    /// Broker and handlers are killed.
    BrokerKill,
    /// The server's clock jumps.
    ClockJump,
}

impl Happening {
    fn is_message(&self) -> bool {
        matches!(self, Self::Arrive(_) | Self::Deliver(..))
    }
}

/// What will happen, by its time and then in the order in which it was added.
#[derive(Debug, Default)]
pub struct Agenda {
    entries: BTreeMap<(Duration, u64), Happening>,
    added: u64,
}

impl Agenda {
    /// Adds something.
    pub fn add(&mut self, at: Duration, what: Happening) {
        self.entries.insert((at, self.added), what);
        self.added += 1;
    }

    /// Takes what happens next, if that is before `end`.
    pub fn next_before(&mut self, end: Duration) -> Option<(Duration, Happening)> {
        let entry = self.entries.first_entry().filter(|entry| entry.key().0 < end)?;
        let ((at, _), what) = entry.remove_entry();
        Some((at, what))
    }

    /// Takes the next message to a function if it arrives until `end`.
    pub fn next_arrival(&mut self, end: Duration) -> Option<Invocation> {
        let entry = self.entries.first_entry().filter(|entry| entry.key().0 <= end)?;
        match entry.get() {
            Happening::Arrive(_) => match entry.remove() {
                Happening::Arrive(call) => Some(call),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether any message is on its way.
    pub fn has_messages(&self) -> bool {
        self.entries.values().any(Happening::is_message)
    }

    /// Loses all messages that are on their way.
    pub fn lose_messages(&mut self) {
        self.entries.retain(|_, what| !what.is_message());
    }
}
