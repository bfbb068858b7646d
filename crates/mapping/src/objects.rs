//! Gathers movable cells into things: a chair, a box, a plant.

use geo::{Area, BooleanOps, Centroid, ConvexHull, Distance, Euclidean, MultiPoint, Point, Polygon};

use crate::class_grid::{CellClass, ClassGrid, ClassedCell};
use crate::distance::distance_to;
use crate::grid::Grid;
use crate::home_tile::{HomeCell, RECENT_RUNS};
use crate::permanence::SMEAR_DEPTH;
use crate::sightings;
use crate::tile::{CELL_METRES, CellIndex};

/// Most things that one floor may have; the smallest beyond are left out.
pub const MAX_OBJECTS: usize = 500;
/// Fewest movable cells that make a thing.
pub const MIN_OBJECT_CELLS: usize = 4;
/// Two things are the same if this part of what they cover together is common …
const SAME_OVERLAP: f64 = 0.3;
/// … or their centres are this close, in metres.
const SAME_CENTRE_METRES: f64 = 0.2;

/// A thing that is there at times.
#[derive(Clone, Debug, PartialEq)]
pub struct MovableObject {
    /// The hull of every place it was seen in, in metres.
    pub polygon: Polygon<f64>,
    /// Its area in square metres.
    pub area_m2: f64,
    /// Share of the latest runs in which it was there, 0 to 1.
    pub presence: f64,
    /// How many runs ago it was last there, at most [`RECENT_RUNS`].
    pub runs_since_seen: u32,
    /// How many runs ago it was first there, as far as the latest [`RECENT_RUNS`] tell.
    pub runs_since_first: u32,
}

impl MovableObject {
    /// Its centre, in metres.
    pub fn centre(&self) -> Point<f64> {
        self.polygon.centroid().unwrap_or_default()
    }

    /// Whether two are the same thing: they overlap, or stand around the same place.
    pub fn is_same(&self, other: &Self) -> bool {
        self.overlap(other) >= SAME_OVERLAP
            || Euclidean.distance(self.centre(), other.centre()) < SAME_CENTRE_METRES
    }

    /// Common area over the area covered by either.
    fn overlap(&self, other: &Self) -> f64 {
        let common = self.polygon.intersection(&other.polygon).unsigned_area();
        common / (self.area_m2 + other.area_m2 - common).max(f64::EPSILON)
    }
}

/// The things on a floor, the largest first, those that have gone among them until [`RECENT_RUNS`] runs missed them.
pub fn find_objects(classes: &ClassGrid, evidence: &Grid<HomeCell>) -> Vec<MovableObject> {
    let classed = classes.cells();
    let from_walls = distance_to(&classed.map(|cell| cell.class == CellClass::Permanent));
    let is_smear = |cells: &[CellIndex]| {
        let mut distances = cells.iter().filter_map(|cell| from_walls.get(*cell));
        distances.all(|distance| distance < SMEAR_DEPTH)
    };
    let mut things = sightings::things(&classed.map(is_place_of_thing), evidence);
    things.retain(|cells| cells.len() >= MIN_OBJECT_CELLS && !is_smear(cells));
    let mut objects: Vec<_> = things.iter().map(|cells| object(cells, evidence)).collect();
    objects.sort_by(|a, b| b.area_m2.total_cmp(&a.area_m2));
    objects.truncate(MAX_OBJECTS);
    objects
}

/// Whether a thing stands there at times, or stood there before it went.
fn is_place_of_thing(cell: ClassedCell) -> bool {
    match cell.class {
        CellClass::Movable => true,
        CellClass::Free => cell.presence > 0,
        CellClass::Unknown | CellClass::Permanent => false,
    }
}

/// For each found thing, the position in `earlier` of what it was, one for one and the largest overlap first.
pub fn match_objects(found: &[MovableObject], earlier: &[MovableObject]) -> Vec<Option<usize>> {
    let pairs = found
        .iter()
        .enumerate()
        .flat_map(|(i, a)| earlier.iter().enumerate().map(move |(j, b)| (i, a, j, b)));
    let mut same: Vec<_> = pairs
        .filter(|(_, a, _, b)| a.is_same(b))
        .map(|(i, a, j, b)| (a.overlap(b), i, j))
        .collect();
    same.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut matched = vec![None; found.len()];
    let mut taken = vec![false; earlier.len()];
    for (_, i, j) in same {
        if let (Some(place @ None), Some(taken @ false)) = (matched.get_mut(i), taken.get_mut(j)) {
            *place = Some(j);
            *taken = true;
        }
    }
    matched
}

