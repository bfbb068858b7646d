//! The retained settings document with its layers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mapping::run_tile::RunTile;
use wire::settings;

fuzz_target!(|bytes: &[u8]| {
    let Ok(read) = settings::decode(bytes) else {
        return;
    };
    for (_, tile) in read.layers.iter().flat_map(|layer| &layer.tiles) {
        let _ = RunTile::decode(tile);
    }
    if let Ok(written) = settings::encode(&read) {
        assert_eq!(settings::decode(&written), Ok(read));
    }
});
