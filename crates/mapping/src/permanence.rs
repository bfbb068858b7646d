//! Tells what is always there from what is only sometimes there.
//!
//! Each cell is judged by the share of the runs that saw it occupied, which a two-state model of appearing and leaving
//! reduces to when observations are rarely wrong (Meyer-Delius, Beinhofer and Burgard 2012). What walls do to the cells
//! beside them, because poses are never exact, is explained by the wall and not by a chair: beside permanent cells only
//! what hangs together with a movable thing further off counts.

use crate::class_grid::{CellClass, ClassGrid, ClassedCell};
use crate::distance::distance_to;
use crate::grid::Grid;
use crate::home_tile::HomeCell;
use crate::surface::permanent_cells;
use crate::tile::CELL_METRES;

/// A cell occupied in a smaller share of the runs is free: one wrong observation must not last.
pub const MOVABLE_SHARE: f64 = 0.04;
/// A thing that so many runs in a row looked for in vain is gone, and its place is free until it is seen again.
pub const GONE_RUNS: u32 = 3;
/// A thing that stands this close to where it stood before has only moved, in metres.
pub const MOVED_METRES: f64 = 1.0;
/// What keeps closer to permanent cells than this all over may be their smear, in cells.
pub(crate) const SMEAR_DEPTH: f32 = 5.5;
/// How far the smear beside permanent cells is dense, in cells.
const SMEAR_CELLS: usize = 2;
/// A cell occupied less often than this part of its most occupied neighbour is that neighbour's smear.
const SMEAR_RATIO: f64 = 0.15;
/// Movable neighbours that a cell in the smear needs to be part of their thing.
const JOINING_NEIGHBOURS: usize = 2;

/// Classifies every cell of a floor from its evidence and that of its neighbours.
///
/// Free cells keep the presence of a thing that stood there and is gone; other free cells have none.
pub fn classify(evidence: &Grid<HomeCell>) -> ClassGrid {
    let shares = evidence.map(HomeCell::occupied_share);
    let permanent = permanent_cells(evidence, &shares);
    let from_permanent = distance_to(&permanent);
    let beside = from_permanent.map(|distance| distance < SMEAR_CELLS as f32 + 0.5);
    let known = movable_cells(&shares, &beside);
    let present = without_gone(&known, evidence, &from_permanent);
    let [known, present] = [known, present].map(|cells| with_smear(cells, &shares, &beside));
    let classed = evidence.map_slots(|slot, cell| {
        let is = |set: &Grid<bool>| set.at(slot) == Some(true);
        let class = match cell.votes() {
            0 => CellClass::Unknown,
            _ if is(&permanent) => CellClass::Permanent,
            _ if is(&present) => CellClass::Movable,
            _ => CellClass::Free,
        };
        let is_floor = class == CellClass::Free && !is(&known);
        ClassedCell {
            class,
            presence: to_byte(if is_floor { 0.0 } else { cell.occupied_share() }),
            confidence: to_byte(confidence(cell, class)),
        }
    });
    ClassGrid::from(classed)
}

/// How sure a class is, 0 to 1: none with one run, more with each run that saw the cell and that agrees.
pub fn confidence(cell: HomeCell, class: CellClass) -> f64 {
    let share = cell.occupied_share();
    let agreement = match class {
        CellClass::Unknown => 0.0,
        CellClass::Free => 1.0 - share,
        CellClass::Movable => 1.0 - (share - 0.5).abs(),
        CellClass::Permanent => share,
    };
    let votes = f64::from(cell.votes());
    agreement * (1.0 - 1.0 / votes.max(1.0))
}

/// The cells occupied at times, away from the smear of permanent cells and of each other.
fn movable_cells(shares: &Grid<f64>, beside: &Grid<bool>) -> Grid<bool> {
    let share_at = |slot: usize| shares.at(slot).unwrap_or(0.0);
    beside.map_slots(|slot, is_beside| {
        let most = shares.neighbours::<8>(slot).map(share_at).fold(0.0, f64::max);
        !is_beside && share_at(slot) >= MOVABLE_SHARE.max(SMEAR_RATIO * most)
    })
}

/// The movable cells but those of things that the latest runs saw neither there nor moved a little.
fn without_gone(movable: &Grid<bool>, evidence: &Grid<HomeCell>, from_permanent: &Grid<f32>) -> Grid<bool> {
    let seen = movable.map_slots(|slot, is_movable| {
        is_movable
            && evidence
                .at(slot)
                .is_some_and(|cell| cell.free_streak() < GONE_RUNS)
    });
    let is_clear = |slot: usize| from_permanent.at(slot).is_some_and(|cells| cells >= SMEAR_DEPTH);
    let from_things = distance_to(&seen.map_slots(|slot, is_seen| is_seen && is_clear(slot)));
    let reach = (MOVED_METRES / CELL_METRES) as f32;
    movable.map_slots(|slot, is_movable| {
        let has_moved = from_things.at(slot).is_some_and(|cells| cells <= reach);
        seen.at(slot) == Some(true) || (is_movable && has_moved)
    })
}