fn object(cells: &[CellIndex], evidence: &Grid<HomeCell>) -> MovableObject {
    let corners = cells
        .iter()
        .flat_map(|cell| [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| cell.offset(dx, dy)));
    let points = corners.map(|CellIndex { x, y }| Point::new(f64::from(x), f64::from(y)) * CELL_METRES);
    let polygon = points.collect::<MultiPoint<f64>>().convex_hull();
    let seen = runs_seen(cells, evidence);
    let runs = cells
        .iter()
        .filter_map(|cell| evidence.get(*cell))
        .map(|cell| u32::from(cell.votes()))
        .max();
    let runs = runs.unwrap_or(0).clamp(1, RECENT_RUNS);
    MovableObject {
        area_m2: polygon.unsigned_area(),
        polygon,
        presence: f64::from(seen.count_ones().min(runs)) / f64::from(runs),
        runs_since_seen: seen.trailing_zeros().min(RECENT_RUNS),
        runs_since_first: seen.checked_ilog2().unwrap_or(RECENT_RUNS),
    }
}

/// In which of the latest eight runs enough of the cells were occupied, the newest in the lowest bit.
fn runs_seen(cells: &[CellIndex], evidence: &Grid<HomeCell>) -> u8 {
    let enough = (cells.len() / 20).max(2);
    let history = |bit: u32| {
        cells
            .iter()
            .filter(move |cell| evidence.get(**cell).is_some_and(|cell| cell.was_occupied(bit)))
    };
    (0..RECENT_RUNS)
        .filter(|bit| history(*bit).count() >= enough)
        .fold(0, |seen, bit| seen | 1 << bit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::home_map::HomeMap;
    use crate::run_map::RunMap;
    use crate::run_tile::RunCell;

    /// Runs over an empty floor of 3 m × 3 m with the given cells occupied in turn.
    fn home(runs: &[Vec<(i32, i32)>]) -> HomeMap {
        let mut home = HomeMap::new();
        for (things, n) in runs.iter().zip(1..) {
            let mut run = RunMap::new();
            (0..60)
                .flat_map(|x| (0..60).map(move |y| (x, y)))
                .for_each(|(x, y)| {
                    let state = if things.contains(&(x, y)) {
                        RunCell::Occupied
                    } else {
                        RunCell::Free
                    };
                    run.set(CellIndex::new(x, y), state);
                });
            home.vote_run(&run, n).unwrap();
        }
        home
    }

    fn objects(home: &HomeMap) -> Vec<MovableObject> {
        find_objects(&home.classes(), &home.evidence())
    }

    fn square(x: i32, y: i32) -> Vec<(i32, i32)> {
        (0..6)
            .flat_map(|dx| (0..6).map(move |dy| (x + dx, y + dy)))
            .collect()
    }

    #[test]
    fn four_legs_are_one_chair_and_a_box_beside_it_another_thing() {
        let legs = vec![(10, 10), (18, 10), (10, 18), (18, 18)];
        let both = [legs, square(28, 10)].concat();
        let found = objects(&home(&[both.clone(), vec![], both.clone(), vec![], both]));
        assert_eq!(found.len(), 2);
        assert!((found[0].area_m2 - 0.2025).abs() < 0.02, "{:?}", found[0]);
        assert!(
            found
                .iter()
                .all(|thing| (thing.presence - 0.6).abs() < 1e-9 && thing.runs_since_seen == 0)
        );
    }

    #[test]
    fn a_thing_that_moves_about_a_little_is_there_in_every_run_that_sees_it() {
        let found = objects(&home(&[square(20, 20), square(22, 21), square(21, 19), vec![]]));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].presence, found[0].runs_since_seen), (0.75, 1));
        assert_eq!(found[0].runs_since_first, 3);
    }

    #[test]
    fn a_thing_in_two_places_is_one_and_two_things_side_by_side_are_two() {
        let moved = objects(&home(&[
            square(20, 20),
            square(30, 20),
            square(20, 20),
            square(30, 20),
        ]));
        assert_eq!(moved.len(), 1);
        assert_eq!(moved[0].presence, 1.0);
        let both = [square(20, 20), square(30, 20)].concat();
        assert_eq!(objects(&home(&[both.clone(), vec![], both, vec![]])).len(), 2);
    }

    #[test]
    fn things_that_stood_in_the_same_place_but_apart_in_each_run_are_two() {
        let pair = |x| [square(x, 20), square(x + 9, 20)].concat();
        let found = objects(&home(&[pair(20), pair(25), pair(22), vec![], pair(20)]));
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|thing| (thing.presence - 0.8).abs() < 1e-9));
    }

    #[test]
    fn a_thing_that_went_is_listed_until_eight_runs_missed_it() {
        let after = |absent: usize| {
            let mut runs = vec![square(20, 20), vec![], square(20, 20)];
            runs.extend(vec![vec![]; absent]);
            objects(&home(&runs))
        };
        assert_eq!(after(4)[0].runs_since_seen, 4);
        assert!(after(8).is_empty());
    }

    #[test]
    fn a_thing_is_known_again_after_it_moved_a_little() {
        let thing = |x, y| objects(&home(&[square(x, y), vec![], square(x, y)]));
        let (earlier, found) = (
            [thing(10, 10), thing(40, 40)].concat(),
            [thing(41, 42), thing(50, 10)].concat(),
        );
        assert_eq!(match_objects(&found, &earlier), [Some(1), None]);
    }
}
