//! Cells of 5 cm and the square tiles that hold them.

use serde::{Deserialize, Serialize};

/// Cells along one side of a tile.
pub const TILE_CELLS: usize = 64;
/// Cells in one tile.
pub const TILE_AREA: usize = TILE_CELLS * TILE_CELLS;
/// Side of one cell, in metres.
pub const CELL_METRES: f64 = 0.05;

const TILE_SHIFT: u32 = TILE_CELLS.trailing_zeros();
const TILE_MASK: i32 = TILE_CELLS as i32 - 1;

/// A cell of the plane: `x` grows forward out of the dock, `y` to the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellIndex {
    /// Column, `floor(metres / 0.05)`.
    pub x: i32,
    /// Row, `floor(metres / 0.05)`.
    pub y: i32,
}

impl CellIndex {
    /// The cell at column `x` and row `y`.
    pub const fn new(x: i32, y: i32) -> Self {
        Self { x, y }
    }

    /// The cell that holds a point given in metres; points beyond `i32` cells saturate.
    pub fn of_metres(x: f64, y: f64) -> Self {
        Self {
            x: (x / CELL_METRES).floor() as i32,
            y: (y / CELL_METRES).floor() as i32,
        }
    }

    /// Centre of the cell, in metres.
    pub fn centre_metres(self) -> (f64, f64) {
        (
            (f64::from(self.x) + 0.5) * CELL_METRES,
            (f64::from(self.y) + 0.5) * CELL_METRES,
        )
    }

    /// The cell `dx` columns and `dy` rows away.
    pub const fn offset(self, dx: i32, dy: i32) -> Self {
        Self {
            x: self.x.wrapping_add(dx),
            y: self.y.wrapping_add(dy),
        }
    }

    /// Column and row of this cell inside its tile, each below [`TILE_CELLS`].
    pub const fn within_tile(self) -> (usize, usize) {
        ((self.x & TILE_MASK) as usize, (self.y & TILE_MASK) as usize)
    }
}

/// A tile of 64 × 64 cells (3.2 m × 3.2 m); tile (0, 0) has its minimum corner at the origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "(i16, i16)", into = "(i16, i16)")]
pub struct TileIndex {
    /// Tile column.
    pub x: i16,
    /// Tile row.
    pub y: i16,
}

impl TileIndex {
    /// The tile at column `x` and row `y`.
    pub const fn new(x: i16, y: i16) -> Self {
        Self { x, y }
    }

    /// The tile that holds the global cell (`cx`, `cy`); beyond ±104 km it saturates.
    pub fn of_cell(cx: i32, cy: i32) -> Self {
        Self {
            x: saturate(cx >> TILE_SHIFT),
            y: saturate(cy >> TILE_SHIFT),
        }
    }

    /// The tile's cell with the smallest column and row.
    pub const fn min_cell(self) -> CellIndex {
        CellIndex {
            x: (self.x as i32) << TILE_SHIFT,
            y: (self.y as i32) << TILE_SHIFT,
        }
    }

    /// The tile's corner with the smallest coordinates, in metres.
    pub fn min_corner_metres(self) -> (f64, f64) {
        let side = TILE_CELLS as f64 * CELL_METRES;
        (f64::from(self.x) * side, f64::from(self.y) * side)
    }

    /// The global cell at (`col`, `row`) of this tile.
    pub const fn cell(self, col: usize, row: usize) -> CellIndex {
        self.min_cell().offset(col as i32, row as i32)
    }
}

impl From<CellIndex> for TileIndex {
    fn from(cell: CellIndex) -> Self {
        Self::of_cell(cell.x, cell.y)
    }
}

impl From<(i16, i16)> for TileIndex {
    fn from((x, y): (i16, i16)) -> Self {
        Self { x, y }
    }
}

impl From<TileIndex> for (i16, i16) {
    fn from(index: TileIndex) -> Self {
        (index.x, index.y)
    }
}

fn saturate(tile: i32) -> i16 {
    tile.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negative_metres_fall_into_negative_cells_and_tiles() {
        let cell = CellIndex::of_metres(-0.01, 3.2);
        assert_eq!(cell, CellIndex::new(-1, 64));
        assert_eq!(TileIndex::from(cell), TileIndex::new(-1, 1));
        assert_eq!(cell.within_tile(), (63, 0));
        assert_eq!(TileIndex::new(-1, 1).cell(63, 0), cell);
    }

    #[test]
    fn a_tile_index_is_a_pair_in_json() {
        let json = serde_json::to_string(&TileIndex::new(-2, 7)).unwrap();
        assert_eq!(json, "[-2,7]");
        assert_eq!(
            serde_json::from_str::<TileIndex>(&json).unwrap(),
            TileIndex::new(-2, 7)
        );
    }

    #[test]
    fn corners_are_tile_sides_apart() {
        let (x, y) = TileIndex::new(1, -1).min_corner_metres();
        assert!((x - 3.2).abs() < 1e-12 && (y + 3.2).abs() < 1e-12);
    }
}
