//! A robot that cleans a home by what it knows of it.
//!
//! It plans over its map, if it has one from earlier runs, and over what it sees on the way without error; where
//! something stands in its way it goes around, and when what it sees differs much from what it knew it plans the rest
//! anew, from where it is. A robot without a map is the same robot: it drives laps and lanes over the floor seen so far,
//! in one room as large as that, and has to plan anew all the time; no rule of its makes it slower than that.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::f64::consts::TAU;

use mapping::coverage::{Body, PlanError, PlanRequest, clear_of, plan_rest};
use mapping::rooms::find_rooms;
use mapping::{CELL_METRES, CellClass, CellIndex, ClassGrid, ClassedCell, Grid};

use crate::sim::shapes::Mask;

/// Beams of the range sensor and their reach in cells.
const BEAMS: usize = 360;
const REACH: f64 = 6.0 / CELL_METRES;
/// Metres from one look around to the next.
const LOOK_EVERY: f64 = 0.5;
/// Cells of floor that was not known after which the rest is planned anew: 2 m².
const MUCH_NEW: usize = 800;
/// Cells of floor that the map took for walls after which the rest is planned anew: 0.1 m².
const MUCH_WRONG: usize = 40;
/// Plans in a row that are driven to their end: the later ones clean what an earlier one had to leave.
const LAST_PLANS: usize = 3;
/// Steps along a path, in metres.
const STEP: f64 = CELL_METRES / 2.0;

/// Cleans a home and gives the path, from the dock and back to it; what nobody can plan stays as it is.
pub(crate) fn clean(occupied: &Mask, known: Option<&ClassGrid>, dock: (f64, f64)) -> Vec<(f64, f64)> {
    let mut cleaner = Cleaner::new(occupied, known, dock);
    cleaner.look();
    let mut ends = 0;
    while ends < LAST_PLANS {
        let Some(route) = cleaner.route().ok().filter(|route| route.len() > 1) else {
            break;
        };
        ends = if cleaner.follow(&route) { ends + 1 } else { 0 };
    }
    cleaner.drive_to(CellIndex::of_metres(dock.0, dock.1));
    cleaner.path
}

struct Cleaner<'a> {
    occupied: &'a Mask,
    /// Where its centre can really be.
    centres: Mask,
    classes: ClassGrid,
    rooms: Grid<u8>,
    dock: (f64, f64),
    path: Vec<(f64, f64)>,
    /// Metres since it last looked around.
    since_look: f64,
    /// Cells seen to be floor since it last planned that were not known, and that were taken for walls.
    new: usize,
    wrong: usize,
}

impl<'a> Cleaner<'a> {
    fn new(occupied: &'a Mask, known: Option<&ClassGrid>, dock: (f64, f64)) -> Self {
        let mut classes = ClassGrid::from(occupied.map(|_| ClassedCell::default()));
        let known_cells = known.into_iter().flat_map(|known| known.cells().iter());
        known_cells.for_each(|(cell, classed)| classes.set(cell, classed));
        let rooms = match known {
            Some(_) => find_rooms(&classes),
            None => occupied.map(|_| 1),
        };
        Self {
            occupied,
            centres: clear_of(occupied, Body::default().radius),
            classes,
            rooms,
            dock,
            path: vec![dock],
            since_look: 0.0,
            new: 0,
            wrong: 0,
        }
    }

    /// The way over everything that is left, as far as is known.
    fn route(&mut self) -> Result<Vec<(f64, f64)>, PlanError> {
        self.new = 0;
        self.wrong = 0;
        let request = PlanRequest {
            classes: &self.classes,
            rooms: &self.rooms,
            only: None,
            zones: &[],
            no_go: &[],
            walls: &[],
            dock: self.dock,
            body: Body::default(),
            battery: None,
            calibration: 1.0,
        };
        let plan = plan_rest(&request, &self.path)?;
        Ok(plan.legs.into_iter().flat_map(|leg| leg.path).collect())
    }

    /// Drives along a route, around what stands in the way; whether it came to the end before its map changed much.
    fn follow(&mut self, route: &[(f64, f64)]) -> bool {
        for (from, to) in route.iter().zip(route.iter().skip(1)) {
            let steps = ((from.0 - to.0).hypot(from.1 - to.1) / STEP).ceil().max(1.0) as i32;
            for step in 1..=steps {
                let share = f64::from(step) / f64::from(steps);
                self.step_to((from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share));
                if self.new >= MUCH_NEW || self.wrong >= MUCH_WRONG {
                    return false;
                }
            }
        }
        true
    }

    /// Goes to a point next on the way, unless something stands there.
    fn step_to(&mut self, point: (f64, f64)) {
        let cell = CellIndex::of_metres(point.0, point.1);
        let here = self.here();
        if self.centres.get(cell) != Some(true) {
            return;
        }
        if cell.x.abs_diff(here.x).max(cell.y.abs_diff(here.y)) > 1 {
            self.drive_to(cell);
        }
        self.advance(point);
    }

