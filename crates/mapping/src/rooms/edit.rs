//! What an owner makes of the rooms that were found: two merged into one, one split in two.

use std::collections::BTreeSet;

use geo::Line;

use crate::components::Components;
use crate::coverage::MAX_AREA_METRES;
use crate::grid::Grid;
use crate::ray::cells_on_ray;
use crate::tile::{CELL_METRES, CellIndex};

/// Widest wall between two rooms that can be merged, in metres.
pub const MAX_MERGE_GAP_METRES: f64 = 0.3;
/// Smallest part that a room is split into, in square metres.
pub const MIN_PART_M2: f64 = 0.25;

/// Why rooms cannot be changed so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoomEditError {
    /// There is no such room.
    #[error("there is no room {0}")]
    UnknownRoom(u8),
    /// A room cannot be merged with itself.
    #[error("room {0} cannot be merged with itself")]
    SameRoom(u8),
    /// The rooms do not lie side by side.
    #[error("rooms {0} and {1} are farther apart than {MAX_MERGE_GAP_METRES} m")]
    NotAdjacent(u8, u8),
    /// The line leaves the room in one piece, or cuts off next to nothing.
    #[error("the line does not divide room {0} into parts of at least {MIN_PART_M2} m²")]
    DoesNotDivide(u8),
    /// No number is left for another room.
    #[error("the floor has {} rooms, the most that there may be", u8::MAX)]
    TooManyRooms,
}

/// The rooms after `other` became part of `room`, which keeps its number; `room` is to be among the edited rooms of
/// [`super::carry_over`] from then on, and `other` no longer.
///
/// # Errors
/// [`RoomEditError`] if a room is unknown, or they are not two rooms side by side.
pub fn merge_rooms(labels: &Grid<u8>, room: u8, other: u8) -> Result<Grid<u8>, RoomEditError> {
    check_known(labels, room)?;
    check_known(labels, other)?;
    if room == other {
        return Err(RoomEditError::SameRoom(room));
    }
    if !are_adjacent(labels, room, other) {
        return Err(RoomEditError::NotAdjacent(room, other));
    }
    Ok(labels.map(|label| if label == other { room } else { label }))
}

/// The rooms after a line through its two points, in metres, has divided `room`, and the number of the smaller part;
/// the larger keeps its number. Both are to be among the edited rooms of [`super::carry_over`] from then on.
///
/// The line is drawn on at both ends until it leaves the room. The new number is one above the highest, or the lowest
/// free one where there is none above.
///
/// # Errors
/// [`RoomEditError`] if the room is unknown, the line does not divide it, or there is no number left.
pub fn split_room(labels: &Grid<u8>, room: u8, line: Line<f64>) -> Result<(Grid<u8>, u8), RoomEditError> {
    check_known(labels, room)?;
    let new = free_number(labels).ok_or(RoomEditError::TooManyRooms)?;
    let mut split = labels.clone();
    let cut = Cut::new(labels, room, line);
    for slot in cut.smaller_side().ok_or(RoomEditError::DoesNotDivide(room))? {
        if let Some(label) = split.cells_mut().get_mut(slot) {
            *label = new;
        }
    }
    Ok((split, new))
}

fn check_known(labels: &Grid<u8>, room: u8) -> Result<(), RoomEditError> {
    if room > 0 && labels.cells().contains(&room) {
        return Ok(());
    }
    Err(RoomEditError::UnknownRoom(room))
}

fn free_number(labels: &Grid<u8>) -> Option<u8> {
    let taken: BTreeSet<u8> = labels.cells().iter().copied().collect();
    let above = taken.last().map_or(Some(1), |highest| highest.checked_add(1));
    above.or_else(|| (1..=u8::MAX).find(|number| !taken.contains(number)))
}

/// Whether some cell of one room lies straight across a wall from a cell of the other.
fn are_adjacent(labels: &Grid<u8>, room: u8, other: u8) -> bool {
    let reach = (MAX_MERGE_GAP_METRES / CELL_METRES).round() as i32 + 1;
    let sides = [(1, 0), (-1, 0), (0, 1), (0, -1)];
    let cells = labels.iter().filter(|(_, label)| *label == room);
    let mut near = cells.flat_map(|(cell, _)| {
        sides
            .iter()
            .flat_map(move |(dx, dy)| (1..=reach).map(move |step| cell.offset(dx * step, dy * step)))
    });
    near.any(|cell| labels.get(cell) == Some(other))
}

