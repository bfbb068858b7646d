//! A dense, bounded rectangle of cells.

use crate::run_map::CellBounds;
use crate::tile::CellIndex;

/// Most cells that one dense grid may have: a home 200 m on each side.
pub const MAX_GRID_CELLS: usize = 4096 * 4096;

/// Why a grid cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GridError {
    /// The rectangle has too many cells.
    #[error("a grid of {width} x {height} cells is larger than {MAX_GRID_CELLS} cells")]
    TooLarge {
        /// Columns asked for.
        width: usize,
        /// Rows asked for.
        height: usize,
    },
    /// The number of cells given is not width times height.
    #[error("{cells} cells do not fill a grid of {width} x {height}")]
    CellCount {
        /// Cells given.
        cells: usize,
        /// Columns asked for.
        width: usize,
        /// Rows asked for.
        height: usize,
    },
}

/// `width` × `height` values, row by row, of which the first is the cell `origin` (smallest column and row).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid<T> {
    origin: CellIndex,
    width: usize,
    height: usize,
    cells: Vec<T>,
}

impl<T: Copy> Grid<T> {
    /// A grid that has `value` everywhere.
    ///
    /// # Errors
    /// [`GridError::TooLarge`] above [`MAX_GRID_CELLS`].
    pub fn filled(origin: CellIndex, width: usize, height: usize, value: T) -> Result<Self, GridError> {
        let cells = vec![value; area(width, height)?];
        Ok(Self {
            origin,
            width,
            height,
            cells,
        })
    }

    /// A grid of the given cells, row by row.
    ///
    /// # Errors
    /// [`GridError`] if the grid is too large or the number of cells is not `width * height`.
    pub fn from_cells(
        origin: CellIndex,
        width: usize,
        height: usize,
        cells: Vec<T>,
    ) -> Result<Self, GridError> {
        if cells.len() != area(width, height)? {
            return Err(GridError::CellCount {
                cells: cells.len(),
                width,
                height,
            });
        }
        Ok(Self {
            origin,
            width,
            height,
            cells,
        })
    }

    /// A grid over `bounds` that has `value` everywhere.
    ///
    /// # Errors
    /// [`GridError::TooLarge`] above [`MAX_GRID_CELLS`].
    pub fn over(bounds: CellBounds, value: T) -> Result<Self, GridError> {
        Self::filled(bounds.min, bounds.width(), bounds.height(), value)
    }

    /// A grid without any cell.
    pub fn empty() -> Self {
        Self {
            origin: CellIndex::new(0, 0),
            width: 0,
            height: 0,
            cells: Vec::new(),
        }
    }

    /// The cell with the smallest column and row.
    pub fn origin(&self) -> CellIndex {
        self.origin
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// All values, row by row.
    pub fn cells(&self) -> &[T] {
        &self.cells
    }

    /// The values of each row, from the smallest row up.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &[T]> + ExactSizeIterator {
        self.cells.chunks_exact(self.width.max(1))
    }

    /// The value at `cell`, if it lies inside.
    pub fn get(&self, cell: CellIndex) -> Option<T> {
        self.slot(cell).and_then(|slot| self.cells.get(slot)).copied()
    }

    /// Sets the value at `cell`; outside the grid nothing happens.
    pub fn set(&mut self, cell: CellIndex, value: T) {
        if let Some(place) = self.slot(cell).and_then(|slot| self.cells.get_mut(slot)) {
            *place = value;
        }
    }

    /// A grid of the same shape with every value mapped.
    pub fn map<U>(&self, value: impl FnMut(T) -> U) -> Grid<U> {
        let cells = self.cells.iter().copied().map(value).collect();
        Grid {
            origin: self.origin,
            width: self.width,
            height: self.height,
            cells,
        }
    }

    /// A grid of the same shape, each value made from its position in [`Grid::cells`] and the value there.
    pub(crate) fn map_slots<U>(&self, mut value: impl FnMut(usize, T) -> U) -> Grid<U> {
        let mut slots = 0..;
        self.map(|here| value(slots.next().unwrap_or(usize::MAX), here))
    }

