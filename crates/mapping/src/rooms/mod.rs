//! Finds the rooms of a floor on its permanent layer.
//!
//! What moves is left out by then, so that a table in the middle of a room does not divide it: furniture is removed by
//! time, which methods on a single map cannot do.

mod edit;
mod stable;
mod watershed;

use std::collections::BTreeMap;

use geo::{Area, Polygon, Simplify};

use crate::class_grid::ClassGrid;
use crate::components::Components;
use crate::grid::Grid;
use crate::outline::outlines;
use crate::run_map::CellBounds;
use crate::tile::CELL_METRES;

pub use edit::{MAX_MERGE_GAP_METRES, MIN_PART_M2, RoomEditError, merge_rooms, split_room};
pub use stable::{Carried, carry_over};
pub use watershed::{MAX_DOOR_METRES, MIN_CLOSET_M2, MIN_ROOM_M2};

/// Most rooms that one floor may have; smaller ones beyond are left out.
pub const MAX_ROOMS: u32 = 250;
/// A permanent thing shorter than this that stands free in a room belongs to the room, in metres.
pub const MAX_ISLAND_METRES: f64 = 2.0;

/// How far a room's polygon may lie from its cells, in metres.
const POLYGON_TOLERANCE: f64 = 0.06;

/// One room of a floor.
#[derive(Clone, Debug, PartialEq)]
pub struct RoomShape {
    /// Its number in the labels.
    pub number: u8,
    /// Its area in square metres.
    pub area_m2: f64,
    /// Its outline in metres: that of its largest part, to within a cell.
    pub polygon: Polygon<f64>,
}

/// The room of every cell: 0 where there is none, rooms from 1 on, the largest first.
pub fn find_rooms(classes: &ClassGrid) -> Grid<u8> {
    find_rooms_on(&classes.cells().map(|cell| cell.class.is_traversable()))
}

/// The room of every cell of a floor plan, `floor` saying where one can be.
pub fn find_rooms_on(floor: &Grid<bool>) -> Grid<u8> {
    let basins = watershed::basins(&without_islands(floor));
    basins.map(|room| u8::try_from(room).ok().filter(|_| room <= MAX_ROOMS).unwrap_or(0))
}

/// The rooms of a labelling, in order of their numbers.
pub fn room_shapes(labels: &Grid<u8>) -> Vec<RoomShape> {
    let mut areas: BTreeMap<u8, usize> = BTreeMap::new();
    labels
        .cells()
        .iter()
        .filter(|room| **room > 0)
        .for_each(|room| *areas.entry(*room).or_default() += 1);
    let shape = |(number, cells): (u8, usize)| {
        let parts = outlines(&labels.map(|room| room == number));
        let largest = parts
            .into_iter()
            .max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area()))?;
        let area_m2 = cells as f64 * CELL_METRES * CELL_METRES;
        Some(RoomShape {
            number,
            area_m2,
            polygon: largest.simplify(POLYGON_TOLERANCE),
        })
    };
    areas.into_iter().filter_map(shape).collect()
}

/// The floor with everything short that stands free on it taken away.
fn without_islands(floor: &Grid<bool>) -> Grid<bool> {
    let obstacles = Components::of::<8>(&floor.map(|is_floor| !is_floor));
    let mut extents: Vec<Option<CellBounds>> = vec![None; obstacles.sizes.len() + 1];
    for (cell, label) in obstacles.labels.iter() {
        if let Some(extent) = extents.get_mut(label as usize) {
            let cell = CellBounds::of_cell(cell);
            *extent = Some(extent.map_or(cell, |extent| extent.union(cell)));
        }
    }
    let most = (MAX_ISLAND_METRES / CELL_METRES) as usize;
    let is_island = |label: u32| {
        let extent = extents.get(label as usize).copied().flatten();
        extent.is_some_and(|extent| extent.width().max(extent.height()) <= most)
    };
    obstacles.labels.map(|label| label == 0 || is_island(label))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tile::CellIndex;

    /// Two rooms of 3 m × 3 m with an opening of `gap` cells between them and a table in the first.
    fn two_rooms(gap: i32) -> Grid<bool> {
        let mut floor = Grid::filled(CellIndex::new(-5, -5), 131, 70, false).unwrap();
        for (x, y) in (0..121).flat_map(|x| (0..60).map(move |y| (x, y))) {
            let is_wall = x == 60 && !(20..20 + gap).contains(&y);
            let is_table = (20..35).contains(&x) && (20..35).contains(&y);
            floor.set(CellIndex::new(x, y), !is_wall && !is_table);
        }
        floor
    }

    #[test]
    fn a_door_divides_rooms_and_a_table_does_not() {
        let shapes = room_shapes(&find_rooms_on(&two_rooms(16)));
        assert_eq!(shapes.len(), 2);
        assert!(
            shapes.iter().all(|room| (room.area_m2 - 9.0).abs() < 0.3),
            "{shapes:?}"
        );
        assert!(shapes.iter().all(|room| room.polygon.exterior().0.len() < 20));
    }

    #[test]
    fn a_wide_opening_does_not_divide() {
        assert_eq!(room_shapes(&find_rooms_on(&two_rooms(50))).len(), 1);
    }

    #[test]
    fn a_floor_of_nothing_has_no_rooms() {
        assert!(room_shapes(&find_rooms(&ClassGrid::empty())).is_empty());
        let crumb = Grid::filled(CellIndex::new(0, 0), 5, 5, true).unwrap();
        assert!(room_shapes(&find_rooms_on(&crumb)).is_empty());
    }
}
