use std::time::Duration;

use domain::ports::{RunTileStore, StoredRunTile};
use domain::run::Rev;
use futures_util::future::try_join_all;
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
    let put = |tiles: Vec<_>| async move { store.put_tiles(&scope(1), run_id(1), &tiles).await.unwrap() };
    assert_eq!(put(vec![stored(0, 0, 2, one_cell(2))]).await, 1);
    for rev in [2, 1] {
        assert_eq!(put(vec![stored(0, 0, rev, one_cell(9))]).await, 0);
    }
    let beside_an_old_one = vec![
        stored(0, 0, 1, one_cell(9)),
        stored(-1, 3, 1, room_tile()),
        stored(-1, -3, 1, room_tile()),
    ];
    assert_eq!(put(beside_an_old_one).await, 2);
    assert_eq!(put(vec![stored(0, 0, 10, one_cell(10))]).await, 1);
    assert_eq!(put(Vec::new()).await, 0);
    let expected = [
        stored(-1, -3, 1, room_tile()),
        stored(-1, 3, 1, room_tile()),
        stored(0, 0, 10, one_cell(10)),
    ];
    assert_eq!(store.tiles(&scope(1), run_id(1)).await.unwrap(), expected);

    for (home, run) in [(2, 1), (1, 2)] {
        assert_eq!(store.tiles(&scope(home), run_id(run)).await.unwrap(), []);
    }
    revisions_race(store).await;
    neighbours_race(store).await;
}

async fn revisions_race(store: &dyn RunTileStore) {
    for round in 0..8 {
        let tiles = [stored(round, 7, 1, one_cell(1)), stored(round, 7, 2, one_cell(2))];
        let (home, run) = (scope(1), run_id(3));
        let put = |tile| store.put_tiles(&home, run, std::slice::from_ref(tile));
        let (_, newer) = tokio::join!(put(&tiles[0]), put(&tiles[1]));
        assert_eq!(newer.unwrap(), 1);
    }
    let tiles = store.tiles(&scope(1), run_id(3)).await.unwrap();
    assert!(
        tiles.len() == 8 && tiles.iter().all(|tile| tile.rev == Rev(2)),
        "{tiles:?}"
    );
}

/// Several messages of one run at once, each with other tiles of the same sheet: none takes away what another brought.
async fn neighbours_race(store: &dyn RunTileStore) {
    let (home, run) = (scope(1), run_id(4));
    let tiles: Vec<_> = (-2..2)
        .flat_map(|x| (-2..2).map(move |y| stored(x, y, 1, one_cell(1))))
        .collect();
    let puts = tiles
        .iter()
        .map(|tile| store.put_tiles(&home, run, std::slice::from_ref(tile)));
    assert_eq!(try_join_all(puts).await.unwrap(), [1; 16]);
    assert_eq!(store.tiles(&home, run).await.unwrap(), tiles);
}

#[tokio::test]
async fn all_tiles_of_a_large_run_are_read_beyond_one_megabyte() {
    let table = LocalTable::start().await;
    let (mut bytes, mut tiles) = (0, Vec::new());
    for n in 0..1_000 {
        let tile = stored(n / 40, n % 40, 1, noisy_tile(n as u64 % 7));
        bytes += tile.cells.encode().len();
        tiles.push(tile);
    }
    let (home, run) = (scope(1), run_id(1));
    for tiles in tiles.chunks(20) {
        table.store.put_tiles(&home, run, tiles).await.unwrap();
    }
    assert!(bytes > 1024 * 1024, "{bytes} bytes");
    let tiles = table.store.tiles(&scope(1), run_id(1)).await.unwrap();
    assert_eq!(tiles.len(), 1_000);
    assert!(tiles.is_sorted_by_key(|tile| tile.index));
}

#[tokio::test]
async fn tiles_are_forgotten_after_thirty_days() {
    let table = LocalTable::start().await;
    let tile = stored(0, 0, 1, room_tile());
    table
        .store
        .put_tiles(&scope(1), run_id(1), &[tile])
        .await
        .unwrap();
    table.pass(Duration::from_secs(30 * 24 * 60 * 60));
    assert_eq!(table.store.tiles(&scope(1), run_id(1)).await.unwrap(), []);
}

#[tokio::test]
async fn a_forgotten_sheet_is_written_anew() {
    let table = LocalTable::start().await;
    let put = |tile| async {
        let tiles = [tile];
        table.store.put_tiles(&scope(1), run_id(1), &tiles).await.unwrap()
    };
    assert_eq!(put(stored(0, 0, 9, room_tile())).await, 1);
    table.pass(Duration::from_secs(30 * 24 * 60 * 60));
    assert_eq!(put(stored(1, 0, 1, room_tile())).await, 1);
    assert_eq!(
        table.store.tiles(&scope(1), run_id(1)).await.unwrap(),
        [stored(1, 0, 1, room_tile())]
    );
}
