//! The connections that are open, each with what it may do.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use policy::{Action, Identity, PolicyDocument, Resource, evaluate};
use rmqtt::types::Id;
use tokio::sync::watch;

use super::presence::{PresenceChange, PresenceEvent};

/// An admitted client that does not come through the rest of the handshake in this time is forgotten, ms.
const HANDSHAKE_MS: i64 = 60_000;
/// How long a client id's version number is remembered after its last connection, ms.
const VERSION_MEMORY_MS: i64 = 60 * 60 * 1000;

/// What the broker found out about a client that it lets in.
pub(super) struct Admission {
    pub(super) identity: Identity,
    pub(super) policies: Arc<[PolicyDocument]>,
    pub(super) principal: String,
    pub(super) address: IpAddr,
    /// Whether the client speaks MQTT 5, so that a refused publish can be answered with its reason.
    pub(super) hears_reasons: bool,
}

impl Admission {
    pub(super) fn may(&self, action: Action, resource: Resource<'_>) -> bool {
        evaluate(&self.policies, &self.identity, action, resource).is_allowed()
    }
}

/// One connection.
pub(super) struct Connection {
    pub(super) admission: Admission,
    session_identifier: String,
    version: u64,
    admitted_ms: i64,
    filters_in_packet: AtomicUsize,
}

impl Connection {
    pub(super) fn client_id(&self) -> &str {
        &self.admission.identity.client_id
    }

    /// Counts one more topic filter of the packet at hand.
    pub(super) fn count_filter(&self) -> usize {
        self.filters_in_packet.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Whether no filter of the packet at hand has been counted yet.
    pub(super) fn begins_packet(&self) -> bool {
        self.filters_in_packet.load(Ordering::Relaxed) == 0
    }

    pub(super) fn packet_ends(&self) {
        self.filters_in_packet.store(0, Ordering::Relaxed);
    }

    pub(super) fn event(&self, timestamp: i64, change: PresenceChange) -> PresenceEvent {
        PresenceEvent {
            client_id: self.client_id().to_owned(),
            timestamp,
            change,
            session_identifier: self.session_identifier.clone(),
            principal_identifier: self.admission.principal.clone(),
            version_number: self.version,
        }
    }
}

struct Version {
    next: u64,
    used_ms: i64,
}

#[derive(Default)]
struct State {
    admitted: HashMap<Id, Arc<Connection>>,
    open: HashMap<Id, Arc<Connection>>,
    versions: HashMap<String, Version>,
}

/// All connections, from admission to the end.
pub(super) struct Connections {
    state: Mutex<State>,
    open: watch::Sender<usize>,
}

impl Connections {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::new(State::default()),
            open: watch::Sender::new(0),
        }
    }

    /// Remembers a client that may connect, until its handshake is through.
    pub(super) fn admit(&self, id: Id, admission: Admission, now_ms: i64) {
        let mut state = self.lock();
        state
            .admitted
            .retain(|_, other| now_ms - other.admitted_ms < HANDSHAKE_MS);
        let version = next_version(&mut state, &admission.identity.client_id, now_ms);
        let connection = Connection {
            admission,
            session_identifier: format!("{:032x}", rand::random::<u128>()),
            version,
            admitted_ms: now_ms,
            filters_in_packet: AtomicUsize::new(0),
        };
        state.admitted.insert(id, Arc::new(connection));
    }

    pub(super) fn open(&self, id: &Id) -> Option<Arc<Connection>> {
        let mut state = self.lock();
        let connection = state.admitted.remove(id)?;
        state.open.insert(id.clone(), Arc::clone(&connection));
        self.open.send_replace(state.open.len());
        Some(connection)
    }

    pub(super) fn get(&self, id: &Id) -> Option<Arc<Connection>> {
        self.lock().open.get(id).cloned()
    }

    pub(super) fn close(&self, id: &Id) -> Option<Arc<Connection>> {
        let mut state = self.lock();
        let connection = state.open.remove(id);
        self.open.send_replace(state.open.len());
        connection
    }

    /// Resolves when no connection is open.
    pub(super) async fn all_closed(&self) {
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = self.open.subscribe().wait_for(|open| *open == 0).await;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn next_version(state: &mut State, client_id: &str, now_ms: i64) -> u64 {
    let State { open, versions, .. } = state;
    versions.retain(|known, version| {
        now_ms - version.used_ms < VERSION_MEMORY_MS
            || open.values().any(|connection| connection.client_id() == known)
    });
    let version = versions.entry(client_id.to_owned()).or_insert(Version {
        next: 0,
        used_ms: now_ms,
    });
    let current = version.next;
    *version = Version {
        next: current + 1,
        used_ms: now_ms,
    };
    current
}
