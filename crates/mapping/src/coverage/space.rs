//! Where the robot's centre can be, and the shortest ways between.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::class_grid::CellClass;
use crate::grid::Grid;
use crate::ray::cells_on_ray;
use crate::tile::{CELL_METRES, CellIndex};

use super::area::cells_within;
use super::request::PlanRequest;

/// Cost of a step to the next cell along a side; to a corner it is [`DIAGONAL`].
const STRAIGHT: u32 = 10;
const DIAGONAL: u32 = 14;
/// Driving through what is always there would cost this many times as much; what is there at times costs its share.
const PRESENCE_COST: u32 = 4;
/// How far from the dock a robot's centre may first have room, in metres.
pub const MAX_DOCK_METRES: f64 = 1.0;

/// The part of a floor that a robot's centre can reach from its dock.
pub(super) struct Space {
    /// Whether the centre can be in a cell.
    centre: Grid<bool>,
    /// Cost of a step into each cell, as a multiple of 1/255.
    price: Grid<u32>,
    /// The reachable cell next to the dock.
    start: usize,
}

impl Space {
    /// The cells at least the robot's radius from anything permanent, unknown or forbidden, as far as they hang
    /// together with the one nearest to the dock.
    pub(super) fn new(request: &PlanRequest<'_>) -> Option<Self> {
        let blocked = blocked_cells(request);
        // What lies outside the grid is unknown, which is as good as a wall.
        let padded = padded(&blocked)?;
        let clear = clear_of(&padded, request.body.radius);
        let metres = |cell: CellIndex| metres_to(cell, request.dock);
        let (start, _) = clear
            .iter()
            .filter(|(cell, clear)| *clear && metres(*cell) <= MAX_DOCK_METRES)
            .min_by(|a, b| metres(a.0).total_cmp(&metres(b.0)))?;
        let price = clear.map(|_| 255);
        let mut space = Self {
            start: clear.slot(start)?,
            centre: clear,
            price,
        };
        space.keep_reachable();
        for (cell, classed) in request
            .classes
            .cells()
            .iter()
            .filter(|(_, classed)| classed.class == CellClass::Movable)
        {
            space
                .price
                .set(cell, 255 + PRESENCE_COST * u32::from(classed.presence));
        }
        Some(space)
    }

    /// Whether the centre can be in each cell.
    pub(super) fn centre(&self) -> &Grid<bool> {
        &self.centre
    }

    /// The reachable cell next to the dock.
    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// The reachable cell nearest to a position in metres.
    pub(super) fn nearest(&self, position: (f64, f64)) -> usize {
        let reachable = self.centre.iter().filter(|(_, inside)| *inside);
        let nearest = reachable.min_by(|a, b| metres_to(a.0, position).total_cmp(&metres_to(b.0, position)));
        nearest
            .and_then(|(cell, _)| self.centre.slot(cell))
            .unwrap_or(self.start)
    }

    /// The cell at a position in metres, the dock's where there is none.
    pub(super) fn slot_at(&self, (x, y): (f64, f64)) -> usize {
        let slot = self.centre.slot(CellIndex::of_metres(x, y));
        slot.unwrap_or(self.start)
    }

    pub(super) fn is_reachable(&self, slot: usize) -> bool {
        self.centre.cells().get(slot) == Some(&true)
    }

    /// The cheapest way from a cell to the nearest goal, both included (Dijkstra 1959).
    pub(super) fn way(&self, from: usize, is_goal: impl Fn(usize) -> bool) -> Option<Vec<usize>> {
        // Steps are kept one higher, so that the zeros of a fresh page need not be written.
        let mut before = vec![0usize; self.centre.cells().len()];
        let goal = self.spread(
            from,
            |slot, _| is_goal(slot),
            |slot, previous| {
                before
                    .get_mut(slot)
                    .into_iter()
                    .for_each(|place| *place = previous + 1)
            },
        )?;
        let mut way = vec![goal];
        let mut here = goal;
        while here != from {
            here = before.get(here)?.checked_sub(1)?;
            way.push(here);
        }
        way.reverse();
        Some(way)
    }

    /// Metres of the shortest way from a cell to each of `places`, infinite where there is none.
    pub(super) fn distances(&self, from: usize, places: &[usize]) -> Vec<f64> {
        let mut found = vec![f64::INFINITY; places.len()];
        let mut missing = places.len();
        self.spread(
            from,
            |slot, cost| {
                for (place, distance) in places.iter().zip(&mut found).filter(|(place, _)| **place == slot) {
                    debug_assert_eq!(*place, slot);
                    *distance = cost as f64 / f64::from(255 * STRAIGHT) * CELL_METRES;
                    missing -= 1;
                }
                missing == 0
            },
            |_, _| {},
        );
        found
    }

