//! What AWS IoT does with the connections of one client, as its documentation of lifecycle events tells.

use domain::Timestamp;
use domain::presence::{Presence, PresenceEvent};
use proptest::collection::vec;
use proptest::prelude::*;

const MINUTE: i64 = 60_000;
/// Times of events are exact to this.
const SKEW: i64 = 2 * MINUTE;
/// Versions start again after about an hour away: some time between these.
const SURELY_KEPT: i64 = 50 * MINUTE;
const SURELY_RESET: i64 = 70 * MINUTE;
/// How long after a connection the events of the one that it took over from may be stamped.
const TAKEOVER: i64 = 3_000;

/// One connection of the client, in true times.
#[derive(Debug, Clone)]
pub struct BrokerConnection {
    pub session: String,
    pub version: u64,
    /// `None` while it is open.
    pub closed_at: Option<i64>,
}

/// Everything that happened to the client, and each event of it once, in true order.
#[derive(Debug, Clone)]
pub struct Life {
    pub connections: Vec<BrokerConnection>,
    pub events: Vec<PresenceEvent>,
}

/// What one connection does.
#[derive(Debug, Clone)]
struct Stay {
    /// How long the client was away before, milliseconds; 0 takes over from a connection that is still open.
    away: i64,
    /// How long it stays.
    stays: i64,
    /// Whether it resumes its session, where that is kept.
    resumes: bool,
    /// Versions that the broker skips.
    skips: u64,
    /// Whether an absence of about an hour lets versions start again.
    resets: bool,
    /// How wrong the times of both events are.
    skews: (i64, i64),
}

fn stay() -> impl Strategy<Value = Stay> {
    let time = || {
        prop_oneof![
            Just(0),
            1..MINUTE,
            MINUTE..2 * SURELY_RESET,
            SURELY_RESET..100 * SURELY_RESET
        ]
    };
    let skew = || -SKEW..=SKEW;
    let rest = (any::<bool>(), 1..4_u64, any::<bool>(), (skew(), skew()));
    (time(), time(), rest).prop_map(|(away, stays, (resumes, skips, resets, skews))| Stay {
        away,
        stays,
        resumes,
        skips,
        resets,
        skews,
    })
}

/// A life of up to twelve connections, of which the last may still be open.
pub fn life() -> impl Strategy<Value = Life> {
    (vec(stay(), 1..12), any::<bool>()).prop_map(|(stays, is_open)| Life::of(&stays, is_open))
}

impl Life {
    fn of(stays: &[Stay], is_open: bool) -> Self {
        let mut life = Self {
            connections: Vec::new(),
            events: Vec::new(),
        };
        let mut now = 1_790_000_000_000;
        for (n, stay) in stays.iter().enumerate() {
            now += stay.away;
            let opened_at = now;
            now += stay.stays;
            let takes_over = stays.get(n + 1).is_some_and(|next| next.away == 0);
            let late = if takes_over { TAKEOVER } else { 0 };
            let is_last = n + 1 == stays.len();
            let closed_at = (!is_last || !is_open).then_some(now + late);
            life.connect(n, stay, opened_at, closed_at);
        }
        life
    }

    fn connect(&mut self, n: usize, stay: &Stay, opened_at: i64, closed_at: Option<i64>) {
        let is_reset = stay.away > SURELY_RESET || (stay.away > SURELY_KEPT && stay.resets);
        let last = self.connections.last().filter(|_| !is_reset);
        let connection = BrokerConnection {
            session: match last {
                Some(last) if stay.resumes => last.session.clone(),
                _ => format!("session-{n}"),
            },
            version: last.map_or(0, |last| last.version + stay.skips),
            closed_at,
        };
        self.events.push(PresenceEvent::Connected {
            session: connection.session.clone(),
            version: connection.version,
            at: Timestamp::from_millis(opened_at + stay.skews.0),
        });
        if let Some(closed_at) = closed_at {
            self.events.push(PresenceEvent::Disconnected {
                session: connection.session.clone(),
                version: connection.version,
                at: Timestamp::from_millis(closed_at + stay.skews.1),
                reason: "CONNECTION_LOST".into(),
            });
        }
        self.connections.push(connection);
    }

    /// The newest connection, as the broker itself knows it.
    pub fn truth(&self) -> &BrokerConnection {
        self.connections.last().unwrap()
    }
}

impl BrokerConnection {
    /// Whether an event is about this connection.
    pub fn is_of(&self, event: &PresenceEvent) -> bool {
        let (PresenceEvent::Connected { session, version, .. }
        | PresenceEvent::Disconnected { session, version, .. }) = event;
        (session, version) == (&self.session, &self.version)
    }

    /// Whether this is the connection that is known.
    pub fn is_named(&self, known: &Presence) -> bool {
        (&known.session, known.version) == (&self.session, self.version)
    }
}

/// Whether an event opens a connection.
pub fn opens(event: &PresenceEvent) -> bool {
    matches!(event, PresenceEvent::Connected { .. })
}
