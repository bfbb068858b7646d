//! Tells things apart by where each of the latest runs saw them.
//!
//! One run sees a thing at one place, so what stands apart in a run is two things, and what is close in different runs
//! may be one that was moved. Sightings are joined from the most alike on, as in hierarchical clustering
//! (Sneath and Sokal 1973), under the constraint that a thing is sighted once in a run.

use crate::components::Components;
use crate::distance::distance_to;
use crate::grid::Grid;
use crate::home_tile::{HomeCell, RECENT_RUNS};
use crate::tile::CellIndex;

/// Most sightings that are told apart; the smallest beyond are left out.
const MAX_SIGHTINGS: usize = 4_096;
/// Parts of at least this many cells are things of their own.
const SOLID_CELLS: usize = 8;
/// Smaller parts this close to a solid thing belong to it, in cells.
const NEAR_SOLID: f32 = 3.0;
/// Smaller parts whose rims come this close to each other are the legs of one thing, in cells.
const LEG_REACH: f32 = 4.5;
/// How unlike two sightings of one thing may be, in cells.
const MOST_UNLIKE: f64 = 28.0;
/// How many cells farther away a thing e times as large seems to be.
const CELLS_FOR_SIZE: f64 = 9.0;

/// The cells of one thing in one run.
struct Sighting {
    run: u8,
    cells: Vec<CellIndex>,
    centre: (f64, f64),
}

impl Sighting {
    fn new(run: u32, cells: Vec<CellIndex>) -> Self {
        let middle = |axis: fn(&CellIndex) -> i32| {
            let (low, high) = (cells.iter().map(axis).min(), cells.iter().map(axis).max());
            f64::midpoint(f64::from(low.unwrap_or(0)), f64::from(high.unwrap_or(0)))
        };
        let centre = (middle(|cell| cell.x), middle(|cell| cell.y));
        Self {
            run: 1 << run,
            cells,
            centre,
        }
    }

    /// How far apart two sightings are and how much they differ in size, in cells.
    fn unlikeness(&self, other: &Self) -> f64 {
        let (dx, dy) = (self.centre.0 - other.centre.0, self.centre.1 - other.centre.1);
        let times_larger = self.cells.len() as f64 / other.cells.len() as f64;
        dx.hypot(dy) + CELLS_FOR_SIZE * times_larger.ln().abs()
    }
}

/// The cells of each thing that stands on some of `places` at times, over all its sightings.
pub(crate) fn things(places: &Grid<bool>, evidence: &Grid<HomeCell>) -> Vec<Vec<CellIndex>> {
    let runs = 0..RECENT_RUNS;
    let mut sightings: Vec<_> = runs.flat_map(|run| sightings_in(run, places, evidence)).collect();
    sightings.sort_by_key(|sighting| std::cmp::Reverse(sighting.cells.len()));
    sightings.truncate(MAX_SIGHTINGS);
    let thing_of = joined(&sightings);
    let mut things = vec![Vec::new(); sightings.len()];
    for (sighting, thing) in sightings.into_iter().zip(thing_of) {
        let cells = things.get_mut(thing).into_iter();
        cells.for_each(|cells| cells.extend(&sighting.cells));
    }
    things.retain(|cells| !cells.is_empty());
    for cells in &mut things {
        cells.sort_unstable();
        cells.dedup();
    }
    things
}

/// What stood on the places in one of the latest runs, 0 for the last.
fn sightings_in(run: u32, places: &Grid<bool>, evidence: &Grid<HomeCell>) -> Vec<Sighting> {
    let was_occupied = |slot: usize| evidence.at(slot).is_some_and(|cell| cell.was_occupied(run));
    let occupied = places.map_slots(|slot, is_place| is_place && was_occupied(slot));
    let parts = things_apart(&occupied);
    let mut cells = vec![Vec::new(); parts.sizes.len()];
    for (cell, label) in parts
        .labels
        .iter()
        .filter(|(cell, _)| occupied.get(*cell) == Some(true))
    {
        let part = (label as usize)
            .checked_sub(1)
            .and_then(|part| cells.get_mut(part));
        part.into_iter().for_each(|part| part.push(cell));
    }
    let seen = cells.into_iter().filter(|cells| !cells.is_empty());
    seen.map(|cells| Sighting::new(run, cells)).collect()
}

/// Parts of the occupied cells, where solid things keep apart and legs come together.
fn things_apart(occupied: &Grid<bool>) -> Components {
    let parts = Components::of::<8>(occupied);
    let from_solid = distance_to(&parts.labels.map(|label| parts.size(label) >= SOLID_CELLS));
    let is_clear = |slot: usize| from_solid.at(slot).is_some_and(|distance| distance > NEAR_SOLID);
    let from_legs = distance_to(&occupied.map_slots(|slot, is_occupied| is_occupied && is_clear(slot)));
    let is_between = |slot: usize| from_legs.at(slot).is_some_and(|distance| distance <= LEG_REACH);
    Components::of::<8>(
        &occupied.map_slots(|slot, is_occupied| is_occupied || (is_between(slot) && is_clear(slot))),
    )
}

/// For each sighting the number of its thing.
fn joined(sightings: &[Sighting]) -> Vec<usize> {
    let mut runs: Vec<u8> = sightings.iter().map(|sighting| sighting.run).collect();
    let mut thing_of: Vec<usize> = (0..sightings.len()).collect();
    for (_, a, b) in alike(sightings) {
        let (Some(a), Some(b)) = (thing_of.get(a).copied(), thing_of.get(b).copied()) else {
            continue;
        };
        let both = runs.get(a).copied().zip(runs.get(b).copied());
        if let Some((in_a, in_b)) = both.filter(|(in_a, in_b)| a != b && in_a & in_b == 0) {
            runs.get_mut(a).into_iter().for_each(|runs| *runs = in_a | in_b);
            let moved = thing_of.iter_mut().filter(|thing| **thing == b);
            moved.for_each(|thing| *thing = a);
        }
    }
    thing_of
}

/// Pairs of sightings that may be of one thing, the most alike first.
fn alike(sightings: &[Sighting]) -> Vec<(f64, usize, usize)> {
    let others = |a: usize| sightings.iter().enumerate().skip(a + 1);
    let all = sightings
        .iter()
        .enumerate()
        .flat_map(|(a, sighting)| others(a).map(move |(b, other)| (sighting.unlikeness(other), a, b)));
    let mut pairs: Vec<_> = all.filter(|(unlike, ..)| *unlike <= MOST_UNLIKE).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    pairs
}
