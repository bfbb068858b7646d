//! What a run of 100 m² may cost, in bytes.

use domain::id::PairingId;
use mapping::run_map::RunMap;
use wire::tile_pack::{PackedTile, TilePack};

use crate::flats::lived_in;
use crate::world::{NOW, World};

const KIB: usize = 1024;
/// All tiles of a run, as the robot sends them.
const UPLINK: usize = 8 * KIB;
/// All tiles of a floor, as they are kept.
const EVIDENCE: usize = 10 * KIB;
/// The view of a floor.
const VIEW: usize = 4 * KIB;

#[tokio::test]
async fn a_hundred_square_metres_keep_within_their_bytes() {
    let world = World::new();
    for n in 1..=10 {
        let event = world.seal(world.robot, n, &lived_in(n));
        world.fold().handle(&event, NOW).await.unwrap();
    }
    let shelves = world.memory.look();
    let floor = shelves.floor_maps.values().next().unwrap();
    assert_eq!((floor.n, floor.rooms.rooms().is_empty()), (10, false));
    let view = floor.view.encode().len();
    assert!(view <= VIEW, "view: {view} bytes");
    let evidence: usize = shelves
        .home_sheets
        .values()
        .flat_map(|sheet| sheet.tiles.values())
        .map(|tile| tile.encode().len())
        .sum();
    assert!(evidence <= EVIDENCE, "evidence: {evidence} bytes");
    let uplink = uplink(&lived_in(3));
    assert!(uplink <= UPLINK, "uplink: {uplink} bytes");
    println!("view {view}, evidence {evidence}, uplink {uplink} bytes");
}

/// The bytes of a pack with all tiles of a run.
fn uplink(run: &RunMap) -> usize {
    let tiles = run.tiles().map(|(index, tile)| PackedTile {
        index,
        rev: domain::run::Rev(1),
        cells: tile.encode(),
    });
    let pack = TilePack {
        pairing: PairingId::new(NOW, 3),
        run: domain::id::RunId::new(NOW, 4),
        tiles: tiles.collect(),
    };
    pack.encode().len()
}