/// The parts that a line leaves of a room, on its left and on its right, and which of them cells belong to.
struct Cut {
    parts: Components,
    /// For each part, how many of its cells at the line are on the left, and how many on the right.
    sides: Vec<(usize, usize)>,
}

impl Cut {
    fn new(labels: &Grid<u8>, room: u8, line: Line<f64>) -> Self {
        let mut left_over = labels.map(|label| label == room);
        let cut = cells_of_cut(labels, room, line);
        cut.iter().for_each(|cell| left_over.set(*cell, false));
        // The cells of a ray touch along their sides, so that no corner leads across it.
        let parts = Components::of::<8>(&left_over);
        let mut sides = vec![(0, 0); parts.sizes.len()];
        for near in cut
            .iter()
            .filter_map(|cell| labels.slot(*cell))
            .flat_map(|slot| labels.neighbours::<8>(slot))
        {
            let part = parts
                .labels
                .cells()
                .get(near)
                .and_then(|label| (*label as usize).checked_sub(1));
            if let Some(side) = part.and_then(|part| sides.get_mut(part)) {
                if is_left(line, labels.cell(near)) {
                    side.0 += 1;
                } else {
                    side.1 += 1;
                }
            }
        }
        Self { parts, sides }
    }

    /// The slots of the smaller side, if the line leaves two sides of at least [`MIN_PART_M2`] that do not hang together.
    fn smaller_side(&self) -> Option<Vec<usize>> {
        if self.sides.iter().any(|(left, right)| *left > 0 && *right > 0) {
            return None;
        }
        let left = self.slots(|(left, _)| left > 0);
        let right = self.slots(|(_, right)| right > 0);
        let smaller = if left.len() <= right.len() { left } else { right };
        let least = (MIN_PART_M2 / (CELL_METRES * CELL_METRES)) as usize;
        (smaller.len() >= least).then_some(smaller)
    }

    fn slots(&self, is_on_side: impl Fn((usize, usize)) -> bool) -> Vec<usize> {
        let is_wanted = |label: u32| {
            let side = (label as usize)
                .checked_sub(1)
                .and_then(|part| self.sides.get(part));
            side.is_some_and(|side| is_on_side(*side))
        };
        let labelled = self.parts.labels.cells().iter().enumerate();
        labelled
            .filter(|(_, label)| is_wanted(**label))
            .map(|(slot, _)| slot)
            .collect()
    }
}

/// The cells under a line that is drawn on at both ends until it leaves the room; none for one that is no line.
fn cells_of_cut(labels: &Grid<u8>, room: u8, line: Line<f64>) -> Vec<CellIndex> {
    let length = line.dx().hypot(line.dy());
    let ends = [line.start.x, line.start.y, line.end.x, line.end.y];
    let is_line = length > 0.0 && ends.iter().all(|value| value.abs() <= MAX_AREA_METRES);
    if !is_line {
        return Vec::new();
    }
    let (dx, dy) = (line.dx() / length * CELL_METRES, line.dy() / length * CELL_METRES);
    let drawn_on = |mut point: (f64, f64), (dx, dy): (f64, f64)| {
        while labels.get(CellIndex::of_metres(point.0, point.1)) == Some(room) {
            point = (point.0 + dx, point.1 + dy);
        }
        point
    };
    let (start, end) = (
        drawn_on(line.start.x_y(), (-dx, -dy)),
        drawn_on(line.end.x_y(), (dx, dy)),
    );
    cells_on_ray(start, end).collect()
}

