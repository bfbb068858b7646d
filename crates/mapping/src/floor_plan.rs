//! Floor plans of homes: where the walls are, and nothing else.

use crate::grid::{Grid, GridError};
use crate::tile::{CELL_METRES, CellIndex};

/// Pixels for each metre of a floor plan picture.
pub const PLAN_PIXELS_PER_METRE: usize = 100;
/// Pixels along one side of a cell.
pub(crate) const PLAN_PIXELS_PER_CELL: usize = 5;
/// A cell whose mean grey is above this is free.
const FREE_ABOVE: usize = 127;

/// The free cells of a home without furniture; rows count from the bottom of the picture up, cell (0, 0) is its
/// lower left corner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FloorPlan {
    free: Grid<bool>,
}

impl FloorPlan {
    /// The plan in a picture of 1 cm pixels, white for free: a cell is free if its pixels are so on average.
    ///
    /// `picture` has its rows from the bottom up, as [`crate::formats::png_map::read_grey`] gives them.
    ///
    /// # Errors
    /// [`GridError`] if the plan is too large.
    pub fn from_picture(picture: &Grid<u8>) -> Result<Self, GridError> {
        let width = picture.width().div_ceil(PLAN_PIXELS_PER_CELL);
        let height = picture.height().div_ceil(PLAN_PIXELS_PER_CELL);
        let mut sums = Grid::filled(CellIndex::new(0, 0), width, height, (0usize, 0usize))?;
        let origin = picture.origin();
        let side = PLAN_PIXELS_PER_CELL as i32;
        for (pixel, grey) in picture.iter() {
            let cell = CellIndex::new((pixel.x - origin.x) / side, (pixel.y - origin.y) / side);
            if let Some((sum, count)) = sums.get(cell) {
                sums.set(cell, (sum + usize::from(grey), count + 1));
            }
        }
        Ok(Self {
            free: sums.map(|(sum, count)| sum > FREE_ABOVE * count),
        })
    }

    /// Which cells are free.
    pub fn free(&self) -> &Grid<bool> {
        &self.free
    }

    /// Whether `cell` is free; outside the plan nothing is.
    pub fn is_free(&self, cell: CellIndex) -> bool {
        self.free.get(cell) == Some(true)
    }

    /// Free area in square metres.
    pub fn area_m2(&self) -> f64 {
        let cells = self.free.cells().iter().filter(|free| **free).count();
        cells as f64 * CELL_METRES * CELL_METRES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_free_if_most_of_its_pixels_are_white() {
        let mut picture = Grid::filled(CellIndex::new(0, 0), 10, 7, 0u8).unwrap();
        for pixel in 0..13 {
            picture.set(CellIndex::new(pixel % 5, pixel / 5), 255);
        }
        (5..9).for_each(|x| picture.set(CellIndex::new(x, 6), 255));
        let plan = FloorPlan::from_picture(&picture).unwrap();
        let free: Vec<_> = plan.free().cells().to_vec();
        assert_eq!(free, [true, false, false, false]);
        assert!((plan.area_m2() - 0.0025).abs() < 1e-12);
    }
}
