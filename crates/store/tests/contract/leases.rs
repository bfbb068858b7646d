use std::time::Duration;

use domain::id::LeaseId;
use domain::lease::{LEASE_VALID, Lease};
use domain::ports::LeaseStore;

use crate::local_table::LocalTable;
use crate::samples::{AT, person_id, robot_id};

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
    store.put_lease(&lease).await.unwrap();
    assert_eq!(store.lease(lease.id).await.unwrap(), Some(lease.clone()));
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
