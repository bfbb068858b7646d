//! Which rooms are visited, and in which order.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::grid::Grid;
use crate::tile::CellIndex;

use super::area::cells_within;
use super::order::visiting_order;
use super::request::PlanRequest;
use super::space::Space;

/// Where the robot's centre can be in each room asked for, as far as zones reach; cells of no room belong to the nearest.
pub(super) fn reachable_rooms(space: &Space, request: &PlanRequest<'_>) -> BTreeMap<u8, Grid<bool>> {
    let wanted = |room: &u8| *room > 0 && request.only.is_none_or(|only| only.contains(room));
    let mut labels = nearest_rooms(space, request.rooms);
    if !request.zones.is_empty() {
        let mut inside = labels.map(|_| false);
        let zones = request.zones.iter().flat_map(|zone| cells_within(&labels, zone));
        zones.for_each(|cell| inside.set(cell, true));
        for (label, inside) in labels.cells_mut().iter_mut().zip(inside.cells()) {
            *label *= u8::from(*inside);
        }
    }
    let rooms: BTreeSet<u8> = labels.cells().iter().copied().filter(wanted).collect();
    rooms
        .into_iter()
        .map(|room| (room, labels.map(|label| label == room)))
        .collect()
}

/// The room of each cell that the robot's centre can be in, by the shortest way from a cell of a room.
fn nearest_rooms(space: &Space, rooms: &Grid<u8>) -> Grid<u8> {
    let centre = space.centre();
    let mut labels = centre.map(|_| 0u8);
    let mut open = VecDeque::new();
    for (cell, _) in centre.iter().filter(|(_, inside)| *inside) {
        if let Some(room) = rooms.get(cell).filter(|room| *room > 0) {
            labels.set(cell, room);
            open.extend(centre.slot(cell));
        }
    }
    while let Some(slot) = open.pop_front() {
        let room = labels.cells().get(slot).copied().unwrap_or(0);
        for near in centre
            .neighbours::<4>(slot)
            .filter(|near| space.is_reachable(*near))
        {
            if let Some(label) = labels.cells_mut().get_mut(near).filter(|label| **label == 0) {
                *label = room;
                open.push_back(near);
            }
        }
    }
    labels
}

/// A room to visit.
pub(super) struct Visit<'r> {
    pub(super) room: u8,
    /// Where the robot's centre can be in it.
    pub(super) cells: &'r Grid<bool>,
    /// The middle of the room after it, or the dock.
    pub(super) next: usize,
}

/// The rooms in the order of the shortest trip between their middles, from a cell to the dock.
pub(super) fn in_order<'r>(
    space: &Space,
    rooms: &'r BTreeMap<u8, Grid<bool>>,
    from: usize,
) -> Vec<Visit<'r>> {
    let middles = rooms
        .values()
        .map(|room| middle(room).unwrap_or_else(|| space.start()));
    let places: Vec<usize> = std::iter::once(space.start()).chain(middles).collect();
    let starts = std::iter::once(&from).chain(places.iter().skip(1));
    let distances: Vec<Vec<f64>> = starts.map(|start| space.distances(*start, &places)).collect();
    let listed: Vec<(u8, &Grid<bool>)> = rooms.iter().map(|(room, cells)| (*room, cells)).collect();
    let order = visiting_order(&distances);
    let onward = order.iter().skip(1).chain([&0]);
    let visits = order.iter().zip(onward);
    visits
        .filter_map(|(place, next)| {
            let (room, cells) = listed.get(place.checked_sub(1)?).copied()?;
            let next = places.get(*next).copied()?;
            Some(Visit { room, cells, next })
        })
        .collect()
}

/// The room's cell nearest to the mean of all.
fn middle(room: &Grid<bool>) -> Option<usize> {
    let cells: Vec<CellIndex> = room
        .iter()
        .filter(|(_, inside)| *inside)
        .map(|(cell, _)| cell)
        .collect();
    let count = cells.len().max(1) as i64;
    let mean =
        |axis: fn(&CellIndex) -> i32| cells.iter().map(|cell| i64::from(axis(cell))).sum::<i64>() / count;
    let (x, y) = (mean(|cell| cell.x), mean(|cell| cell.y));
    let nearest = cells
        .iter()
        .min_by_key(|cell| (i64::from(cell.x) - x).pow(2) + (i64::from(cell.y) - y).pow(2))?;
    room.slot(*nearest)
}
