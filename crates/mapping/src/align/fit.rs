//! How well a run fits a map at a pose.

use crate::class_grid::CellClass;
use crate::grid::Grid;
use crate::pose::Pose;
use crate::run_map::RunMap;
use crate::run_tile::RunCell;
use crate::tile::{CELL_METRES, CellIndex};

use super::field::Field;

/// Surfaces may lie this far apart and still be the same, in metres.
const SAME_SURFACE: f32 = 1.6 * CELL_METRES as f32;
/// A good fit explains at least this much of what the run saw …
const MIN_SEEN: f64 = 0.6;
/// … and finds at least this much of what the map says is there.
const MIN_EXPECTED: f64 = 0.75;
/// Least part of the run's free cells that must lie on the map.
const MIN_OVERLAP: f64 = 0.5;

/// How well a run fits, each part from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Fit {
    /// Of the obstacle surfaces that the run saw on the map's known cells, how many are permanent there.
    pub seen: f64,
    /// Of the permanent surfaces that the run looked at, how many it saw.
    pub expected: f64,
    /// Of the cells that the run found free, how many the map knows.
    pub overlap: f64,
}

impl Fit {
    /// One number to compare places by.
    pub fn score(&self) -> f64 {
        self.seen * self.expected * self.overlap.sqrt()
    }

    /// Whether the run belongs here.
    pub fn is_good(&self) -> bool {
        self.agrees() && self.overlap >= MIN_OVERLAP
    }

    /// Whether run and map say the same where both say something, however small that is; enough for a run that
    /// started where the map did, and went on to see more.
    pub fn agrees(&self) -> bool {
        self.seen >= MIN_SEEN && self.expected >= MIN_EXPECTED
    }

    pub(super) fn of(classes: &Grid<CellClass>, field: &Field, run: &RunMap, pose: &Pose) -> Self {
        let mut seen = Share::default();
        let mut expected = Share::default();
        let mut overlap = Share::default();
        for (cell, state) in run.known() {
            let (x, y) = pose.transform(cell.centre_metres());
            let place = CellIndex::of_metres(x, y);
            let class = classes.get(place).unwrap_or_default();
            let distance = field.distance().get(place).unwrap_or(f32::INFINITY);
            match state {
                RunCell::Free => {
                    overlap.add(class != CellClass::Unknown);
                    // Looking through what should be there speaks against the place.
                    if distance == 0.0 && !has_obstacle_near(run, cell) {
                        expected.add(false);
                    }
                }
                RunCell::Occupied if class != CellClass::Unknown || distance <= SAME_SURFACE => {
                    seen.add(distance <= SAME_SURFACE);
                    if distance == 0.0 {
                        expected.add(true);
                    }
                }
                RunCell::Occupied | RunCell::Touched | RunCell::Unknown => {}
            }
        }
        Self {
            seen: seen.value(),
            expected: expected.value(),
            overlap: overlap.value(),
        }
    }
}

fn has_obstacle_near(run: &RunMap, cell: CellIndex) -> bool {
    let near = (-2..=2).flat_map(|dy| (-2..=2).map(move |dx| (dx, dy)));
    near.into_iter()
        .any(|(dx, dy)| run.get(cell.offset(dx, dy)).is_obstacle())
}

#[derive(Default)]
struct Share {
    yes: u32,
    all: u32,
}

impl Share {
    fn add(&mut self, yes: bool) {
        self.all += 1;
        self.yes += u32::from(yes);
    }

    fn value(&self) -> f64 {
        if self.all == 0 {
            0.0
        } else {
            f64::from(self.yes) / f64::from(self.all)
        }
    }
}
