//! What the store holds of maps.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mapping::home_tile::HomeTile;
use mapping::run_tile::RunTile;
use mapping::view::FloorView;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(tile) = RunTile::decode(bytes) {
        assert_eq!(RunTile::decode(&tile.encode()), Ok(tile));
    }
    if let Ok(tile) = HomeTile::decode(bytes) {
        assert_eq!(HomeTile::decode(&tile.encode()).as_ref(), Ok(&tile));
    }
    if let Ok(view) = FloorView::decode(bytes) {
        assert_eq!(FloorView::decode(&view.encode()).as_ref(), Ok(&view));
    }
});
