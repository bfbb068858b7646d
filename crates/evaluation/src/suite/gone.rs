//! How soon the place of furniture that is gone for good is free again.
//!
//! Every other piece and movable is taken out for good; the others stay, and movables come and go as before. A run counts
//! for a cell if it looked there, and the cell is free again once it is called free for the rest of the watch. Cells
//! where something else could be meant are left out: beside what is fixed, and within [`MOVED_METRES`] of where another
//! movable ever stood, since nobody can tell a thing that was moved there from one that is gone.

use mapping::distance::distance_to;
use mapping::permanence::MOVED_METRES;
use mapping::{CELL_METRES, CellClass, CellIndex, HomeMap, Pose, RunCell};
use serde_json::{Value, json};

use crate::error::EvalError;
use crate::learning::learn;
use crate::random::Random;
use crate::sim::{Home, Mask, Noise, Truth, drive};

/// Runs after which the watch ends; what is not free then counts as one run more.
const LONGEST_WATCH: u32 = 12;
/// How far what is fixed is smeared, in cells: runs see it there now and then, whatever stood before it.
const WALL_SMEAR: f32 = 4.0;

/// For each cell of what is gone, how many of the runs that looked there it took until it was free, pooled over homes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct GoneScore {
    waits: Vec<u32>,
}

impl GoneScore {
    pub(super) fn add(&mut self, other: &Self) {
        self.waits.extend(&other.waits);
    }

    pub(super) fn runs_max(&self) -> u32 {
        self.waits.iter().copied().max().unwrap_or(0)
    }

    pub(super) fn figures(&self) -> Value {
        let late = |runs: u32| self.waits.iter().filter(|wait| **wait > runs).count();
        let total: u32 = self.waits.iter().sum();
        json!({
            "runs_max": self.runs_max(),
            "runs_mean": f64::from(total) / self.waits.len().max(1) as f64,
            "cells": self.waits.len(),
            "cells_after_2_runs": late(2),
            "cells_after_3_runs": late(3),
        })
    }
}

/// Takes every other thing out of a home for good, and lets more runs vote until its place is free.
pub(super) fn watch(
    home: &Home,
    truth: &Truth,
    map: &HomeMap,
    n: u32,
    noise: Noise,
    seed: u64,
) -> Result<GoneScore, EvalError> {
    let mut map = map.clone();
    let mut random = Random::named(seed, "gone");
    let (rest, removed) = home.half_cleared();
    let mut places: Vec<_> = vacated(&rest, &removed, truth, &map);
    for after in 1..=LONGEST_WATCH {
        let arrangement = rest.arrange(&mut random);
        let run = drive(&arrangement.occupied, noise, Pose::IDENTITY, &mut random)?.map();
        learn(&mut map, &run, n + after)?;
        let classes = map.classes();
        let taken = around_movables(&removed, arrangement.footprints.iter().flatten());
        places.retain(|place| taken.get(place.cell) == Some(false));
        for place in &mut places {
            place.looked(run.get(place.cell), classes.class(place.cell));
        }
    }
    let looked_at = places.iter().filter(|place| place.looks > 0);
    Ok(GoneScore {
        waits: looked_at
            .map(|place| place.free_since.unwrap_or(LONGEST_WATCH + 1))
            .collect(),
    })
}

/// A cell that something stood on.
struct Place {
    cell: CellIndex,
    looks: u32,
    free_since: Option<u32>,
}

impl Place {
    fn new(cell: CellIndex) -> Self {
        Self {
            cell,
            looks: 0,
            free_since: None,
        }
    }

    fn looked(&mut self, seen: RunCell, class: CellClass) {
        self.looks += u32::from(seen != RunCell::Unknown);
        match class {
            CellClass::Free if self.looks > 0 => _ = self.free_since.get_or_insert(self.looks),
            CellClass::Free | CellClass::Unknown => {}
            CellClass::Movable | CellClass::Permanent => self.free_since = None,
        }
    }
}

/// Where something is gone from that the map knew of, away from everything that stays or still moves about.
fn vacated(rest: &Home, removed: &Mask, truth: &Truth, map: &HomeMap) -> Vec<Place> {
    let footprints = |parity: usize| truth.footprints.iter().skip(parity).step_by(2);
    let mut leaving = removed.clone();
    footprints(1).flatten().for_each(|cell| leaving.set(*cell, true));
    let near_fixed = distance_to(&rest.fixed()).map(|distance| distance <= WALL_SMEAR);
    let near_movables = around_movables(removed, footprints(0));
    let classes = map.classes();
    let is_place = |cell: CellIndex| {
        let was_known = matches!(classes.class(cell), CellClass::Movable | CellClass::Permanent);
        was_known && near_fixed.get(cell) == Some(false) && near_movables.get(cell) == Some(false)
    };
    let cells = leaving.iter().filter(|(cell, leaves)| *leaves && is_place(*cell));
    cells.map(|(cell, _)| Place::new(cell)).collect()
}

/// The cells of `home` where a movable with one of these footprints may be meant.
fn around_movables<'a>(home: &Mask, footprints: impl Iterator<Item = &'a Vec<CellIndex>>) -> Mask {
    let mut stood = home.map(|_| false);
    footprints.flatten().for_each(|cell| stood.set(*cell, true));
    let reach = (MOVED_METRES / CELL_METRES) as f32 + 1.0;
    distance_to(&stood).map(|distance| distance <= reach)
}