    /// Visits cells in order of their cost until `is_done`, telling `arrive` from where each is best come to.
    fn spread(
        &self,
        from: usize,
        mut is_done: impl FnMut(usize, u64) -> bool,
        mut arrive: impl FnMut(usize, usize),
    ) -> Option<usize> {
        // Costs are kept one higher: 0 is a cell that was not come to yet.
        let mut costs = vec![0u64; self.centre.cells().len()];
        let mut open = BinaryHeap::from([(Reverse(1), from)]);
        *costs.get_mut(from)? = 1;
        while let Some((Reverse(cost), slot)) = open.pop() {
            if costs.get(slot).is_none_or(|best| cost > *best) {
                continue;
            }
            if is_done(slot, cost - 1) {
                return Some(slot);
            }
            for near in self
                .centre
                .neighbours::<8>(slot)
                .filter(|near| self.is_reachable(*near))
            {
                let total = cost + self.step(slot, near);
                if let Some(best) = costs.get_mut(near).filter(|best| **best == 0 || total < **best) {
                    *best = total;
                    arrive(near, slot);
                    open.push((Reverse(total), near));
                }
            }
        }
        None
    }

    fn step(&self, from: usize, to: usize) -> u64 {
        let apart = from.abs_diff(to);
        let is_straight = apart == 1 || apart == self.centre.width();
        let price = self.price.cells().get(to).copied().unwrap_or(255);
        u64::from(if is_straight { STRAIGHT } else { DIAGONAL }) * u64::from(price)
    }

    fn keep_reachable(&mut self) {
        let mut reached = self.centre.map(|_| false);
        self.spread(
            self.start,
            |_, _| false,
            |slot, _| {
                if let Some(cell) = reached.cells_mut().get_mut(slot) {
                    *cell = true;
                }
            },
        );
        if let Some(cell) = reached.cells_mut().get_mut(self.start) {
            *cell = true;
        }
        self.centre = reached;
    }
}

fn metres_to(cell: CellIndex, (x, y): (f64, f64)) -> f64 {
    let centre = cell.centre_metres();
    (centre.0 - x).hypot(centre.1 - y)
}

/// Where a disc of `radius` metres around a cell's centre touches no blocked cell.
pub fn clear_of(blocked: &Grid<bool>, radius: f64) -> Grid<bool> {
    let reach = radius / CELL_METRES;
    let cells = reach.ceil() as i32 + 1;
    let gap = |steps: i32| (f64::from(steps.abs()) - 0.5).max(0.0);
    let square = (-cells..=cells).flat_map(|dy| (-cells..=cells).map(move |dx| (dx, dy)));
    let touched: Vec<(i32, i32)> = square
        .filter(|(dx, dy)| gap(*dx).hypot(gap(*dy)) < reach - 1e-9)
        .collect();
    let mut clear = blocked.map(|is_blocked| !is_blocked);
    for (slot, _) in blocked
        .cells()
        .iter()
        .enumerate()
        .filter(|(_, is_blocked)| **is_blocked)
    {
        let is_surface = blocked
            .neighbours::<8>(slot)
            .any(|near| blocked.cells().get(near) == Some(&false));
        if is_surface {
            let cell = blocked.cell(slot);
            touched
                .iter()
                .for_each(|(dx, dy)| clear.set(cell.offset(*dx, *dy), false));
        }
    }
    clear
}

/// The grid with a rim of blocked cells around it.
fn padded(blocked: &Grid<bool>) -> Option<Grid<bool>> {
    let (width, height) = (blocked.width() + 2, blocked.height() + 2);
    let mut padded = Grid::filled(blocked.origin().offset(-1, -1), width, height, true).ok()?;
    blocked
        .iter()
        .for_each(|(cell, is_blocked)| padded.set(cell, is_blocked));
    Some(padded)
}

fn blocked_cells(request: &PlanRequest<'_>) -> Grid<bool> {
    let mut blocked = request.classes.cells().map(|cell| !cell.class.is_traversable());
    let no_go = request
        .no_go
        .iter()
        .flat_map(|zone| cells_within(request.classes.cells(), zone));
    let lines = request.walls.iter().flat_map(|wall| wall.lines());
    let walls = lines.flat_map(|line| cells_on_ray(line.start.x_y(), line.end.x_y()));
    no_go.chain(walls).for_each(|cell| blocked.set(cell, true));
    blocked
}
