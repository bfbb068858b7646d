//! The rooms of a floor after a vote.

use std::collections::{BTreeMap, BTreeSet};

use mapping::ClassGrid;
use mapping::Grid;
use mapping::rooms::{carry_over, find_rooms};
use mapping::view::NO_ROOM;

use super::Voted;
use crate::FieldError;
use crate::id::{FloorId, RoomId};
use crate::room::RoomList;
use crate::usecase::derived_entropy;

/// Share of a room's earlier cells that must still be its own; below it the room is another one to whoever chose it.
const KEPT_SHARE: f64 = 0.5;

/// The rooms found on the classes, under the numbers and ids of the `earlier` ones that they were.
pub(super) fn found(
    classes: &ClassGrid,
    earlier: &Grid<u8>,
    list: &RoomList,
    voted: &Voted,
) -> Result<(Grid<u8>, RoomList), FieldError> {
    let labels = carry_over(&find_rooms(classes), earlier, &list.edited()).labels;
    let numbers: BTreeSet<u8> = labels
        .cells()
        .iter()
        .copied()
        .filter(|number| *number != NO_ROOM)
        .collect();
    let new_id = |number: u8| room_id(voted, number);
    let list = list.carried(&numbers, are_reshaped(&labels, earlier), new_id)?;
    Ok((labels, list))
}

/// Made from the vote, so that a repeated derivation gives the same room the same id.
fn room_id(voted: &Voted, number: u8) -> RoomId {
    let floor: FloorId = voted.vote.floor;
    RoomId::new(
        voted.ended,
        derived_entropy("room", floor, voted.vote.n, u32::from(number)),
    )
}

/// Whether some room has lost most of the cells that it had.
fn are_reshaped(labels: &Grid<u8>, earlier: &Grid<u8>) -> bool {
    let mut cells: BTreeMap<u8, (usize, usize)> = BTreeMap::new();
    for (cell, number) in earlier.iter().filter(|(_, number)| *number != NO_ROOM) {
        let (had, kept) = cells.entry(number).or_default();
        *had += 1;
        *kept += usize::from(labels.get(cell) == Some(number));
    }
    cells
        .values()
        .any(|(had, kept)| (*kept as f64) < KEPT_SHARE * *had as f64)
}
