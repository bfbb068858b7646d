//! Tells what is always there from what is only sometimes there.

use crate::class_grid::{CellClass, ClassGrid, ClassedCell};
use crate::grid::Grid;
use crate::home_tile::HomeCell;

/// Classifies every cell of a floor from its evidence and that of its neighbours.
pub fn classify(evidence: &Grid<HomeCell>) -> ClassGrid {
    evidence.map(classify_cell).into()
}

/// The class of one cell by its own evidence alone.
pub fn classify_cell(cell: HomeCell) -> ClassedCell {
    if cell.votes() == 0 {
        return ClassedCell::default();
    }
    let share = cell.occupied_share();
    let class = if share >= 0.7 && cell.free_streak() < 3 {
        CellClass::Permanent
    } else if share >= 0.04 && cell.free_streak() < 6 {
        CellClass::Movable
    } else {
        CellClass::Free
    };
    ClassedCell {
        class,
        presence: share_to_byte(share),
        confidence: confidence(cell),
    }
}

/// How sure a cell's class is: grows with the votes, 255 for certain.
pub fn confidence(cell: HomeCell) -> u8 {
    share_to_byte(1.0 - 1.0 / (1.0 + f64::from(cell.votes())))
}

pub(crate) fn share_to_byte(share: f64) -> u8 {
    (share.clamp(0.0, 1.0) * 255.0).round() as u8
}
