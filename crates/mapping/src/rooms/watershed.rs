//! Basins of the distance to walls, divided at doors.

use std::cell::Cell;
use std::collections::BTreeSet;

use crate::distance::distance_to;
use crate::grid::Grid;
use crate::tile::CELL_METRES;

/// Widest opening that still divides two rooms, in metres.
pub const MAX_DOOR_METRES: f64 = 1.8;
/// Smallest room that is divided from others by a door, in square metres.
pub const MIN_ROOM_M2: f64 = 1.0;
/// Smallest room that stands alone, in square metres.
pub const MIN_CLOSET_M2: f64 = 0.25;
/// An opening divides two rooms only if it is narrower than this part of the narrower room.
const NARROWING: f32 = 0.8;

const MAX_DOOR_HALF: f32 = (MAX_DOOR_METRES / 2.0 / CELL_METRES) as f32;
const MIN_ROOM_CELLS: usize = (MIN_ROOM_M2 / (CELL_METRES * CELL_METRES)) as usize;
const MIN_CLOSET_CELLS: usize = (MIN_CLOSET_M2 / (CELL_METRES * CELL_METRES)) as usize;

/// A part of the floor around a local maximum of the distance to walls.
#[derive(Clone, Copy)]
struct Basin {
    /// Largest distance, in cells.
    peak: f32,
    /// Cells so far.
    area: usize,
}

/// Each floor cell's room, from 1 on and the largest first, and 0 elsewhere (watershed: Vincent and Soille 1991).
///
/// Cells are taken from the middle of the floor outwards, each into the basin that it rises to most steeply. Where two
/// basins meet they become one, unless they meet in a door; what stays smaller than [`MIN_CLOSET_M2`] is no room.
pub(super) fn basins(floor: &Grid<bool>) -> Grid<u32> {
    let distance = distance_to(&floor.map(|is_floor| !is_floor));
    let height = |slot: usize| distance.cells().get(slot).copied().unwrap_or(0.0);
    let inside = floor
        .cells()
        .iter()
        .enumerate()
        .filter(|(_, is_floor)| **is_floor);
    let mut order: Vec<usize> = inside.map(|(slot, _)| slot).collect();
    order.sort_by(|a, b| height(*b).total_cmp(&height(*a)).then(a.cmp(b)));
    let mut flood = Flood {
        basins: Vec::new(),
        parents: Vec::new(),
        of_cell: floor.map(|_| None),
    };
    for slot in order {
        let steepest = floor
            .neighbours::<8>(slot)
            .filter(|near| flood.basin_at(*near).is_some());
        let steepest = steepest.max_by(|a, b| height(*a).total_cmp(&height(*b)).then(b.cmp(a)));
        flood.enter(slot, height(slot), steepest);
    }
    flood.numbered()
}

struct Flood {
    basins: Vec<Basin>,
    /// The basin that each has been joined with, itself if none; shortened while it is followed.
    parents: Vec<Cell<usize>>,
    of_cell: Grid<Option<usize>>,
}

impl Flood {
    /// Adds a cell to the basin of its steepest neighbour, or begins one, and joins the basins that meet in it.
    fn enter(&mut self, slot: usize, height: f32, steepest: Option<usize>) {
        let basin = steepest
            .and_then(|near| self.basin_at(near))
            .unwrap_or_else(|| self.begin(height));
        let around: BTreeSet<usize> = self
            .of_cell
            .neighbours::<8>(slot)
            .filter_map(|near| self.basin_at(near))
            .collect();
        let others = around.into_iter().filter(|other| *other != basin);
        let basin = others.fold(basin, |basin, other| self.meet(basin, other, height));
        if let Some(cell) = self.of_cell.cells_mut().get_mut(slot) {
            *cell = Some(basin);
        }
        if let Some(basin) = self.basins.get_mut(basin) {
            basin.area += 1;
        }
    }

    fn begin(&mut self, peak: f32) -> usize {
        let basin = self.basins.len();
        self.basins.push(Basin { peak, area: 0 });
        self.parents.push(Cell::new(basin));
        basin
    }

    /// Joins two basins that meet at `height`, unless in a door; the basin that the first is part of afterwards.
    fn meet(&mut self, first: usize, second: usize, height: f32) -> usize {
        let (Some(a), Some(b)) = (self.basins.get(first).copied(), self.basins.get(second).copied()) else {
            return first;
        };
        let is_door = height <= MAX_DOOR_HALF && height < NARROWING * a.peak.min(b.peak);
        if is_door && a.area.min(b.area) >= MIN_ROOM_CELLS {
            return first;
        }
        let (into, from) = if a.peak >= b.peak {
            (first, second)
        } else {
            (second, first)
        };
        if let (Some(basin), Some(parent)) = (self.basins.get_mut(into), self.parents.get(from)) {
            *basin = Basin {
                peak: a.peak.max(b.peak),
                area: a.area + b.area,
            };
            parent.set(into);
        }
        into
    }

    fn basin_at(&self, slot: usize) -> Option<usize> {
        self.of_cell
            .cells()
            .get(slot)
            .copied()
            .flatten()
            .map(|basin| self.root(basin))
    }

    fn root(&self, mut basin: usize) -> usize {
        while let Some(parent) = self.parents.get(basin).filter(|parent| parent.get() != basin) {
            let above = self.parents.get(parent.get()).map_or(basin, Cell::get);
            parent.set(above);
            basin = above;
        }
        basin
    }

    /// The rooms numbered from the largest down.
    fn numbered(&self) -> Grid<u32> {
        let roots = self
            .basins
            .iter()
            .enumerate()
            .filter(|(slot, _)| self.root(*slot) == *slot);
        let mut rooms: Vec<_> = roots
            .filter(|(_, basin)| basin.area >= MIN_CLOSET_CELLS)
            .collect();
        rooms.sort_by_key(|(_, basin)| std::cmp::Reverse(basin.area));
        let mut numbers = vec![0u32; self.basins.len()];
        for (number, (slot, _)) in (1..).zip(rooms) {
            numbers
                .get_mut(slot)
                .into_iter()
                .for_each(|place| *place = number);
        }
        let number = |basin: usize| numbers.get(self.root(basin)).copied().unwrap_or(0);
        self.of_cell.map(|basin| basin.map_or(0, number))
    }
}
