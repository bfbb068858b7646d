//! Whether a robot is connected, told from lifecycle events that may come late, twice, out of order or not at all.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// After this long a connection's version number may start again from zero.
pub const VERSION_RESETS_AFTER: Duration = Duration::from_secs(3600);

/// The connection of one robot, as far as events have told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Whether the newest session is open.
    pub connected: bool,
    /// The newest session.
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
    /// A closing event counts only for the session that is known to be open, or for a newer one whose opening was
    /// missed; an opening event counts only when it is newer, so that late and repeated events change nothing.
    pub fn after(known: Option<&Self>, event: &PresenceEvent) -> Option<Self> {
        match event {
            PresenceEvent::Connected { session, version, at } => {
                let newer = known.is_none_or(|known| known.is_older_than(session, *version, *at));
                newer.then(|| Self {
                    connected: true,
                    session: session.clone(),
                    version: *version,
                    since: *at,
                    reason: None,
                })
            }
            PresenceEvent::Disconnected {
                session,
                version,
                at,
                reason,
            } => {
                let ends_known = known.is_some_and(|known| known.connected && known.session == *session);
                let newer = known.is_none_or(|known| known.is_older_than(session, *version, *at));
                (ends_known || newer).then(|| Self {
                    connected: false,
                    session: session.clone(),
                    version: *version,
                    since: *at,
                    reason: Some(reason.clone()),
                })
            }
        }
    }

    fn is_older_than(&self, session: &str, version: u64, at: Timestamp) -> bool {
        if self.session == session {
            return false;
        }
        version > self.version || at.since(self.since) > VERSION_RESETS_AFTER
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

    #[test]
    fn a_late_disconnect_of_an_old_session_leaves_the_robot_online() {
        let known = fold(&[
            connected("a", 1, 0),
            connected("b", 2, 10),
            disconnected("a", 1, 11),
        ]);
        assert!(known.unwrap().connected);
    }

    #[test]
    fn a_late_connect_of_a_closed_session_does_not_revive_it() {
        let known = fold(&[disconnected("a", 1, 10), connected("a", 1, 5)]);
        assert!(!known.unwrap().connected);
    }

    #[test]
    fn a_repeated_disconnect_changes_nothing() {
        let known = fold(&[connected("a", 1, 0), disconnected("a", 1, 10)]).unwrap();
        assert_eq!(Presence::after(Some(&known), &disconnected("a", 1, 20)), None);
    }

    #[test]
    fn the_version_may_start_again_after_an_hour() {
        let known = fold(&[
            connected("a", 9, 0),
            disconnected("a", 9, 10),
            connected("b", 0, 3_700_000),
        ]);
        assert!(known.unwrap().connected);
    }
}
