//! What a path covers.

use crate::grid::Grid;
use crate::ray::cells_on_ray;
use crate::tile::CELL_METRES;

/// The tool's disc and the cells that it has covered.
#[derive(Clone)]
pub(super) struct Brush {
    /// Steps from the disc's middle to its cells.
    disc: Vec<(i32, i32)>,
    /// Cells that are still to be covered.
    left: Grid<bool>,
}

impl Brush {
    /// A tool of the given width in metres over everything that it can cover from `centres`.
    pub(super) fn new(centres: &Grid<bool>, width: f64) -> Self {
        // A whole number of cells must not fall short of itself by rounding.
        let reach = width / 2.0 / CELL_METRES + 1e-9;
        let cells = reach.floor() as i32;
        let square = (-cells..=cells).flat_map(|dy| (-cells..=cells).map(move |dx| (dx, dy)));
        let disc = square
            .filter(|(dx, dy)| f64::from(dx * dx + dy * dy) <= reach * reach)
            .collect();
        let mut brush = Self {
            disc,
            left: centres.map(|_| false),
        };
        for (cell, _) in centres.iter().filter(|(_, is_centre)| *is_centre) {
            brush
                .disc
                .iter()
                .for_each(|(dx, dy)| brush.left.set(cell.offset(*dx, *dy), true));
        }
        brush
    }

    /// Whether a cell is still to be covered.
    pub(super) fn is_left(&self, slot: usize) -> bool {
        self.left.cells().get(slot) == Some(&true)
    }

    /// How many cells of a room are still to be covered.
    pub(super) fn left_in(&self, room: &Grid<bool>) -> usize {
        let cells = room.cells().iter().zip(self.left.cells());
        cells.filter(|(inside, left)| **inside && **left).count()
    }

    /// How many cells would be covered from a cell.
    pub(super) fn gain(&self, slot: usize) -> usize {
        let cell = self.left.cell(slot);
        self.disc
            .iter()
            .filter(|(dx, dy)| self.left.get(cell.offset(*dx, *dy)) == Some(true))
            .count()
    }

    /// Share of what the tool would touch along a stroke that is still to be covered, 0 to 1.
    pub(super) fn share_left(&self, stroke: &[usize]) -> f64 {
        let touched = self.disc.len() * stroke.len().div_ceil(2);
        let left: usize = stroke.iter().step_by(2).map(|slot| self.gain(*slot)).sum();
        left as f64 / touched.max(1) as f64
    }

    /// Covers what lies around some cells.
    pub(super) fn cover_cells(&mut self, slots: &[usize]) {
        for slot in slots {
            let cell = self.left.cell(*slot);
            self.disc
                .iter()
                .for_each(|(dx, dy)| self.left.set(cell.offset(*dx, *dy), false));
        }
    }

    /// Covers what lies along a path of points in metres.
    pub(super) fn cover(&mut self, path: &[(f64, f64)]) {
        let ends = path.iter().zip(path.iter().skip(1));
        let cells = ends.flat_map(|(from, to)| cells_on_ray(*from, *to));
        for cell in cells {
            self.disc
                .iter()
                .for_each(|(dx, dy)| self.left.set(cell.offset(*dx, *dy), false));
        }
    }
}
