use std::time::Duration;

use domain::fleet::RobotHealth;
use domain::ports::{FlowStore, HealthStore, StoreError};
use domain::quarantine::{Minute, Quarantine, QuarantineReason};

use crate::samples::{AT, presence, robot_id, status};

pub async fn health_store(store: &dyn HealthStore) {
    let robot = robot_id(1);
    let unheard = RobotHealth {
        robot,
        status: None,
        presence: None,
        quarantine: None,
    };
    assert_eq!(store.health(robot).await.unwrap(), unheard);
    statuses(store).await;
    presences(store).await;
    quarantines(store).await;

    let known = store.health(robot).await.unwrap();
    assert_eq!(known.status, Some(status(3, 0)));
    assert_eq!(known.presence, Some(presence("b", true)));
    assert_eq!(store.health(robot_id(2)).await.unwrap().status, None);
}

async fn quarantines(store: &dyn HealthStore) {
    let robot = robot_id(1);
    let quarantine = Quarantine {
        since: AT,
        reason: QuarantineReason::TooManyMessages,
    };
    store.put_quarantine(robot, Some(&quarantine)).await.unwrap();
    assert_eq!(store.health(robot).await.unwrap().quarantine, Some(quarantine));
    store.put_quarantine(robot, None).await.unwrap();
    assert_eq!(store.health(robot).await.unwrap().quarantine, None);
}

pub async fn flow_store(store: &dyn FlowStore) {
    let (robot, minute) = (robot_id(1), Minute::of(AT));
    assert_eq!(store.add_flow(robot, minute, 5).await.unwrap(), 5);
    let (one, other) = tokio::join!(store.add_flow(robot, minute, 1), store.add_flow(robot, minute, 2));
    assert_eq!(one.unwrap().max(other.unwrap()), 8);
    assert_eq!(store.add_flow(robot_id(2), minute, 1).await.unwrap(), 1);
    let next = Minute::of(AT.plus(Duration::from_secs(60)));
    assert_eq!(store.add_flow(robot, next, 3).await.unwrap(), 3);
}

async fn statuses(store: &dyn HealthStore) {
    let robot = robot_id(1);
    assert!(store.put_status(robot, &status(2, 9)).await.unwrap());
    for (boot, seq) in [(2, 9), (2, 8), (1, 100)] {
        assert!(
            !store.put_status(robot, &status(boot, seq)).await.unwrap(),
            "{boot}.{seq}"
        );
        assert_eq!(store.health(robot).await.unwrap().status, Some(status(2, 9)));
    }
    assert!(store.put_status(robot, &status(2, 10)).await.unwrap());
    assert!(store.put_status(robot, &status(3, 0)).await.unwrap());
    for robot in (10..18).map(robot_id) {
        let (older, newer) = (status(1, 1), status(1, 2));
        let (_, newest) = tokio::join!(store.put_status(robot, &older), store.put_status(robot, &newer));
        assert!(newest.unwrap());
        assert_eq!(store.health(robot).await.unwrap().status, Some(newer));
    }
}

async fn presences(store: &dyn HealthStore) {
    let robot = robot_id(1);
    let (a, b, closed) = (presence("a", true), presence("b", true), presence("a", false));
    let early = store.put_presence(robot, &b, Some(&a)).await;
    assert!(matches!(early, Err(StoreError::Conflict { .. })));
    store.put_presence(robot, &a, None).await.unwrap();
    assert!(matches!(
        store.put_presence(robot, &b, None).await,
        Err(StoreError::Conflict { .. })
    ));
    let (first, second) = tokio::join!(
        store.put_presence(robot, &b, Some(&a)),
        store.put_presence(robot, &closed, Some(&a))
    );
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    if second.is_ok() {
        store.put_presence(robot, &b, Some(&closed)).await.unwrap();
    }
}
