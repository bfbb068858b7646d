//! How well what was found agrees with the truth.

mod cells;
mod objects;
mod path;
mod rooms;

pub(crate) use cells::{CellScore, scored_cells};
pub(crate) use objects::{CellSet, ObjectScore, match_objects};
pub(crate) use path::{FineFloor, PathScore};
pub(crate) use rooms::RoomScore;

/// Harmonic mean of precision and recall, 0 if both are.
pub(crate) fn f1(precision: f64, recall: f64) -> f64 {
    ratio(2.0 * precision * recall, precision + recall)
}

/// `part / whole`, 0 of nothing.
pub(crate) fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}
