use std::time::Duration;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::ports::{RunTileStore, SentRunTile, StoredRunTile};
use domain::run::Rev;
use futures_util::future::try_join_all;
use mapping::run_tile::{RunCell, RunTile};
use mapping::sheet::place_of;
use mapping::tile::TileIndex;

use crate::local_table::{LocalTable, TABLE};
use crate::samples::{noisy_tile, room_tile, run_id, scope};

fn stored(x: i16, y: i16, rev: u32, cells: RunTile) -> StoredRunTile {
    StoredRunTile {
        index: TileIndex::new(x, y),
        rev: Rev(rev),
        cells,
    }
}

fn sent(x: i16, y: i16, rev: u32, cells: &RunTile) -> SentRunTile {
    SentRunTile {
        index: TileIndex::new(x, y),
        rev: Rev(rev),
        cells: cells.into(),
    }
}

fn one_cell(col: usize) -> RunTile {
    let mut tile = RunTile::new();
    tile.set(col, 0, RunCell::Touched);
    tile
}

pub async fn run_tile_store(store: &dyn RunTileStore) {
    let put = |tiles: Vec<_>| async move { store.put_tiles(&scope(1), run_id(1), &tiles).await.unwrap() };
    assert_eq!(put(vec![sent(0, 0, 2, &one_cell(2))]).await, 1);
    for rev in [2, 1] {
        assert_eq!(put(vec![sent(0, 0, rev, &one_cell(9))]).await, 0);
    }
    let beside_an_old_one = vec![
        sent(0, 0, 1, &one_cell(9)),
        sent(-1, 3, 1, &room_tile()),
        sent(-1, -3, 1, &room_tile()),
    ];
    assert_eq!(put(beside_an_old_one).await, 2);
    assert_eq!(
        put(vec![sent(0, 0, 10, &one_cell(10)), sent(0, 0, 8, &one_cell(8))]).await,
        1
    );
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
        let tiles = [sent(round, 7, 1, &one_cell(1)), sent(round, 7, 2, &one_cell(2))];
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
    let places: Vec<_> = (-2..2).flat_map(|x| (-2..2).map(move |y| (x, y))).collect();
    let puts = places.iter().map(|(x, y)| async {
        let tiles = [sent(*x, *y, 1, &one_cell(1))];
        store.put_tiles(&home, run, &tiles).await
    });
    assert_eq!(try_join_all(puts).await.unwrap(), [1; 16]);
    let tiles: Vec<_> = places
        .iter()
        .map(|(x, y)| stored(*x, *y, 1, one_cell(1)))
        .collect();
    assert_eq!(store.tiles(&home, run).await.unwrap(), tiles);
}

#[tokio::test]
async fn all_tiles_of_a_large_run_are_read_beyond_one_megabyte() {
    let table = LocalTable::start().await;
    let (mut bytes, mut tiles) = (0, Vec::new());
    for n in 0..1_000 {
        let tile = sent(n / 40, n % 40, 1, &noisy_tile(n as u64 % 7));
        bytes += tile.cells.bytes().len();
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
    let tile = sent(0, 0, 1, &room_tile());
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
    assert_eq!(put(sent(0, 0, 9, &room_tile())).await, 1);
    table.pass(Duration::from_secs(30 * 24 * 60 * 60));
    assert_eq!(put(sent(1, 0, 1, &room_tile())).await, 1);
    assert_eq!(
        table.store.tiles(&scope(1), run_id(1)).await.unwrap(),
        [stored(1, 0, 1, room_tile())]
    );
}

/// A sheet as it was kept once: all tiles in one attribute, and how often it was written.
async fn earlier_sheet(table: &LocalTable, place: u8, rev: u32, cells: &RunTile) {
    let cells = cells.encode();
    let head = [
        &[place][..],
        &(4 + cells.len() as u16).to_be_bytes(),
        &rev.to_be_bytes(),
    ]
    .concat();
    let item = table.client().scan().table_name(TABLE).send().await.unwrap();
    let mut item = item.items()[0].clone();
    item.retain(|name, _| ["pk", "sk", "ttl"].contains(&name.as_str()));
    item.insert("e".into(), AttributeValue::B(Blob::new([head, cells].concat())));
    item.insert("n".into(), AttributeValue::N("3".into()));
    let put = table.client().put_item().table_name(TABLE).set_item(Some(item));
    put.send().await.unwrap();
}

#[tokio::test]
async fn a_sheet_in_the_earlier_form_is_read_and_grows() {
    let table = LocalTable::start().await;
    let put = async |tiles: &[SentRunTile]| table.store.put_tiles(&scope(1), run_id(1), tiles).await.unwrap();
    put(&[sent(0, 0, 1, &one_cell(1))]).await;
    earlier_sheet(&table, place_of(TileIndex::new(-1, 0)), 5, &room_tile()).await;
    let earlier = stored(-1, 0, 5, room_tile());
    assert_eq!(
        table.store.tiles(&scope(1), run_id(1)).await.unwrap(),
        std::slice::from_ref(&earlier)
    );

    let tiles = [sent(-1, 0, 5, &one_cell(9)), sent(0, 0, 1, &one_cell(1))];
    assert_eq!(put(&tiles).await, 1);
    let both = [earlier, stored(0, 0, 1, one_cell(1))];
    assert_eq!(table.store.tiles(&scope(1), run_id(1)).await.unwrap(), both);
    assert_eq!(put(&[sent(-1, 0, 6, &one_cell(9))]).await, 1);
}
