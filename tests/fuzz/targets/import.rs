//! Maps that others made: Valetudo's, GeoJSON, and pictures with their YAML.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mapping::formats::valetudo::ValetudoMap;
use mapping::formats::{geojson, pgm, ros};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(map) = ValetudoMap::read(bytes) {
        let _ = map.to_run();
        if let Ok(text) = map.write() {
            assert!(ValetudoMap::read(text.as_bytes()).is_ok());
        }
    }
    let _ = geojson::read(bytes);
    let _ = pgm::read(bytes);
    // A picture and what is said of it, parted by a zero.
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    if let (Some(yaml), Some(picture)) = (parts.next(), parts.next()) {
        if let Ok(yaml) = std::str::from_utf8(yaml) {
            let _ = ros::RosMap::read(picture, yaml);
        }
    }
});
