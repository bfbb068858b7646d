//! What phones and robots read of a floor in one piece: the view of its cells, its rooms, and how fast it is cleaned.

use mapping::class_grid::{ClassGrid, ClassedCell};
use mapping::grid::Grid;
use mapping::view::{FloorView, ViewCell};

use crate::command::Corner;
use crate::pace::Pace;
use crate::room::RoomList;

/// A view has no confidence of its own: what it shows is what is believed.
const CERTAIN: u8 = 255;

/// What is derived from the votes of a floor, together with what its owner made of it.
///
/// View and rooms are one document, since each room is a number in the cells.
#[derive(Debug, Clone, PartialEq)]
pub struct FloorMap {
    /// The vote that it was derived from.
    pub n: u32,
    /// Grows with every change, whether by a vote or by an owner.
    pub revision: u64,
    /// SHA-256 of the permanent layer that the rooms were found on.
    pub layer: [u8; 32],
    /// Where runs begin, in the home frame.
    pub dock: Corner,
    /// How long cleaning takes here against what is planned.
    pub pace: Pace,
    /// The cells.
    pub view: FloorView,
    /// The rooms that the cells' numbers stand for.
    pub rooms: RoomList,
}

impl FloorMap {
    /// The class of every cell.
    pub fn classes(&self) -> ClassGrid {
        let classed = |cell: ViewCell| ClassedCell {
            class: cell.class,
            presence: cell.presence,
            confidence: CERTAIN,
        };
        self.view.cells().map(classed).into()
    }

    /// The number of every cell's room, 0 for none.
    pub fn labels(&self) -> Grid<u8> {
        self.view.cells().map(|cell| cell.room)
    }
}