    /// The value at a position of [`Grid::cells`].
    pub(crate) fn at(&self, slot: usize) -> Option<T> {
        self.cells.get(slot).copied()
    }

    /// The position some columns and rows from another, if it lies inside.
    pub(crate) fn moved(&self, slot: usize, columns: i32, rows: i32) -> Option<usize> {
        let row = (slot / self.width.max(1)).checked_add_signed(rows as isize)?;
        let column = (slot % self.width.max(1)).checked_add_signed(columns as isize)?;
        (column < self.width && row < self.height).then_some(row * self.width + column)
    }

    /// All cells with their values, row by row.
    pub fn iter(&self) -> impl Iterator<Item = (CellIndex, T)> + '_ {
        self.cells
            .iter()
            .enumerate()
            .map(|(slot, value)| (self.cell(slot), *value))
    }

    /// Position of `cell` in [`Grid::cells`], if it lies inside.
    pub(crate) fn slot(&self, cell: CellIndex) -> Option<usize> {
        let col = usize::try_from(i64::from(cell.x) - i64::from(self.origin.x)).ok()?;
        let row = usize::try_from(i64::from(cell.y) - i64::from(self.origin.y)).ok()?;
        (col < self.width && row < self.height).then(|| row * self.width + col)
    }

    /// The cell at a position of [`Grid::cells`].
    pub(crate) fn cell(&self, slot: usize) -> CellIndex {
        let width = self.width.max(1);
        self.origin.offset((slot % width) as i32, (slot / width) as i32)
    }

    pub(crate) fn cells_mut(&mut self) -> &mut [T] {
        &mut self.cells
    }

    /// Positions of the neighbours of a position that lie inside: four, then the four diagonal ones.
    pub(crate) fn neighbours<const N: usize>(&self, slot: usize) -> impl Iterator<Item = usize> + use<T, N> {
        const STEPS: [(i64, i64); 8] = [
            (1, 0),
            (0, 1),
            (-1, 0),
            (0, -1),
            (1, 1),
            (-1, 1),
            (-1, -1),
            (1, -1),
        ];
        let (width, height) = (self.width as i64, self.height as i64);
        let (col, row) = (slot as i64 % width.max(1), slot as i64 / width.max(1));
        STEPS.into_iter().take(N).filter_map(move |(dx, dy)| {
            let (col, row) = (col + dx, row + dy);
            let inside = (0..width).contains(&col) && (0..height).contains(&row);
            inside.then_some((row * width + col) as usize)
        })
    }
}

fn area(width: usize, height: usize) -> Result<usize, GridError> {
    let area = width.checked_mul(height).filter(|area| *area <= MAX_GRID_CELLS);
    area.ok_or(GridError::TooLarge { width, height })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found_by_their_global_index() {
        let mut grid = Grid::filled(CellIndex::new(-2, 5), 3, 2, 0u8).unwrap();
        grid.set(CellIndex::new(0, 6), 7);
        grid.set(CellIndex::new(1, 6), 9);
        assert_eq!(grid.cells(), [0, 0, 0, 0, 0, 7]);
        assert_eq!(grid.get(CellIndex::new(0, 6)), Some(7));
        assert_eq!(grid.get(CellIndex::new(-3, 5)), None);
        assert_eq!(grid.cell(5), CellIndex::new(0, 6));
    }

    #[test]
    fn corners_have_fewer_neighbours() {
        let grid = Grid::filled(CellIndex::new(0, 0), 3, 3, ()).unwrap();
        assert_eq!(grid.neighbours::<4>(0).count(), 2);
        assert_eq!(grid.neighbours::<8>(0).count(), 3);
        assert_eq!(grid.neighbours::<8>(4).count(), 8);
    }

    #[test]
    fn a_grid_of_another_size_is_refused() {
        let origin = CellIndex::new(0, 0);
        assert_eq!(
            Grid::from_cells(origin, 2, 2, vec![0; 3]),
            Err(GridError::CellCount {
                cells: 3,
                width: 2,
                height: 2
            })
        );
        assert!(Grid::filled(origin, usize::MAX, 2, 0).is_err());
        assert!(Grid::filled(origin, 4097, 4096, 0).is_err());
    }
}
