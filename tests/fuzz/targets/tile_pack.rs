//! Tiles as a robot sends them: what is read is written back the same, and unpacking stays within a tile.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::tile_pack::TilePack;

fuzz_target!(|bytes: &[u8]| {
    let Ok(pack) = TilePack::decode(bytes) else {
        return;
    };
    assert_eq!(pack.encode(), bytes);
    for tile in &pack.tiles {
        if let Ok(cells) = tile.unpack() {
            assert_eq!(mapping::run_tile::RunTile::decode(&cells.encode()), Ok(cells));
        }
    }
});
