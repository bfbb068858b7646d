//! What each cell of a floor is, as a dense grid.

use crate::grid::{Grid, GridError};
use crate::run_map::{CellBounds, RunMap};
use crate::run_tile::RunCell;
use crate::tile::CellIndex;

/// What a cell is over many runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CellClass {
    /// Not seen.
    #[default]
    Unknown = 0,
    /// Free.
    Free = 1,
    /// Sometimes occupied.
    Movable = 2,
    /// Always occupied.
    Permanent = 3,
}

impl CellClass {
    /// Whether a robot may drive there at least at times.
    pub const fn is_traversable(self) -> bool {
        matches!(self, Self::Free | Self::Movable)
    }

    pub(crate) const fn from_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::Unknown,
            1 => Self::Free,
            2 => Self::Movable,
            _ => Self::Permanent,
        }
    }
}

/// A cell's class, how often it is occupied and how sure that is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassedCell {
    /// What it is.
    pub class: CellClass,
    /// Share of the runs in which it was occupied, 255 for all; of free cells, only those keep one where a thing stood
    /// that has gone.
    pub presence: u8,
    /// How sure the class is, 255 for certain.
    pub confidence: u8,
}

/// The classes of all cells in a bounding box, in the home frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassGrid {
    cells: Grid<ClassedCell>,
}

impl ClassGrid {
    /// A grid over `bounds` of which nothing is known.
    ///
    /// # Errors
    /// [`GridError::TooLarge`] if the bounds hold too many cells.
    pub fn unknown(bounds: CellBounds) -> Result<Self, GridError> {
        Ok(Self {
            cells: Grid::over(bounds, ClassedCell::default())?,
        })
    }

    /// What one run or a recorded map shows, as if it were always so: whatever is occupied or touched is permanent.
    ///
    /// # Errors
    /// [`GridError::TooLarge`] if the cells are too far apart.
    pub fn of_run(run: &RunMap) -> Result<Self, GridError> {
        let Some(bounds) = run.bounds() else {
            return Ok(Self::empty());
        };
        let mut classes = Self::unknown(bounds)?;
        for (cell, state) in run.known() {
            let class = match state {
                RunCell::Unknown => CellClass::Unknown,
                RunCell::Free => CellClass::Free,
                RunCell::Occupied | RunCell::Touched => CellClass::Permanent,
            };
            let classed = ClassedCell {
                class,
                ..ClassedCell::default()
            };
            classes.set(cell, classed);
        }
        Ok(classes)
    }

    /// A grid without any cell.
    pub fn empty() -> Self {
        Self { cells: Grid::empty() }
    }

    /// The classed cells as they lie.
    pub fn cells(&self) -> &Grid<ClassedCell> {
        &self.cells
    }

    /// The cell with the smallest column and row.
    pub fn origin(&self) -> CellIndex {
        self.cells.origin()
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.cells.width()
    }

    /// Number of rows.
    pub fn height(&self) -> usize {
        self.cells.height()
    }

    /// The cell's class, unknown outside.
    pub fn class(&self, cell: CellIndex) -> CellClass {
        self.get(cell).class
    }

    /// Share of the runs in which the cell was occupied, 255 for all.
    pub fn presence(&self, cell: CellIndex) -> u8 {
        self.get(cell).presence
    }

    /// The cell with its presence and confidence, unknown outside.
    pub fn get(&self, cell: CellIndex) -> ClassedCell {
        self.cells.get(cell).unwrap_or_default()
    }

    /// Sets one cell; outside the grid nothing happens.
    pub fn set(&mut self, cell: CellIndex, value: ClassedCell) {
        self.cells.set(cell, value);
    }

    /// Number of cells of one class.
    pub fn count(&self, class: CellClass) -> usize {
        self.cells
            .cells()
            .iter()
            .filter(|cell| cell.class == class)
            .count()
    }
}

impl From<Grid<ClassedCell>> for ClassGrid {
    fn from(cells: Grid<ClassedCell>) -> Self {
        Self { cells }
    }
}
