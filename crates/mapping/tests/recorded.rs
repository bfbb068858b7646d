//! Recorded maps and logs go in and come out unchanged; skipped, saying so, where the recordings are absent.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]
use std::fs;
use std::path::PathBuf;

use mapping::formats::geojson;
use mapping::formats::labelled::LabelledFloor;
use mapping::formats::png_map::read_floor_plan;
use mapping::formats::ros::RosMap;
use mapping::formats::valetudo::{ValetudoMap, ValetudoVersion};
use mapping::logs::{LogKind, open_bytes};
use mapping::{CellClass, Pose, RunMap, RunMapper, RunTile, Scan};

/// Files of a folder of recordings whose names end in `suffix`, in order.
fn recordings(folder: &str, suffix: &str) -> Vec<PathBuf> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let root = std::env::var("SWEEPLINE_DATA").unwrap_or_else(|_| default.to_owned());
    let folder = PathBuf::from(root).join(folder);
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped: {} is not there, set SWEEPLINE_DATA", folder.display());
        return Vec::new();
    };
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.to_string_lossy().ends_with(suffix));
    files.sort();
    files
}

#[test]
fn valetudo_maps_keep_every_layers_cells_and_every_entity() {
    for file in recordings("valetudo/maps", ".json") {
        let bytes = fs::read(&file).unwrap();
        let map = ValetudoMap::read(&bytes).unwrap();
        assert!(
            map.layers.iter().any(|layer| !layer.pixels.is_empty()),
            "{}",
            file.display()
        );
        for version in [ValetudoVersion::One, ValetudoVersion::Two] {
            let again = ValetudoMap::read(map.write_as(version).unwrap().as_bytes()).unwrap();
            assert_eq!(again.entities, map.entities);
            assert_eq!(again.layers.len(), map.layers.len());
            for (layer, other) in map.layers.iter().zip(&again.layers) {
                assert_eq!(
                    (layer.kind, &layer.pixels, layer.name()),
                    (other.kind, &other.pixels, other.name())
                );
            }
        }
        assert_eq!(open_bytes(&bytes).unwrap().kind, LogKind::ValetudoMap);
        assert!(map.to_run().unwrap().counts().free > 0);
    }
}

#[test]
fn floors_keep_their_cells_and_rooms_in_every_format_that_has_both() {
    for file in recordings("valetudo/maps", ".json") {
        let map = ValetudoMap::read(&fs::read(&file).unwrap()).unwrap();
        let floor = LabelledFloor::from_valetudo(&map).unwrap();
        let features = geojson::read(geojson::write(&floor.features()).as_bytes()).unwrap();
        assert_eq!(
            LabelledFloor::from_features(&features).unwrap().view,
            floor.view,
            "{}",
            file.display()
        );
        let json = floor.to_valetudo().write().unwrap();
        let again = ValetudoMap::read(json.as_bytes()).unwrap();
        let again = LabelledFloor::from_valetudo(&again).unwrap();
        let named = |floor: &LabelledFloor| -> Vec<_> {
            let cells = floor.view.cells().iter();
            let known = cells.filter(|(_, cell)| cell.class != CellClass::Unknown);
            let id = |number: u8| {
                let room = floor.rooms.iter().find(|room| room.number == number);
                room.map(|room| (room.id.clone(), room.name.clone()))
            };
            known.map(|(at, cell)| (at, cell.class, id(cell.room))).collect()
        };
        assert_eq!(named(&again), named(&floor), "{}", file.display());
    }
}

#[test]
fn ros_maps_keep_their_pixels_and_cells() {
    for folder in ["home-grids", "home-grids/aws_small_house", "longterm"] {
        for yaml in recordings(folder, ".yaml") {
            let packed = fs::read(yaml.with_extension("pgm.gz")).unwrap();
            let mut picture = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(packed.as_slice()), &mut picture)
                .unwrap();
            let map = RosMap::read(&picture, &fs::read_to_string(&yaml).unwrap()).unwrap();
            assert_eq!(
                RosMap::read(&map.write_picture(), &map.write_yaml()).unwrap(),
                map
            );
            let run = map.to_run().unwrap();
            assert!(run.counts().occupied > 0, "{}", yaml.display());
            let exported = RosMap::from_run(&run, "map.pgm").unwrap();
            assert_eq!(exported.to_run().unwrap().digest(), run.digest());
        }
    }
}

#[test]
fn floor_plans_have_walls_and_rooms() {
    for file in recordings("houseexpo", ".png") {
        let plan = read_floor_plan(&fs::read(&file).unwrap()).unwrap();
        assert!(
            (5.0..2_000.0).contains(&plan.area_m2()),
            "{}: {} m²",
            file.display(),
            plan.area_m2()
        );
    }
}

#[test]
fn laser_logs_become_maps() {
    for (suffix, kind) in [(".log.gz", LogKind::Carmen), (".csv.gz", LogKind::Csv)] {
        for file in recordings("lidar", suffix) {
            let log = open_bytes(&fs::read(&file).unwrap()).unwrap();
            assert_eq!(log.kind, kind, "{}", file.display());
            let map = mapped(&log);
            assert!(
                map.counts().free > 10_000,
                "{}: {:?}",
                file.display(),
                map.counts()
            );
        }
    }
}

fn mapped(log: &mapping::logs::Log) -> RunMap {
    let mut mapper = RunMapper::new();
    for scan in log.scans().unwrap() {
        let scan = scan.unwrap();
        let pose = Pose::new(scan.odometry.x, scan.odometry.y, scan.odometry.theta);
        let beams = Scan {
            pose,
            start_angle: mapping::logs::LogScan::START_ANGLE,
            angle_step: scan.angle_step(),
            max_range: 20.0,
            ranges: &scan.ranges,
        };
        mapper.integrate(&beams).unwrap();
    }
    mapper.finish()
}

#[test]
fn the_tiles_of_real_maps_are_small() {
    let mut bytes = 0;
    let mut square_metres = 0.0;
    for file in recordings("valetudo/maps", ".json") {
        let run = ValetudoMap::read(&fs::read(&file).unwrap())
            .unwrap()
            .to_run()
            .unwrap();
        bytes += run.tiles().map(|(_, tile)| tile.encode().len()).sum::<usize>();
        square_metres += run
            .tiles()
            .map(|(_, tile): (_, &RunTile)| tile.known_cells())
            .sum::<usize>() as f64
            * 0.0025;
    }
    if square_metres > 0.0 {
        let density = bytes as f64 / square_metres;
        println!("{density:.1} bytes for each square metre");
        assert!(density < 40.0, "{density:.1} bytes for each square metre");
    }
}
