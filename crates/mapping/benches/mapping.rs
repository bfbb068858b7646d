//! Times of what runs for every scan, tile and run.

use divan::{Bencher, black_box};
use std::collections::BTreeSet;

use mapping::coverage::{Body, PlanRequest, plan};
use mapping::logs::{LogScan, open_bytes};
use mapping::rooms::{carry_over, find_rooms};
use mapping::{
    Aligner, CellIndex, HomeMap, HomeTile, Localizer, LocalizerSettings, Pose, RunCell, RunMap, RunMapper,
    RunTile, Scan, TILE_CELLS, ballot,
};

fn main() {
    divan::main();
}

/// Ranges of 360 beams in the middle of a room of 6 m × 4 m.
fn room() -> Vec<f32> {
    let beam = |degree: i32| {
        let (sin, cos) = f64::from(degree).to_radians().sin_cos();
        (3.0 / cos.abs()).min(2.0 / sin.abs()) as f32
    };
    (0..360).map(beam).collect()
}

/// A tile with a wall along one side and free floor in front of it.
fn tile() -> RunTile {
    let mut tile = RunTile::new();
    for row in 0..TILE_CELLS {
        (10..60).for_each(|col| tile.set(col, row, RunCell::Free));
        tile.set(60 + row % 2, row, RunCell::Occupied);
    }
    tile
}

#[divan::bench]
fn integrate_a_scan_of_360_beams(bencher: Bencher<'_, '_>) {
    let ranges = room();
    let step = std::f64::consts::TAU / 360.0;
    let scan = Scan {
        pose: Pose::IDENTITY,
        start_angle: 0.0,
        angle_step: step,
        max_range: 6.0,
        ranges: &ranges,
    };
    let mut mapper = RunMapper::new();
    bencher.bench_local(|| mapper.integrate(black_box(&scan)));
}

#[divan::bench]
fn encode_a_run_tile(bencher: Bencher<'_, '_>) {
    let tile = tile();
    bencher.bench_local(|| black_box(&tile).encode());
}

#[divan::bench]
fn decode_a_run_tile(bencher: Bencher<'_, '_>) {
    let bytes = tile().encode();
    bencher.bench_local(|| RunTile::decode(black_box(&bytes)));
}

#[divan::bench]
fn vote_on_a_home_tile(bencher: Bencher<'_, '_>) {
    let (run, mut home, mut n) = (tile(), HomeTile::new(), 0);
    bencher.bench_local(|| {
        n += 1;
        home.vote(black_box(&run), n)
    });
}

#[divan::bench]
fn encode_a_home_tile(bencher: Bencher<'_, '_>) {
    let mut home = HomeTile::new();
    (1..10).for_each(|n| _ = home.vote(&tile(), n));
    bencher.bench_local(|| black_box(&home).encode());
}

#[divan::bench]
fn transform_a_run(bencher: Bencher<'_, '_>) {
    let mut mapper = RunMapper::new();
    let ranges = room();
    let step = std::f64::consts::TAU / 360.0;
    let scan = Scan {
        pose: Pose::IDENTITY,
        start_angle: 0.0,
        angle_step: step,
        max_range: 6.0,
        ranges: &ranges,
    };
    (0..3).for_each(|_| mapper.integrate(&scan).unwrap_or_default());
    let run = mapper.finish();
    assert!(run.get(CellIndex::new(0, 0)) == RunCell::Free);
    bencher.bench_local(|| black_box(&run).transformed(&Pose::new(0.3, 0.2, 0.1)));
}

/// A run over a floor of 12 m × 8 m with four rooms and a table in one.
fn flat() -> RunMap {
    let mut run = RunMap::new();
    for (x, y) in (-1..=240).flat_map(|x| (-1..=160).map(move |y| (x, y))) {
        let outside = x < 0 || y < 0 || x > 239 || y > 159;
        let wall = (x == 100 && !(30..48).contains(&y))
            || (y == 80 && !(50..68).contains(&x) && !(150..168).contains(&x));
        let table = (20..44).contains(&x) && (20..36).contains(&y);
        let state = if outside || wall || table {
            RunCell::Occupied
        } else {
            RunCell::Free
        };
        run.set(CellIndex::new(x, y), state);
    }
    run
}

fn home() -> HomeMap {
    let (run, mut home) = (flat(), HomeMap::new());
    (1..=5).for_each(|n| home.vote_run(&run, n).unwrap_or_default());
    home
}

#[divan::bench]
fn align_near_the_dock(bencher: Bencher<'_, '_>) {
    let classes = home().classes().cells().map(|cell| cell.class);
    let run = flat().transformed(&Pose::new(0.3, -0.2, 0.1));
    let Ok(aligner) = Aligner::new(&classes) else {
        return;
    };
    bencher.bench_local(|| aligner.align_near(black_box(&run), Pose::IDENTITY));
}

#[divan::bench]
fn fold_a_run_into_a_home(bencher: Bencher<'_, '_>) {
    let (run, mut home, mut n) = (flat(), home(), 5);
    bencher.bench_local(|| {
        n += 1;
        home.vote_run(&ballot(black_box(&run), &Pose::new(0.02, 0.01, 0.003)), n)
    });
}

#[divan::bench]
fn classify_a_home(bencher: Bencher<'_, '_>) {
    let home = home();
    bencher.bench_local(|| black_box(&home).classes());
}

#[divan::bench]
fn find_rooms_and_keep_their_numbers(bencher: Bencher<'_, '_>) {
    let classes = home().classes();
    let earlier = find_rooms(&classes);
    bencher.bench_local(|| carry_over(&find_rooms(black_box(&classes)), &earlier, &BTreeSet::new()));
}

#[divan::bench]
fn plan_a_home(bencher: Bencher<'_, '_>) {
    let classes = home().classes();
    let rooms = find_rooms(&classes);
    let (dock, body) = ((1.0, 3.0), Body::default());
    let request = PlanRequest {
        classes: &classes,
        rooms: &rooms,
        only: None,
        zones: &[],
        no_go: &[],
        walls: &[],
        dock,
        body,
        battery: None,
        calibration: 1.0,
    };
    bencher.bench_local(|| plan(black_box(&request)));
}

/// The scans of a recorded log of 360 beams; none where the recordings are absent.
fn recorded() -> Vec<LogScan> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let root = std::env::var("SWEEPLINE_DATA").unwrap_or_else(|_| default.to_owned());
    let bytes = std::fs::read(format!("{root}/lidar/freiburg-079-corrected.log.gz"));
    let log = bytes.ok().and_then(|bytes| open_bytes(&bytes).ok());
    let scans = log.iter().filter_map(|log| log.scans().ok()).flatten().flatten();
    scans.collect()
}

/// Each sample is the next scan of the log, with the closings that it brings.
#[divan::bench(sample_count = 4_000, sample_size = 1)]
fn localize_a_recorded_scan_of_360_beams(bencher: Bencher<'_, '_>) {
    let scans = recorded();
    let mut localizer = Localizer::new(LocalizerSettings::default());
    let mut next = scans.iter();
    bencher.bench_local(|| {
        let scan = next.next()?;
        let sweep = Scan {
            pose: scan.odometry,
            start_angle: LogScan::START_ANGLE,
            angle_step: scan.angle_step(),
            max_range: 20.0,
            ranges: black_box(&scan.ranges),
        };
        localizer.add(&sweep).ok()
    });
}
