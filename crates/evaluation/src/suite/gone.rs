//! How soon the place of furniture that is gone for good is free again.

use mapping::{CellClass, CellIndex, HomeMap, Pose, RunCell};
use serde_json::{Value, json};

use crate::error::EvalError;
use crate::learning::learn;
use crate::random::Random;
use crate::sim::{Home, Mask, Noise, Truth, drive, near};

/// Runs after which the watch ends; what is not free then counts as one run more.
const LONGEST_WATCH: u32 = 12;

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
        let occupied = rest.arrange(&mut random).occupied;
        let run = drive(&occupied, noise, Pose::IDENTITY, &mut random)?.map();
        learn(&mut map, &run, n + after)?;
        let classes = map.classes();
        let taken = near(&near(&occupied));
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
    let mut staying = rest.fixed();
    let mut leaving = removed.clone();
    for (i, cells) in truth.footprints.iter().enumerate() {
        let set = if i % 2 == 0 { &mut staying } else { &mut leaving };
        cells.iter().for_each(|cell| set.set(*cell, true));
    }
    let near_others = near(&near(&staying));
    let classes = map.classes();
    let was_known = |cell| matches!(classes.class(cell), CellClass::Movable | CellClass::Permanent);
    let cells = leaving.iter().filter(|(_, leaves)| *leaves).map(|(cell, _)| cell);
    cells
        .filter(|cell| near_others.get(*cell) == Some(false) && was_known(*cell))
        .map(|cell| Place {
            cell,
            looks: 0,
            free_since: None,
        })
        .collect()
}
