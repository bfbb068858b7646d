use domain::placement::{Candidates, Placed, RunRef};
use domain::ports::{PlacementStore, StoreError};
use mapping::pose::Pose;

use crate::samples::{floor_id, robot_id, run_id, scope};

fn placed(floor: u128) -> Placed {
    Placed {
        floor: floor_id(floor),
        alignment: Pose::new(0.125, -3.5, 1.25),
    }
}

fn run(n: u128) -> RunRef {
    RunRef {
        robot: robot_id(1),
        run: run_id(n),
    }
}

pub async fn placement_store(store: &dyn PlacementStore) {
    places(store).await;
    candidates(store).await;
}

async fn places(store: &dyn PlacementStore) {
    let home = scope(1);
    assert_eq!(store.place(&home, run_id(1)).await.unwrap(), None);
    assert_eq!(
        store.settle_place(&home, run_id(1), &placed(1)).await.unwrap(),
        placed(1)
    );
    assert_eq!(
        store.settle_place(&home, run_id(1), &placed(2)).await.unwrap(),
        placed(1)
    );
    assert_eq!(store.place(&home, run_id(1)).await.unwrap(), Some(placed(1)));
    assert_eq!(store.place(&scope(2), run_id(1)).await.unwrap(), None);
    assert_eq!(store.place(&home, run_id(2)).await.unwrap(), None);
}

async fn candidates(store: &dyn PlacementStore) {
    let home = scope(1);
    let none = Candidates::default();
    assert_eq!(store.candidates(&home).await.unwrap(), none);
    let first = none.with_founder(Some(run(1)));
    let second = first.with_parked(run(2)).unwrap();
    let refused = |candidates: Candidates| async move {
        let written = store.put_candidates(&scope(1), &candidates).await;
        assert!(
            matches!(written, Err(StoreError::Conflict { .. })),
            "{candidates:?}"
        );
    };
    refused(none.clone()).await;
    refused(second.clone()).await;
    store.put_candidates(&home, &first).await.unwrap();
    refused(first.clone()).await;
    store.put_candidates(&home, &second).await.unwrap();
    refused(none.with_founder(None)).await;
    assert_eq!(store.candidates(&home).await.unwrap(), second);
    assert_eq!(store.candidates(&scope(2)).await.unwrap(), none);
}

pub async fn two_places_one_is_settled(store: &dyn PlacementStore) {
    for n in 0..8 {
        let (home, ours, theirs) = (scope(1), placed(1), placed(2));
        let settle = |place| store.settle_place(&home, run_id(n), place);
        let (first, second) = tokio::join!(settle(&ours), settle(&theirs));
        assert_eq!(first.unwrap(), second.unwrap());
    }
}