/// Movable cells with those in the smear of permanent cells that belong to the same things.
fn with_smear(mut movable: Grid<bool>, shares: &Grid<f64>, beside: &Grid<bool>) -> Grid<bool> {
    let is_occupied = |slot: usize| shares.at(slot).is_some_and(|share| share >= MOVABLE_SHARE);
    for _ in 0..SMEAR_CELLS {
        let is_movable = |slot: &usize| movable.at(*slot) == Some(true);
        let borders = |slot: usize| movable.neighbours::<8>(slot).filter(is_movable).count();
        movable = beside.map_slots(|slot, is_beside| {
            let belongs = is_beside && is_occupied(slot) && borders(slot) >= JOINING_NEIGHBOURS;
            is_movable(&slot) || belongs
        });
    }
    movable
}

fn to_byte(share: f64) -> u8 {
    (share.clamp(0.0, 1.0) * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::home_map::HomeMap;
    use crate::run_map::RunMap;
    use crate::run_tile::RunCell;
    use crate::tile::CellIndex;

    /// A floor of 20 × 20 cells with a wall at x = 0 and things at the given cells.
    fn run(occupied: &[(i32, i32)]) -> RunMap {
        let mut run = RunMap::new();
        for (x, y) in (0..20).flat_map(|x| (0..20).map(move |y| (x, y))) {
            let state = if x == 0 || occupied.contains(&(x, y)) {
                RunCell::Occupied
            } else {
                RunCell::Free
            };
            run.set(CellIndex::new(x, y), state);
        }
        run
    }

    fn classes(runs: &[&[(i32, i32)]]) -> ClassGrid {
        let mut home = HomeMap::new();
        for (things, n) in runs.iter().zip(1..) {
            home.vote_run(&run(things), n).unwrap();
        }
        home.classes()
    }

    const CHAIR: &[(i32, i32)] = &[(10, 10), (11, 10), (10, 11), (11, 11)];

    #[test]
    fn a_chair_is_movable_and_a_wall_is_not() {
        let classes = classes(&[CHAIR, &[], CHAIR, &[], CHAIR]);
        let chair = classes.get(CellIndex::new(10, 10));
        assert_eq!((chair.class, chair.presence), (CellClass::Movable, 153));
        assert_eq!(classes.class(CellIndex::new(0, 5)), CellClass::Permanent);
        assert_eq!(classes.class(CellIndex::new(5, 5)), CellClass::Free);
        assert_eq!(classes.class(CellIndex::new(-1, 5)), CellClass::Unknown);
    }

    #[test]
    fn smear_beside_a_wall_is_free_and_a_thing_that_touches_it_is_whole() {
        let thing: &[(i32, i32)] = &[
            (1, 10),
            (2, 10),
            (3, 10),
            (4, 10),
            (1, 11),
            (2, 11),
            (3, 11),
            (4, 11),
        ];
        let classes = classes(&[&[(1, 3)], thing, &[(1, 4)], thing, &[(1, 3)], thing]);
        assert_eq!(classes.class(CellIndex::new(1, 3)), CellClass::Free);
        assert_eq!(classes.class(CellIndex::new(1, 10)), CellClass::Movable);
    }

    #[test]
    fn what_is_gone_for_good_is_free_within_three_runs() {
        for runs_before in [3, 5, 20] {
            let mut runs = vec![CHAIR; runs_before];
            let class = |runs: &[&[(i32, i32)]]| classes(runs).class(CellIndex::new(10, 10));
            assert_eq!(class(&runs), CellClass::Permanent);
            runs.extend([[].as_slice(); 3]);
            assert_eq!(class(&runs), CellClass::Free, "after {runs_before} runs");
        }
    }

    #[test]
    fn confidence_grows_from_the_second_run_on() {
        let cell = |occ, free| HomeCell { occ, free, last: 0 };
        assert_eq!(confidence(cell(1, 0), CellClass::Permanent), 0.0);
        assert!(confidence(cell(2, 0), CellClass::Permanent) < confidence(cell(9, 0), CellClass::Permanent));
        assert!(confidence(cell(5, 4), CellClass::Permanent) < confidence(cell(9, 0), CellClass::Permanent));
    }
}
