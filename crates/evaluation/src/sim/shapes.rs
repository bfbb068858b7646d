//! Sets of cells, and how a robot's body narrows the floor.

use mapping::components::Components;
use mapping::{CellIndex, Grid};

/// A set of cells.
pub(crate) type Mask = Grid<bool>;

/// Half widths of a disc of 3 cells' radius, row by row: the body of a robot of 17 cm.
const BODY: [(i32, i32); 7] = [(-3, 0), (-2, 2), (-1, 3), (0, 3), (1, 3), (2, 2), (3, 0)];

/// The cells that lie under a robot's body at `centre`.
pub(crate) fn body(centre: CellIndex) -> impl Iterator<Item = CellIndex> {
    let rows = BODY.into_iter();
    rows.flat_map(move |(dy, half)| (-half..=half).map(move |dx| centre.offset(dx, dy)))
}

/// Where a robot's centre fits between what is occupied.
pub(crate) fn eroded(occupied: &Mask) -> Mask {
    let mut room = occupied.map(|is_occupied| !is_occupied);
    for (cell, is_occupied) in occupied.iter() {
        if is_occupied && touches_other(occupied, cell) {
            body(cell).for_each(|under| room.set(under, false));
        }
    }
    room
}

/// Whether some neighbour is free: only the surface of what is occupied narrows the floor.
fn touches_other(occupied: &Mask, cell: CellIndex) -> bool {
    (-1..=1)
        .flat_map(|dy| (-1..=1).map(move |dx| cell.offset(dx, dy)))
        .any(|near| occupied.get(near) == Some(false))
}

/// The largest connected part of a set, if it has any cell.
pub(crate) fn widest_part(set: &Mask) -> Option<Mask> {
    let parts = Components::of::<8>(set);
    let widest = parts.largest()?;
    Some(parts.labels.map(|label| label == widest))
}

/// The cells of a set and their eight neighbours.
pub(crate) fn near(set: &Mask) -> Mask {
    let mut grown = set.clone();
    for (cell, _) in set.iter().filter(|(_, inside)| *inside) {
        let around = (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dx, dy)));
        around.for_each(|(dx, dy)| grown.set(cell.offset(dx, dy), true));
    }
    grown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_robot_keeps_its_radius_from_what_is_occupied() {
        let mut occupied = Grid::filled(CellIndex::new(0, 0), 9, 9, false).unwrap();
        occupied.set(CellIndex::new(4, 4), true);
        let room = eroded(&occupied);
        let taken = room.cells().iter().filter(|is_room| !**is_room).count();
        assert_eq!(taken, 1 + 5 + 7 + 7 + 7 + 5 + 1);
        assert_eq!(room.get(CellIndex::new(4, 7)), Some(false));
        assert_eq!(room.get(CellIndex::new(5, 7)), Some(true));
    }

    #[test]
    fn neighbours_are_all_eight() {
        let mut set = Grid::filled(CellIndex::new(0, 0), 5, 5, false).unwrap();
        set.set(CellIndex::new(2, 2), true);
        set.set(CellIndex::new(0, 0), true);
        assert_eq!(
            near(&set).cells().iter().filter(|inside| **inside).count(),
            9 + 4 - 1
        );
    }
}
