//! The two cases in which esp-rainmaker-neo shows a healthy device offline, as it documents them itself (its
//! `docs/en/specs/node_connection.md`, "Known residual cases"), over the store as it is.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::Timestamp;
use domain::fleet::RobotHealth;
use domain::id::RobotId;
use domain::ports::{Connection, Connections, DeviceError, HealthStore, StoreError};
use domain::presence::{Presence, PresenceEvent};
use domain::quarantine::Quarantine;
use domain::status::Status;
use domain::usecase::{Connectivity, PresenceTracking};
use store::TableStore;
use tokio::sync::Notify;

use crate::local_table::LocalTable;
use crate::samples::{AT, robot_id};

/// The store, behind a handler that is held up between its read and its write, for as long as the test wants.
struct HeldUp {
    store: Arc<TableStore>,
    has_read: Notify,
    may_write: Notify,
}

#[async_trait]
impl HealthStore for HeldUp {
    async fn put_quarantine(
        &self,
        robot: RobotId,
        quarantine: Option<&Quarantine>,
    ) -> Result<(), StoreError> {
        self.store.put_quarantine(robot, quarantine).await
    }

    async fn health(&self, robot: RobotId) -> Result<RobotHealth, StoreError> {
        self.store.health(robot).await
    }

    async fn put_status(&self, robot: RobotId, status: &Status) -> Result<bool, StoreError> {
        self.store.put_status(robot, status).await
    }

    async fn put_presence(
        &self,
        robot: RobotId,
        presence: &Presence,
        expected: Option<&Presence>,
    ) -> Result<(), StoreError> {
        self.has_read.notify_one();
        self.may_write.notified().await;
        self.store.put_presence(robot, presence, expected).await
    }
}

/// A broker to which the robot is connected.
struct Open;

#[async_trait]
impl Connections for Open {
    async fn connection(&self, _robot: RobotId) -> Result<Connection, DeviceError> {
        Ok(Connection::Open)
    }
}

fn at(seconds: u64) -> Timestamp {
    AT.plus(Duration::from_secs(seconds))
}

fn connected(session: &str, version: u64, seconds: u64) -> PresenceEvent {
    PresenceEvent::Connected {
        session: session.into(),
        version,
        at: at(seconds),
    }
}

fn disconnected(session: &str, version: u64, seconds: u64) -> PresenceEvent {
    PresenceEvent::Disconnected {
        session: session.into(),
        version,
        at: at(seconds),
        reason: "DUPLICATE_CLIENTID".into(),
    }
}

fn tracking(health: Arc<dyn HealthStore>) -> PresenceTracking {
    PresenceTracking { health }
}

/// What the phone is told.
async fn is_shown_connected(store: &TableStore, robot: RobotId) -> bool {
    let connections = Arc::new(Open);
    let health = store.health(robot).await.unwrap();
    Connectivity { connections }.is_connected(&health).await
}

/// Lets `late` read and hold its write back until `other` is through.
async fn write_late(store: &Arc<TableStore>, late: PresenceEvent, other: PresenceEvent) {
    let held = Arc::new(HeldUp {
        store: store.clone(),
        has_read: Notify::new(),
        may_write: Notify::new(),
    });
    let writing = tokio::spawn({
        let tracking = tracking(held.clone());
        async move { tracking.take(robot_id(1), &late).await }
    });
    held.has_read.notified().await;
    tracking(store.clone()).take(robot_id(1), &other).await.unwrap();
    held.may_write.notify_one();
    // A write that came too late is tried again if there is still something to tell.
    tokio::select! {
        () = held.has_read.notified() => held.may_write.notify_one(),
        () = async { while !writing.is_finished() { tokio::task::yield_now().await } } => {}
    }
    writing.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_write_leaves_the_robot_online() {
    let (reconnect, old) = (connected("s2", 2, 15), disconnected("s1", 1, 15));
    for (late, other) in [(reconnect.clone(), old.clone()), (old, reconnect)] {
        let store = Arc::new(LocalTable::start().await.store);
        let robot = robot_id(1);
        let first = connected("s1", 1, 0);
        tracking(store.clone()).take(robot, &first).await.unwrap();
        write_late(&store, late, other).await;
        let presence = store.health(robot).await.unwrap().presence.unwrap();
        assert_eq!((presence.connected, presence.session.as_str()), (true, "s2"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_reconnect_is_on_its_way_the_broker_is_believed() {
    let store = Arc::new(LocalTable::start().await.store);
    let robot = robot_id(1);
    for event in [connected("s1", 1, 0), disconnected("s1", 1, 15)] {
        tracking(store.clone()).take(robot, &event).await.unwrap();
    }
    assert!(is_shown_connected(&store, robot).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_duplicate_disconnect_leaves_an_active_session_online() {
    let store = Arc::new(LocalTable::start().await.store);
    let robot = robot_id(1);
    let tracking = tracking(store.clone());
    // The session is persistent: the robot resumes it under its name, and the old disconnect comes again.
    let events = [
        connected("s1", 1, 0),
        disconnected("s1", 1, 10),
        connected("s1", 2, 12),
    ];
    for event in events.iter().chain([&disconnected("s1", 1, 10)]) {
        tracking.take(robot, event).await.unwrap();
    }
    assert!(store.health(robot).await.unwrap().is_connected());
    // One that names the very connection that is open cannot be told from a true one; the broker can.
    tracking.take(robot, &disconnected("s1", 2, 30)).await.unwrap();
    assert!(is_shown_connected(&store, robot).await);
}
