use domain::ports::{FoldState, MapStore, OpenFold, StoreError, StoredHomeSheet};
use mapping::SheetIndex;
use mapping::home_tile::HomeTile;
use mapping::pose::Pose;

use crate::samples::{floor_id, robot_id, room_tile, run_id, scope};

fn fold(n: u32, run: u128) -> OpenFold {
    OpenFold {
        n,
        robot: robot_id(1),
        run: run_id(run),
        alignment: Pose::new(0.25, -1.125, 0.5),
    }
}

/// A sheet with the evidence of `n` votes on two of its tiles.
fn voted(x: i16, n: u32) -> StoredHomeSheet {
    let mut tile = HomeTile::new();
    (1..=n).for_each(|n| assert!(tile.vote(&room_tile(), n)));
    let index = SheetIndex::new(x, 0);
    let places = [0, 5].map(|place| (index.tile(place).unwrap(), tile.clone()));
    StoredHomeSheet {
        index,
        n,
        tiles: places.into(),
    }
}

pub async fn map_store(store: &dyn MapStore) {
    folds(store).await;
    sheets(store).await;
}

async fn folds(store: &dyn MapStore) {
    let (home, floor) = (scope(1), floor_id(1));
    let state = || async { store.fold_state(&home, floor).await.unwrap() };
    let open = |fold| async move { store.open_fold(&scope(1), floor, &fold).await };
    let close = |n| store.close_fold(&home, floor, n);
    assert_eq!(state().await, FoldState::default());
    for n in [0, 2] {
        assert!(
            matches!(open(fold(n, 1)).await, Err(StoreError::Conflict { .. })),
            "vote {n} before the first"
        );
    }
    assert!(
        matches!(close(1).await, Err(StoreError::Conflict { .. })),
        "nothing is open"
    );
    open(fold(1, 1)).await.unwrap();
    assert_eq!(
        state().await,
        FoldState {
            closed: 0,
            open: Some(fold(1, 1))
        }
    );
    for n in [1, 2] {
        assert!(
            matches!(open(fold(n, 2)).await, Err(StoreError::Conflict { .. })),
            "vote {n} beside the first"
        );
    }
    assert!(matches!(close(2).await, Err(StoreError::Conflict { .. })));
    close(1).await.unwrap();
    close(1).await.unwrap();
    assert_eq!(
        state().await,
        FoldState {
            closed: 1,
            open: None
        }
    );
    for n in [1, 3] {
        assert!(
            matches!(open(fold(n, 2)).await, Err(StoreError::Conflict { .. })),
            "vote {n} after the first"
        );
    }
    open(fold(2, 2)).await.unwrap();
    close(1).await.unwrap();
    assert_eq!(
        state().await,
        FoldState {
            closed: 1,
            open: Some(fold(2, 2))
        }
    );
}

async fn sheets(store: &dyn MapStore) {
    let (home, floor) = (scope(1), floor_id(1));
    let put = |sheet| async move { store.put_home_sheet(&scope(1), floor, &sheet).await };
    assert_eq!(store.home_sheets(&home, floor).await.unwrap(), []);
    put(voted(0, 1)).await.unwrap();
    put(voted(0, 3)).await.unwrap();
    for n in [3, 2] {
        assert!(matches!(put(voted(0, n)).await, Err(StoreError::Conflict { .. })));
    }
    put(voted(-7, 2)).await.unwrap();
    assert_eq!(
        store.home_sheets(&home, floor).await.unwrap(),
        [voted(-7, 2), voted(0, 3)]
    );
}

pub async fn maps_stay_in_their_home(store: &dyn MapStore) {
    store
        .open_fold(&scope(1), floor_id(1), &fold(1, 1))
        .await
        .unwrap();
    store
        .put_home_sheet(&scope(1), floor_id(1), &voted(0, 1))
        .await
        .unwrap();
    for (home, floor) in [(2, 1), (1, 2)] {
        let (home, floor) = (scope(home), floor_id(floor));
        assert_eq!(
            store.fold_state(&home, floor).await.unwrap(),
            FoldState::default()
        );
        assert_eq!(store.home_sheets(&home, floor).await.unwrap(), []);
    }
}

pub async fn two_folds_one_opens(store: &dyn MapStore) {
    for floor in (0..8).map(floor_id) {
        let (home, ours, theirs) = (scope(1), fold(1, 1), fold(1, 2));
        let open = |fold| store.open_fold(&home, floor, fold);
        let (first, second) = tokio::join!(open(&ours), open(&theirs));
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        let won = if first.is_ok() { ours } else { theirs };
        assert_eq!(store.fold_state(&home, floor).await.unwrap().open, Some(won));
    }
}
