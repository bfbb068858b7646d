use std::time::Duration;

use domain::id::LeaseId;
use domain::lease::{LEASE_VALID, Lease};
use domain::ports::LeaseStore;

use crate::local_table::LocalTable;
use crate::samples::{AT, person_id, robot_id, scope};

fn sample() -> Lease {
    Lease {
        id: LeaseId::new(AT, 1),
        robot: robot_id(1),
        person: person_id(1),
        token_hash: "cd".repeat(32),
        expires_at: AT.plus(LEASE_VALID),
    }
}

pub async fn lease_store(store: &dyn LeaseStore) {
    let lease = sample();
    assert_eq!(store.lease(lease.id).await.unwrap(), None);
    let (ours, theirs) = (scope(1), scope(2));
    store.open_lease(&ours, &lease).await.unwrap();
    assert_eq!(store.lease(lease.id).await.unwrap(), Some(lease.clone()));
    assert_eq!(store.leases_of(&ours, lease.person).await.unwrap(), [lease.id]);
    assert!(store.leases_of(&theirs, lease.person).await.unwrap().is_empty());
    assert!(store.leases_of(&ours, person_id(2)).await.unwrap().is_empty());
    let renewed = Lease {
        expires_at: lease.expires_at.plus(LEASE_VALID),
        ..lease
    };
    store.put_lease(&renewed).await.unwrap();
    assert_eq!(store.lease(renewed.id).await.unwrap(), Some(renewed));
}

#[tokio::test]
async fn an_expired_lease_is_gone_although_the_table_still_has_it() {
    let table = LocalTable::start().await;
    let lease = sample();
    table.store.put_lease(&lease).await.unwrap();
    table.pass(LEASE_VALID - Duration::from_secs(1));
    assert!(table.store.lease(lease.id).await.unwrap().is_some());
    table.pass(Duration::from_secs(2));
    assert_eq!(table.store.lease(lease.id).await.unwrap(), None);
}
