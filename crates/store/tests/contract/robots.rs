use domain::page::PageRequest;
use domain::ports::{RobotStore, StoreError};
use domain::robot::Robot;

use crate::paging::pages;
use crate::samples::{paired, robot_id, scope, unpaired};

pub async fn robot_store(store: &dyn RobotStore) {
    let robot = paired(1, 1);
    assert_eq!(store.robot(robot_id(1)).await.unwrap(), None);
    store.put_robot(&robot, None).await.unwrap();
    assert_eq!(store.robot(robot_id(1)).await.unwrap(), Some(robot.clone()));
    assert_eq!(listed(store, 1).await, std::slice::from_ref(&robot));

    assert!(matches!(
        store.put_robot(&unpaired(1), None).await,
        Err(StoreError::Conflict { .. })
    ));
    let outdated = unpaired(1);
    let conflict = store.put_robot(&paired(1, 2), Some(&outdated)).await;
    assert!(matches!(conflict, Err(StoreError::Conflict { .. })));
    assert_eq!(store.robot(robot_id(1)).await.unwrap(), Some(robot));
    assert_eq!(listed(store, 2).await, [], "half a write");

    let never_there = store.put_robot(&paired(7, 1), Some(&unpaired(7))).await;
    assert!(matches!(never_there, Err(StoreError::Conflict { .. })));
    pairing_races(store).await;
}

/// Two owners type the code of one robot at the same time.
async fn pairing_races(store: &dyn RobotStore) {
    let free = unpaired(2);
    store.put_robot(&free, None).await.unwrap();
    let (ours, theirs) = (paired(2, 3), paired(2, 4));
    let (first, second) = tokio::join!(
        store.put_robot(&ours, Some(&free)),
        store.put_robot(&theirs, Some(&free))
    );
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    let (won, lost) = if first.is_ok() { (3, 4) } else { (4, 3) };
    assert_eq!(listed(store, won).await, [paired(2, won)]);
    assert_eq!(listed(store, lost).await, []);
}

pub async fn robots_move_between_homes(store: &dyn RobotStore) {
    for n in [3, 1, 2] {
        store.put_robot(&paired(n, 1), None).await.unwrap();
    }
    let all = pages(2, |page| async move { store.robots(&scope(1), &page).await }).await;
    assert_eq!(all, [vec![paired(1, 1), paired(2, 1)], vec![paired(3, 1)]]);

    store.put_robot(&paired(2, 2), Some(&paired(2, 1))).await.unwrap();
    assert_eq!(listed(store, 1).await, [paired(1, 1), paired(3, 1)]);
    assert_eq!(listed(store, 2).await, [paired(2, 2)]);

    let revoked = Robot {
        certificate: None,
        ..unpaired(2)
    };
    store.put_robot(&revoked, Some(&paired(2, 2))).await.unwrap();
    assert_eq!(listed(store, 2).await, []);
    assert_eq!(store.robot(robot_id(2)).await.unwrap(), Some(revoked.clone()));
    store.put_robot(&paired(2, 1), Some(&revoked)).await.unwrap();
    assert_eq!(listed(store, 1).await.len(), 3);

    let ours = store.robots(&scope(1), &PageRequest::new(1, None)).await.unwrap();
    let stolen = PageRequest::new(1, ours.next);
    assert!(matches!(
        store.robots(&scope(2), &stolen).await,
        Err(StoreError::BadCursor)
    ));
}

async fn listed(store: &dyn RobotStore, home: u128) -> Vec<Robot> {
    store
        .robots(&scope(home), &PageRequest::first())
        .await
        .unwrap()
        .items
}
