//! The permanent layer as a field to search in and a distance to refine on.

use crate::class_grid::CellClass;
use crate::distance::distance_to;
use crate::grid::Grid;
use crate::run_map::CellBounds;
use crate::tile::{CELL_METRES, CellIndex};

/// Cells of margin around the permanent layer: what lies further out scores nothing anyway.
const MARGIN: i32 = 8;
/// Distance at which an obstacle still speaks for a place, in cells.
const SPREAD_CELLS: f32 = 1.2;
/// Levels of the pyramid: the coarsest holds the best of 32 × 32 cells.
pub(super) const LEVELS: usize = 6;

/// Distances to the permanent layer and the pyramid over how well a cell agrees with it.
pub(crate) struct Field {
    /// Metres to the nearest permanent cell.
    distance: Grid<f32>,
    /// Level `k` holds for each cell the best agreement, 0 to 255, of the 2^k × 2^k cells from it on.
    levels: Vec<Grid<u8>>,
}

impl Field {
    /// The field of all permanent cells that border on others, if there are any.
    pub(super) fn new(classes: &Grid<CellClass>) -> Option<Self> {
        let is_surface = |slot: usize| {
            let other = |near: usize| classes.cells().get(near) != Some(&CellClass::Permanent);
            classes.neighbours::<4>(slot).any(other)
        };
        let permanent = classes
            .cells()
            .iter()
            .enumerate()
            .filter(|(_, class)| **class == CellClass::Permanent);
        let surface: Vec<_> = permanent
            .map(|(slot, _)| slot)
            .filter(|slot| is_surface(*slot))
            .map(|slot| classes.cell(slot))
            .collect();
        Self::of_cells(&surface)
    }

    /// The field of some points, given in metres.
    pub(crate) fn of_points(points: impl Iterator<Item = (f64, f64)>) -> Option<Self> {
        let cells: Vec<_> = points.map(|(x, y)| CellIndex::of_metres(x, y)).collect();
        Self::of_cells(&cells)
    }

    fn of_cells(surface: &[CellIndex]) -> Option<Self> {
        let bounds = surface
            .iter()
            .map(|cell| CellBounds::of_cell(*cell))
            .reduce(CellBounds::union)?;
        let (min, max) = (
            bounds.min.offset(-MARGIN, -MARGIN),
            bounds.max.offset(MARGIN, MARGIN),
        );
        let mut set = Grid::over(CellBounds { min, max }, false).ok()?;
        surface.iter().for_each(|cell| set.set(*cell, true));
        let cells = distance_to(&set);
        let agreement =
            cells.map(|distance| (255.0 * (-0.5 * (distance / SPREAD_CELLS).powi(2)).exp()) as u8);
        Some(Self {
            distance: cells.map(|distance| distance * CELL_METRES as f32),
            levels: pyramid(agreement),
        })
    }

    /// The cells that the field covers, with the distance of each.
    pub(super) fn distance(&self) -> &Grid<f32> {
        &self.distance
    }

    /// The best agreement in the 2^level × 2^level cells from `cell` on.
    pub(super) fn agreement(&self, level: usize, cell: CellIndex) -> u32 {
        self.levels
            .get(level)
            .and_then(|grid| grid.get(cell))
            .map_or(0, u32::from)
    }

    /// Metres to the permanent layer at a point, and its slope along x and y, between the four cells around it.
    pub(super) fn slope(&self, (x, y): (f64, f64)) -> Option<(f64, f64, f64)> {
        let (column, row) = (x / CELL_METRES - 0.5, y / CELL_METRES - 0.5);
        let (fx, fy) = (column - column.floor(), row - row.floor());
        let corner = CellIndex::new(column.floor() as i32, row.floor() as i32);
        let at = |dx, dy| self.distance.get(corner.offset(dx, dy)).map(f64::from);
        let (d00, d10, d01, d11) = (at(0, 0)?, at(1, 0)?, at(0, 1)?, at(1, 1)?);
        let low = d00 + (d10 - d00) * fx;
        let high = d01 + (d11 - d01) * fx;
        let along_x = ((d10 - d00) * (1.0 - fy) + (d11 - d01) * fy) / CELL_METRES;
        Some((low + (high - low) * fy, along_x, (high - low) / CELL_METRES))
    }
}

/// The maxima over squares of 1, 2, 4, … cells from each cell on (Olson 2009, Hess et al. 2016).
///
/// Squares that begin below the grid must count too, so each level begins further down.
fn pyramid(finest: Grid<u8>) -> Vec<Grid<u8>> {
    let mut levels = vec![finest];
    for level in 1..LEVELS {
        let Some(finer) = levels.last() else { break };
        let half = 1 << (level - 1);
        let bounds = CellBounds {
            min: finer.origin().offset(-half, -half),
            max: finer
                .origin()
                .offset(finer.width() as i32 - 1, finer.height() as i32 - 1),
        };
        let Ok(mut coarser) = Grid::over(bounds, 0u8) else {
            break;
        };
        let width = coarser.width();
        for (y, row) in coarser.cells_mut().chunks_exact_mut(width).enumerate() {
            for finer_row in [y.checked_sub(half as usize), Some(y)].into_iter().flatten() {
                raise(row, row_of(finer, finer_row), half as usize);
            }
        }
        levels.push(coarser);
    }
    levels
}

fn row_of(grid: &Grid<u8>, row: usize) -> &[u8] {
    let start = row * grid.width();
    grid.cells().get(start..start + grid.width()).unwrap_or_default()
}

/// Raises the cells of a row, which begins `half` cells further left, to the finer ones at each and `half` further on.
fn raise(row: &mut [u8], finer: &[u8], half: usize) {
    let raise = |(cell, value): (&mut u8, &u8)| *cell = (*cell).max(*value);
    row.iter_mut().zip(finer).for_each(raise);
    row.iter_mut().skip(half).zip(finer).for_each(raise);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coarse_cell_is_as_good_as_its_best_fine_one() {
        let mut classes = Grid::filled(CellIndex::new(0, 0), 20, 20, CellClass::Free).unwrap();
        classes.set(CellIndex::new(7, 7), CellClass::Permanent);
        let field = Field::new(&classes).unwrap();
        assert_eq!(field.agreement(0, CellIndex::new(7, 7)), 255);
        assert_eq!(field.agreement(5, CellIndex::new(-24, -24)), 255);
        assert!(field.agreement(5, CellIndex::new(-25, 7)) < 255);
        let (distance, along_x, along_y) = field.slope((0.65, 0.375)).unwrap();
        assert!((distance - 0.275).abs() < 0.01 && (along_x - 1.0).abs() < 0.05 && along_y.abs() < 0.2);
    }
}