fn is_left(line: Line<f64>, cell: CellIndex) -> bool {
    let (x, y) = cell.centre_metres();
    line.dx() * (y - line.start.y) - line.dy() * (x - line.start.x) > 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::coord;
    use proptest::prelude::*;

    /// A room of 3 m × 2 m, one of 2 m × 2 m behind a wall of 10 cm, and one far away.
    fn rooms() -> Grid<u8> {
        let mut labels = Grid::filled(CellIndex::new(0, 0), 200, 40, 0u8).unwrap();
        for (x, y) in (0..200).flat_map(|x| (0..40).map(move |y| (x, y))) {
            let label = match x {
                0..60 => 1,
                62..102 => 2,
                150..200 => 5,
                _ => 0,
            };
            labels.set(CellIndex::new(x, y), label);
        }
        labels
    }

    fn line(from: (f64, f64), to: (f64, f64)) -> Line<f64> {
        Line::new(coord! {x: from.0, y: from.1}, coord! {x: to.0, y: to.1})
    }

    fn count(labels: &Grid<u8>, room: u8) -> usize {
        labels.cells().iter().filter(|label| **label == room).count()
    }

    #[test]
    fn rooms_side_by_side_become_one() {
        let merged = merge_rooms(&rooms(), 2, 1).unwrap();
        assert_eq!((count(&merged, 1), count(&merged, 2)), (0, 100 * 40));
    }

    #[test]
    fn rooms_that_cannot_be_merged_are_named() {
        assert_eq!(merge_rooms(&rooms(), 1, 3), Err(RoomEditError::UnknownRoom(3)));
        assert_eq!(merge_rooms(&rooms(), 0, 1), Err(RoomEditError::UnknownRoom(0)));
        assert_eq!(merge_rooms(&rooms(), 1, 1), Err(RoomEditError::SameRoom(1)));
        assert_eq!(merge_rooms(&rooms(), 2, 5), Err(RoomEditError::NotAdjacent(2, 5)));
    }

    #[test]
    fn a_line_divides_a_room_and_the_smaller_part_gets_a_new_number() {
        // The line ends short of the walls.
        let (split, new) = split_room(&rooms(), 1, line((1.01, 0.5), (1.01, 1.5))).unwrap();
        assert_eq!(new, 6);
        assert_eq!((count(&split, 6), count(&split, 1)), (20 * 40, 40 * 40));
        assert_eq!((count(&split, 2), count(&split, 5)), (1600, 2000));
    }

    #[test]
    fn a_line_that_does_not_divide_is_refused() {
        let refused = |line| split_room(&rooms(), 1, line).unwrap_err();
        let does_not = RoomEditError::DoesNotDivide(1);
        assert_eq!(refused(line((3.5, 0.0), (3.5, 2.0))), does_not);
        assert_eq!(refused(line((0.1, 0.0), (0.1, 2.0))), does_not);
        assert_eq!(refused(line((1.0, 1.0), (1.0, 1.0))), does_not);
        assert_eq!(refused(line((f64::NAN, 1.0), (1.0, 1.0))), does_not);
        assert_eq!(refused(line((1e12, 1.0), (1.0, 1.0))), does_not);
        let mut ring = rooms();
        (20..40).for_each(|x| (10..30).for_each(|y| ring.set(CellIndex::new(x, y), 0)));
        assert_eq!(split_room(&ring, 1, line((1.5, 0.1), (1.5, 0.3))), Err(does_not));
        assert_eq!(
            split_room(&rooms(), 9, line((1.0, 0.0), (1.0, 2.0))),
            Err(RoomEditError::UnknownRoom(9))
        );
    }

    #[test]
    fn numbers_run_out_at_the_last() {
        let mut labels = rooms();
        labels.set(CellIndex::new(199, 39), 255);
        let cut = line((1.0, 0.0), (1.0, 2.0));
        assert_eq!(split_room(&labels, 1, cut).unwrap().1, 3);
        (1..=255u8).for_each(|room| {
            labels.set(
                CellIndex::new(i32::from(room) % 50 + 150, i32::from(room) / 50),
                room,
            )
        });
        assert_eq!(split_room(&labels, 1, cut), Err(RoomEditError::TooManyRooms));
    }

    proptest! {
        #[test]
        fn a_split_takes_from_its_room_only_and_a_merge_undoes_it(x in 0.3..2.7f64, slope in -0.25..0.25f64) {
            let (split, new) = split_room(&rooms(), 1, line((x - slope, -0.2), (x + slope, 2.2))).unwrap();
            for ((_, before), after) in rooms().iter().zip(split.cells()) {
                prop_assert!(before == *after || (before == 1 && *after == new));
            }
            prop_assert_eq!(merge_rooms(&split, 1, new).unwrap(), rooms());
        }
    }
}
