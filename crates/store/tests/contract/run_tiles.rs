use std::time::Duration;

use domain::ports::{RunTileStore, StoredRunTile, Written};
use domain::run::Rev;
use mapping::run_tile::{RunCell, RunTile};
use mapping::tile::TileIndex;

use crate::local_table::LocalTable;
use crate::samples::{noisy_tile, room_tile, run_id, scope};

fn stored(x: i16, y: i16, rev: u32, cells: RunTile) -> StoredRunTile {
    StoredRunTile {
        index: TileIndex::new(x, y),
        rev: Rev(rev),
        cells,
    }
}

fn one_cell(col: usize) -> RunTile {
    let mut tile = RunTile::new();
    tile.set(col, 0, RunCell::Touched);
    tile
}

pub async fn run_tile_store(store: &dyn RunTileStore) {
    let put = |tile| async move { store.put_tile(&scope(1), run_id(1), &tile).await.unwrap() };
    assert_eq!(put(stored(0, 0, 2, one_cell(2))).await, Written::Stored);
    for rev in [2, 1] {
        assert_eq!(put(stored(0, 0, rev, one_cell(9))).await, Written::Stale);
    }
    assert_eq!(put(stored(0, 0, 10, one_cell(10))).await, Written::Stored);
    assert_eq!(put(stored(-1, 3, 1, room_tile())).await, Written::Stored);
    assert_eq!(put(stored(-1, -3, 1, room_tile())).await, Written::Stored);
    let expected = [
        stored(-1, -3, 1, room_tile()),
        stored(-1, 3, 1, room_tile()),
        stored(0, 0, 10, one_cell(10)),
    ];
    assert_eq!(store.tiles(&scope(1), run_id(1)).await.unwrap(), expected);
    let revs = expected.map(|tile| (tile.index, tile.rev));
    assert_eq!(store.tile_revs(&scope(1), run_id(1)).await.unwrap(), revs.into());

    for (home, run) in [(2, 1), (1, 2)] {
        assert_eq!(store.tiles(&scope(home), run_id(run)).await.unwrap(), []);
        assert!(
            store
                .tile_revs(&scope(home), run_id(run))
                .await
                .unwrap()
                .is_empty()
        );
    }
    revisions_race(store).await;
}

async fn revisions_race(store: &dyn RunTileStore) {
    for round in 0..8 {
        let tiles = [stored(round, 7, 1, one_cell(1)), stored(round, 7, 2, one_cell(2))];
        let (home, run) = (scope(1), run_id(3));
        let put = |tile| store.put_tile(&home, run, tile);
        let (_, newer) = tokio::join!(put(&tiles[0]), put(&tiles[1]));
        assert_eq!(newer.unwrap(), Written::Stored);
    }
    let revs = store.tile_revs(&scope(1), run_id(3)).await.unwrap();
    assert!(
        revs.len() == 8 && revs.values().all(|rev| *rev == Rev(2)),
        "{revs:?}"
    );
}

#[tokio::test]
async fn all_tiles_of_a_large_run_are_read_beyond_one_megabyte() {
    let table = LocalTable::start().await;
    let mut bytes = 0;
    for n in 0..1_000 {
        let tile = stored(n / 40, n % 40, 1, noisy_tile(n as u64 % 7));
        bytes += tile.cells.encode().len();
        table.store.put_tile(&scope(1), run_id(1), &tile).await.unwrap();
    }
    assert!(bytes > 1024 * 1024, "{bytes} bytes");
    let tiles = table.store.tiles(&scope(1), run_id(1)).await.unwrap();
    assert_eq!(tiles.len(), 1_000);
    assert!(tiles.is_sorted_by_key(|tile| tile.index));
    assert_eq!(
        table.store.tile_revs(&scope(1), run_id(1)).await.unwrap().len(),
        1_000
    );
}

#[tokio::test]
async fn tiles_are_forgotten_after_ninety_days() {
    let table = LocalTable::start().await;
    let tile = stored(0, 0, 1, room_tile());
    table.store.put_tile(&scope(1), run_id(1), &tile).await.unwrap();
    table.pass(Duration::from_secs(90 * 24 * 60 * 60));
    assert_eq!(table.store.tiles(&scope(1), run_id(1)).await.unwrap(), []);
    assert!(
        table
            .store
            .tile_revs(&scope(1), run_id(1))
            .await
            .unwrap()
            .is_empty()
    );
}