    /// Goes to a cell by the shortest way, if there is one.
    fn drive_to(&mut self, goal: CellIndex) {
        let way = shortest_way(&self.centres, self.here(), goal);
        way.into_iter()
            .for_each(|cell| self.advance(cell.centre_metres()));
    }

    fn advance(&mut self, point: (f64, f64)) {
        let from = self.path.last().copied().unwrap_or(self.dock);
        self.since_look += (from.0 - point.0).hypot(from.1 - point.1);
        self.path.push(point);
        if self.since_look >= LOOK_EVERY {
            self.look();
        }
    }

    fn here(&self) -> CellIndex {
        let (x, y) = self.path.last().copied().unwrap_or(self.dock);
        CellIndex::of_metres(x, y)
    }

    /// Looks around with the range sensor.
    fn look(&mut self) {
        self.since_look = 0.0;
        let here = self.here();
        for beam in 0..BEAMS {
            let (sin, cos) = (beam as f64 * TAU / BEAMS as f64).sin_cos();
            let mut range = 0.0;
            while range < REACH {
                let along = |start: i32, part: f64| (f64::from(start) + 0.5 + range * part).floor() as i32;
                let cell = CellIndex::new(along(here.x, cos), along(here.y, sin));
                match self.occupied.get(cell) {
                    Some(is_occupied) => self.see(cell, is_occupied),
                    None => break,
                }
                if self.occupied.get(cell) == Some(true) {
                    break;
                }
                range += 0.5;
            }
        }
    }

    fn see(&mut self, cell: CellIndex, is_occupied: bool) {
        let class = if is_occupied {
            CellClass::Permanent
        } else {
            CellClass::Free
        };
        let before = self.classes.class(cell);
        self.new += usize::from(!is_occupied && before == CellClass::Unknown);
        self.wrong += usize::from(!is_occupied && before == CellClass::Permanent);
        if before != class {
            let classed = ClassedCell {
                class,
                presence: u8::MAX * u8::from(is_occupied),
                confidence: u8::MAX,
            };
            self.classes.set(cell, classed);
        }
    }
}

/// The cells of the shortest way between two cells of a set, without the first (Dijkstra 1959).
fn shortest_way(set: &Mask, from: CellIndex, goal: CellIndex) -> Vec<CellIndex> {
    let mut best: BTreeMap<CellIndex, (u32, CellIndex)> = BTreeMap::from([(goal, (0, goal))]);
    let mut open = BinaryHeap::from([(Reverse(0), goal)]);
    while let Some((Reverse(cost), cell)) = open.pop() {
        if cell == from {
            break;
        }
        let around = (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dx, dy)));
        for (dx, dy) in around {
            let next = cell.offset(dx, dy);
            let total = cost + if dx != 0 && dy != 0 { 14 } else { 10 };
            let is_open = next == from || set.get(next) == Some(true);
            if is_open && best.get(&next).is_none_or(|(known, _)| total < *known) {
                best.insert(next, (total, cell));
                open.push((Reverse(total), next));
            }
        }
    }
    let mut way = Vec::new();
    let mut here = from;
    while let Some((_, next)) = best.get(&here).filter(|_| here != goal) {
        here = *next;
        way.push(here);
    }
    way
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::FineFloor;
    use crate::sim::Home;
    use crate::testing::plan_of_two_rooms;

    #[test]
    fn a_home_is_cleaned_with_a_map_and_without_one() {
        let occupied = Home::bare(&plan_of_two_rooms()).fixed();
        let dock = (1.0, 1.0);
        let floor = FineFloor::new(&occupied, dock).unwrap();
        let map = ClassGrid::from(occupied.map(|is_occupied| ClassedCell {
            class: if is_occupied {
                CellClass::Permanent
            } else {
                CellClass::Free
            },
            ..ClassedCell::default()
        }));
        let without = floor.score(&clean(&occupied, None, dock));
        let with = floor.score(&clean(&occupied, Some(&map), dock));
        for score in [without, with] {
            assert!(
                score.coverage > 0.96 && score.path_ratio < 1.4 && score.touching < 0.01,
                "{score:?}"
            );
        }
    }

    #[test]
    fn what_the_map_does_not_show_is_driven_around() {
        let plan = plan_of_two_rooms();
        let map = ClassGrid::from(plan.free.map(|is_free| ClassedCell {
            class: if is_free {
                CellClass::Free
            } else {
                CellClass::Permanent
            },
            ..ClassedCell::default()
        }));
        let mut occupied = Home::bare(&plan).fixed();
        (40..50).for_each(|x| (40..50).for_each(|y| occupied.set(CellIndex::new(x, y), true)));
        let score =
            FineFloor::new(&occupied, (1.0, 1.0))
                .unwrap()
                .score(&clean(&occupied, Some(&map), (1.0, 1.0)));
        assert!(score.coverage > 0.96 && score.touching < 0.01, "{score:?}");
    }
}
