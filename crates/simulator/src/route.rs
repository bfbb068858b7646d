//! Where a robot fits, and the shortest way from one place to another.

use std::collections::VecDeque;

use mapping::grid::Grid;
use mapping::tile::{CELL_METRES, CellIndex};

use crate::layout::Layout;

const NEIGHBOURS: [(i32, i32); 4] = [(1, 0), (-1, 0), (0, 1), (0, -1)];

/// The cells on which a robot's middle can be, connected to its start.
#[derive(Debug, Clone)]
pub struct Reach {
    cells: Grid<bool>,
}

impl Reach {
    /// Where a robot that needs `clearance` metres around its middle gets from `start`; `allowed` may forbid more.
    pub fn new(
        layout: &Layout,
        start: CellIndex,
        clearance: f64,
        allowed: impl Fn(CellIndex) -> bool,
    ) -> Self {
        let fits = |cell: CellIndex| {
            cell == start
                || layout.is_free(cell) && allowed(cell) && layout.has_room(cell.centre_metres(), clearance)
        };
        let mut cells = layout.free().map(|_| false);
        let mut open = VecDeque::from([start]);
        cells.set(start, true);
        while let Some(cell) = open.pop_front() {
            for next in neighbours(cell) {
                if cells.get(next) == Some(false) && fits(next) {
                    cells.set(next, true);
                    open.push_back(next);
                }
            }
        }
        Self { cells }
    }

    /// Whether the robot's middle can be there.
    pub fn contains(&self, cell: CellIndex) -> bool {
        self.cells.get(cell) == Some(true)
    }

    /// All cells that it can be on.
    pub fn cells(&self) -> impl Iterator<Item = CellIndex> + '_ {
        self.cells
            .iter()
            .filter(|(_, reached)| *reached)
            .map(|(cell, _)| cell)
    }

    /// The point itself, or the nearest place within `metres` of it where the robot's middle can be.
    pub fn nearest(&self, (x, y): (f64, f64), metres: f64) -> Option<(f64, f64)> {
        let cell = CellIndex::of_metres(x, y);
        if self.contains(cell) {
            return Some((x, y));
        }
        let steps = (metres / CELL_METRES).ceil() as i32;
        let around = (-steps..=steps).flat_map(|dy| (-steps..=steps).map(move |dx| cell.offset(dx, dy)));
        let places = around
            .filter(|cell| self.contains(*cell))
            .map(CellIndex::centre_metres);
        let with_distance = places.map(|place| ((place.0 - x).hypot(place.1 - y), place));
        with_distance
            .filter(|(distance, _)| *distance <= metres)
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, place)| place)
    }

    /// The shortest way to the nearest cell that is a goal, without its start; `None` when there is none.
    pub fn way(&self, from: CellIndex, is_goal: impl Fn(CellIndex) -> bool) -> Option<Vec<CellIndex>> {
        let mut came_from = self.cells.map(|_| None);
        let mut open = VecDeque::from([from]);
        came_from.set(from, Some(from));
        while let Some(cell) = open.pop_front() {
            if is_goal(cell) {
                return Some(self.straightened(from, trace(&came_from, cell)));
            }
            for next in neighbours(cell) {
                if self.contains(next) && came_from.get(next) == Some(None) {
                    came_from.set(next, Some(cell));
                    open.push_back(next);
                }
            }
        }
        None
    }

    /// The way with every corner left out that the robot can cut.
    fn straightened(&self, from: CellIndex, way: Vec<CellIndex>) -> Vec<CellIndex> {
        let mut corners = Vec::new();
        let mut at = from;
        let mut rest = way.as_slice();
        while !rest.is_empty() {
            let seen = rest.iter().rposition(|cell| self.sees(at, *cell)).unwrap_or(0);
            let Some(corner) = rest.get(seen).copied() else {
                break;
            };
            corners.push(corner);
            at = corner;
            rest = rest.get(seen + 1..).unwrap_or_default();
        }
        corners
    }

    fn sees(&self, from: CellIndex, to: CellIndex) -> bool {
        self.is_straight(from.centre_metres(), to.centre_metres())
    }

    /// Whether the robot can drive straight from one point to another.
    pub fn is_straight(&self, (ax, ay): (f64, f64), (bx, by): (f64, f64)) -> bool {
        let steps = ((bx - ax).hypot(by - ay) / (CELL_METRES / 2.0)).ceil().max(1.0);
        (0..=steps as u32).all(|step| {
            let part = f64::from(step) / steps;
            self.contains(CellIndex::of_metres(ax + part * (bx - ax), ay + part * (by - ay)))
        })
    }
}

fn trace(came_from: &Grid<Option<CellIndex>>, goal: CellIndex) -> Vec<CellIndex> {
    let mut way = Vec::new();
    let mut cell = goal;
    while let Some(Some(before)) = came_from.get(cell).filter(|before| *before != Some(cell)) {
        way.push(cell);
        cell = before;
    }
    way.reverse();
    way
}

fn neighbours(cell: CellIndex) -> impl Iterator<Item = CellIndex> {
    NEIGHBOURS.into_iter().map(move |(dx, dy)| cell.offset(dx, dy))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rooms of 1.5 m with a door of 0.6 m between them.
    fn rooms() -> Layout {
        let mut free = Grid::filled(CellIndex::new(0, 0), 64, 32, false).unwrap();
        for y in 1..31 {
            (1..63)
                .filter(|x| *x != 31 || (10..22).contains(&y))
                .for_each(|x| free.set(CellIndex::new(x, y), true));
        }
        Layout::new(free)
    }

    #[test]
    fn the_way_leads_through_the_door_and_never_too_close_to_a_wall() {
        let reach = Reach::new(&rooms(), CellIndex::new(8, 8), 0.19, |_| true);
        let goal = CellIndex::new(56, 26);
        let way = reach.way(CellIndex::new(8, 8), |cell| cell == goal).unwrap();
        assert_eq!(way.last(), Some(&goal));
        let mut at = CellIndex::new(8, 8);
        for corner in way {
            assert!(reach.sees(at, corner));
            at = corner;
        }
        assert!(!reach.contains(CellIndex::new(31, 8)));
    }

    #[test]
    fn a_forbidden_door_has_no_way() {
        let reach = Reach::new(&rooms(), CellIndex::new(8, 8), 0.19, |cell| cell.x != 31);
        assert!(reach.way(CellIndex::new(8, 8), |cell| cell.x > 40).is_none());
    }
}
