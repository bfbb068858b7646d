//! Times of what runs for every scan, tile and run.

use divan::{Bencher, black_box};
use mapping::{CellIndex, HomeTile, Pose, RunCell, RunMapper, RunTile, Scan, TILE_CELLS};

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
