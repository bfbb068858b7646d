//! Tells what is always there from what is only sometimes there.
//!
//! Each cell is judged by the share of the runs that saw it occupied, which a two-state model of appearing and leaving
//! reduces to when observations are rarely wrong (Meyer-Delius, Beinhofer and Burgard 2012). What walls do to the cells
//! beside them, because poses are never exact, is explained by the wall and not by a chair: cells join the permanent
//! layer with hysteresis (Canny 1986), and beside it only what hangs together with a movable thing further off counts.

use crate::class_grid::{CellClass, ClassGrid, ClassedCell};
use crate::distance::distance_to;
use crate::grid::Grid;
use crate::home_tile::HomeCell;

/// A cell occupied in at least this share of the runs is permanent.
pub const SURE_SHARE: f64 = 0.95;
/// A cell next to a permanent one is permanent from this share on.
pub const JOINING_SHARE: f64 = 0.75;
/// A cell occupied in a smaller share of the runs is free: one wrong observation must not last.
pub const MOVABLE_SHARE: f64 = 0.04;
/// A thing seen in fewer runs is not called gone: it may only have been in another place.
const ESTABLISHED_RUNS: u8 = 3;
/// A thing is gone when its staying away by chance, coming as often as before, is less likely than this.
const GONE_CHANCE: f64 = 0.02;
/// How far the smear beside permanent cells reaches, in cells.
const SMEAR_CELLS: usize = 2;
/// A cell occupied less often than this part of its most occupied neighbour is that neighbour's smear.
const SMEAR_RATIO: f64 = 0.15;
/// Movable neighbours that a cell in the smear needs to be part of their thing.
const JOINING_NEIGHBOURS: usize = 2;

/// Classifies every cell of a floor from its evidence and that of its neighbours.
pub fn classify(evidence: &Grid<HomeCell>) -> ClassGrid {
    let shares = evidence.map(present_share);
    let permanent = permanent_cells(&shares);
    let beside = distance_to(&permanent).map(|distance| distance < SMEAR_CELLS as f32 + 0.5);
    let mut movable = movable_cells(&shares, &beside);
    for _ in 0..SMEAR_CELLS {
        movable = grown_into_smear(&movable, &shares, &beside);
    }
    let classed = |(slot, cell): (usize, &HomeCell)| {
        let is = |set: &Grid<bool>| set.cells().get(slot) == Some(&true);
        let class = match cell.votes() {
            0 => CellClass::Unknown,
            _ if is(&permanent) => CellClass::Permanent,
            _ if is(&movable) => CellClass::Movable,
            _ => CellClass::Free,
        };
        let share = shares.cells().get(slot).copied().unwrap_or(0.0);
        ClassedCell {
            class,
            presence: to_byte(share),
            confidence: to_byte(confidence(*cell, class)),
        }
    };
    let cells = evidence.cells().iter().enumerate().map(classed).collect();
    let grid = Grid::from_cells(evidence.origin(), evidence.width(), evidence.height(), cells);
    // The grid has the shape of the evidence, so it can be made.
    grid.map(ClassGrid::from).unwrap_or_else(|_| ClassGrid::empty())
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

/// The share of the runs that saw the cell occupied; 0 once what was there is gone for good.
fn present_share(cell: HomeCell) -> f64 {
    if is_gone(cell) { 0.0 } else { cell.occupied_share() }
}

/// Whether the latest runs saw the cell free more often in a row than a thing that comes and goes would explain.
fn is_gone(cell: HomeCell) -> bool {
    let absent = cell.free_streak();
    let before = f64::from(cell.votes()) - f64::from(absent);
    let share_before = (f64::from(cell.occ) + 0.5) / (before + 1.0);
    cell.occ >= ESTABLISHED_RUNS && (1.0 - share_before).powi(absent as i32) < GONE_CHANCE
}

/// The cells that are sure to be permanent, and those that hang together with them.
fn permanent_cells(shares: &Grid<f64>) -> Grid<bool> {
    let mut permanent = shares.map(|share| share >= SURE_SHARE);
    let sure = permanent
        .cells()
        .iter()
        .enumerate()
        .filter(|(_, is_sure)| **is_sure);
    let mut open: Vec<usize> = sure.map(|(slot, _)| slot).collect();
    while let Some(slot) = open.pop() {
        for near in shares.neighbours::<8>(slot) {
            let joins = shares
                .cells()
                .get(near)
                .is_some_and(|share| *share >= JOINING_SHARE);
            if let Some(cell) = permanent
                .cells_mut()
                .get_mut(near)
                .filter(|cell| joins && !**cell)
            {
                *cell = true;
                open.push(near);
            }
        }
    }
    permanent
}

/// The cells occupied at times, away from the smear of permanent cells and of each other.
fn movable_cells(shares: &Grid<f64>, beside: &Grid<bool>) -> Grid<bool> {
    let share_at = |slot: usize| shares.cells().get(slot).copied().unwrap_or(0.0);
    mapped_slots(beside, |slot, is_beside| {
        let most = shares.neighbours::<8>(slot).map(share_at).fold(0.0, f64::max);
        !is_beside && share_at(slot) >= MOVABLE_SHARE.max(SMEAR_RATIO * most)
    })
}

/// The movable cells with those of the smear that border on enough of them.
fn grown_into_smear(movable: &Grid<bool>, shares: &Grid<f64>, beside: &Grid<bool>) -> Grid<bool> {
    let is_movable = |slot: usize| movable.cells().get(slot) == Some(&true);
    mapped_slots(beside, |slot, is_beside| {
        let is_occupied = || {
            shares
                .cells()
                .get(slot)
                .is_some_and(|share| *share >= MOVABLE_SHARE)
        };
        let neighbours = || {
            movable
                .neighbours::<8>(slot)
                .filter(|near| is_movable(*near))
                .count()
        };
        is_movable(slot) || (is_beside && is_occupied() && neighbours() >= JOINING_NEIGHBOURS)
    })
}

/// A grid of the same shape, each value made from its position and the value there.
fn mapped_slots(grid: &Grid<bool>, mut value: impl FnMut(usize, bool) -> bool) -> Grid<bool> {
    let mut slots = 0..;
    grid.map(|here| slots.next().is_some_and(|slot| value(slot, here)))
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
