//! Runs through flats that are drawn, not driven.

use mapping::pose::Pose;
use mapping::run_map::RunMap;
use mapping::run_tile::RunCell;
use mapping::tile::CellIndex;

/// Columns and rows of the walls' inner corners.
type Bounds = ((i32, i32), (i32, i32));

/// What a run sees of a flat: floor within the bounds, walls of `walls` with a door of 80 cm in each, and `things` of
/// 40 cm.
fn flat(bounds: Bounds, walls: &[i32], things: &[(i32, i32)]) -> RunMap {
    let ((left, bottom), (right, top)) = bounds;
    let mut run = RunMap::new();
    for x in left - 1..=right {
        for y in bottom - 1..=top {
            let is_edge = x < left || x == right || y < bottom || y == top;
            let is_wall = walls.contains(&x) && !(bottom + 20..bottom + 36).contains(&y);
            let is_thing = things
                .iter()
                .any(|(col, row)| (0..8).contains(&(x - col)) && (0..8).contains(&(y - row)));
            let seen = if is_edge || is_wall || is_thing {
                RunCell::Occupied
            } else {
                RunCell::Free
            };
            run.set(CellIndex::new(x, y), seen);
        }
    }
    run
}

/// Two rooms, 8 m × 5 m.
pub fn ground_floor(things: &[(i32, i32)]) -> RunMap {
    flat(((-20, -30), (140, 70)), &[60], things)
}

/// Three rooms, 10 m × 3.5 m, another shape.
pub fn attic(things: &[(i32, i32)]) -> RunMap {
    flat(((-60, -25), (140, 45)), &[0, 85], things)
}

/// What a robot sees whose pose jumps from one room of the ground floor to another place and back.
pub fn jumping() -> RunMap {
    let mut run = ground_floor(&[]);
    for (x, y, turn) in [(1.3, 0.7, 0.6), (-0.9, 1.1, 1.4), (0.4, -1.7, 2.5)] {
        for (cell, seen) in ground_floor(&[]).transformed(&Pose::new(x, y, turn)).known() {
            run.set(cell, seen);
        }
    }
    run
}

/// A wall far from everything, too short to be known again.
pub fn far_away() -> RunMap {
    let mut run = RunMap::new();
    for x in 1_500..1_520 {
        run.set(CellIndex::new(x, 1_500), RunCell::Occupied);
        run.set(CellIndex::new(x, 1_501), RunCell::Free);
    }
    run
}

/// The `n`-th run through a flat of 10 m × 10 m: four rooms with doors, thirty legs of furniture of which every run finds some moved, and
/// walls that a sensor sees a cell too near here and there.
pub fn lived_in(n: u32) -> RunMap {
    let mut run = RunMap::new();
    let mut noise = u64::from(n).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut chance = |one_in: u64| {
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        noise % one_in == 0
    };
    let is_wall = |x: i32, y: i32| {
        let edge = x <= 0 || x >= 201 || y <= 0 || y >= 201;
        let inner =
            (x == 100 && !(40..56).contains(&(y % 100))) || (y == 100 && !(40..56).contains(&(x % 100)));
        edge || inner
    };
    for (x, y) in (0..202).flat_map(|x| (0..202).map(move |y| (x, y))) {
        let sides = [(1, 0), (-1, 0), (0, 1), (0, -1)];
        let is_beside = sides.iter().any(|(dx, dy)| is_wall(x + dx, y + dy));
        let occupied = is_wall(x, y) || (is_beside && chance(12));
        let seen = if occupied {
            RunCell::Occupied
        } else {
            RunCell::Free
        };
        run.set(CellIndex::new(x, y), seen);
    }
    for leg in 0..30 {
        let moved = if leg % 3 == 0 { (n as i32 * 7) % 20 } else { 0 };
        let (x, y) = (15 + leg * 37 % 170, 12 + leg * 53 % 170);
        for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            run.set(CellIndex::new(x + dx, y + dy + moved), RunCell::Occupied);
        }
    }
    run
}
