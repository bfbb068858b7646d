//! Whether a robot is connected, told from lifecycle events that may come late, twice, out of order or not at all.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Times further apart than this tell which of two connections is the newer one; closer ones leave it to the versions.
///
/// The broker's times are exact to two minutes, and its versions start again after a client was away for about an hour:
/// half an hour is far from both.
pub const TIMES_DECIDE_AFTER: Duration = Duration::from_secs(30 * 60);

/// The connection of one robot, as far as events have told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Whether the newest connection is open.
    pub connected: bool,
    /// The session of the newest connection.
    pub session: String,
    /// Its number, counted by the broker for this robot.
    pub version: u64,
    /// When it was opened or closed.
    pub since: Timestamp,
    /// Why it was closed, in the broker's words.
    pub reason: Option<String>,
}

/// What a lifecycle event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PresenceEvent {
    /// A session was opened.
    Connected {
        /// The session.
        session: String,
        /// Its number.
        version: u64,
        /// When.
        at: Timestamp,
    },
    /// A session was closed.
    Disconnected {
        /// The session.
        session: String,
        /// Its number.
        version: u64,
        /// When.
        at: Timestamp,
        /// Why, in the broker's words.
        reason: String,
    },
}

impl Presence {
    /// What is known after `event`, or `None` when the event tells nothing new.
    ///
    /// Connections of one client follow each other without overlap, so there is always a newest one; known is the
    /// newest of which any event came, and that it is closed as soon as its closing event came. Late, repeated and
    /// reordered events change nothing of that. A connection is told by session and version together, since a
    /// session that is resumed keeps its name.
    pub fn after(known: Option<&Self>, event: &PresenceEvent) -> Option<Self> {
        let told = event.presence();
        let tells_more = match known {
            None => true,
            Some(known) if known.is_same_connection(&told) => known.connected && !told.connected,
            Some(known) => told.is_newer_than(known),
        };
        tells_more.then_some(told)
    }

    fn is_same_connection(&self, other: &Self) -> bool {
        (&self.session, self.version) == (&other.session, other.version)
    }

    fn is_newer_than(&self, other: &Self) -> bool {
        if self.since.since(other.since) > TIMES_DECIDE_AFTER {
            return true;
        }
        let is_close = other.since.since(self.since) <= TIMES_DECIDE_AFTER;
        is_close && self.version > other.version
    }
}

impl PresenceEvent {
    /// What the event says of its connection.
    fn presence(&self) -> Presence {
        let (connected, session, version, since, reason) = match self {
            Self::Connected { session, version, at } => (true, session, version, at, None),
            Self::Disconnected {
                session,
                version,
                at,
                reason,
            } => (false, session, version, at, Some(reason)),
        };
        Presence {
            connected,
            session: session.clone(),
            version: *version,
            since: *since,
            reason: reason.cloned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connected(session: &str, version: u64, at: i64) -> PresenceEvent {
        PresenceEvent::Connected {
            session: session.into(),
            version,
            at: Timestamp::from_millis(at),
        }
    }

    fn disconnected(session: &str, version: u64, at: i64) -> PresenceEvent {
        let reason = "CONNECTION_LOST".into();
        PresenceEvent::Disconnected {
            session: session.into(),
            version,
            at: Timestamp::from_millis(at),
            reason,
        }
    }

    fn fold(events: &[PresenceEvent]) -> Option<Presence> {
        events.iter().fold(None, |known, event| {
            Presence::after(known.as_ref(), event).or(known)
        })
    }

    const HOUR: i64 = 3_600_000;

    #[test]
    fn a_connection_of_an_hour_ago_is_older_whatever_its_number() {
        let known = fold(&[connected("b", 0, 2 * HOUR), disconnected("a", 9, 0)]);
        assert!(known.unwrap().connected);
    }

    #[test]
    fn a_late_connect_of_a_closed_connection_does_not_revive_it() {
        let known = fold(&[disconnected("a", 1, 10), connected("a", 1, 5)]);
        assert!(!known.unwrap().connected);
    }

    #[test]
    fn a_repeated_disconnect_changes_nothing() {
        let known = fold(&[connected("a", 1, 0), disconnected("a", 1, 10)]).unwrap();
        assert_eq!(Presence::after(Some(&known), &disconnected("a", 1, 20)), None);
    }

    #[test]
    fn a_resumed_session_is_not_ended_by_its_last_connection() {
        let events = [
            connected("a", 1, 0),
            disconnected("a", 1, 10),
            connected("a", 2, 20),
        ];
        let known = fold(&events).unwrap();
        assert_eq!(Presence::after(Some(&known), &disconnected("a", 1, 10)), None);
    }
}
