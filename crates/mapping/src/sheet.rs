//! Sheets: square blocks of tiles that are kept together, since a tile by itself is far smaller than what is paid for.

use crate::tile::TileIndex;

/// Tiles along one side of a sheet.
pub const SHEET_TILES: i32 = 4;
/// Tiles in one sheet.
pub const SHEET_AREA: usize = (SHEET_TILES * SHEET_TILES) as usize;

/// A dock stands at the origin, and homes lie around it: half a sheet on each side keeps a small home on one sheet.
const CENTRE: i32 = SHEET_TILES / 2;

/// A sheet of 4 × 4 tiles (12.8 m × 12.8 m); the middle of sheet (0, 0) is the origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SheetIndex {
    /// Sheet column.
    pub x: i16,
    /// Sheet row.
    pub y: i16,
}

impl SheetIndex {
    /// The sheet at column `x` and row `y`.
    pub const fn new(x: i16, y: i16) -> Self {
        Self { x, y }
    }

    /// The tile at `place`, below [`SHEET_AREA`], as [`place_of`] counts; `None` where no tile can be.
    pub fn tile(self, place: u8) -> Option<TileIndex> {
        let place = i32::from(place);
        let (column, row) = (place % SHEET_TILES, place / SHEET_TILES);
        let along = |sheet: i16, within| i16::try_from(i32::from(sheet) * SHEET_TILES - CENTRE + within).ok();
        (row < SHEET_TILES)
            .then(|| Some(TileIndex::new(along(self.x, column)?, along(self.y, row)?)))
            .flatten()
    }
}

impl From<TileIndex> for SheetIndex {
    fn from(TileIndex { x, y }: TileIndex) -> Self {
        let along = |tile: i16| (i32::from(tile) + CENTRE).div_euclid(SHEET_TILES) as i16;
        Self::new(along(x), along(y))
    }
}

/// Where a tile lies on its sheet, row by row, below [`SHEET_AREA`].
pub fn place_of(TileIndex { x, y }: TileIndex) -> u8 {
    let along = |tile: i16| (i32::from(tile) + CENTRE).rem_euclid(SHEET_TILES);
    (along(y) * SHEET_TILES + along(x)) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_dock_is_in_the_middle_of_its_sheet() {
        for (x, y) in [(-2, -2), (0, 0), (1, 1)] {
            assert_eq!(SheetIndex::from(TileIndex::new(x, y)), SheetIndex::new(0, 0));
        }
        assert_eq!(SheetIndex::from(TileIndex::new(-3, 2)), SheetIndex::new(-1, 1));
    }

    #[test]
    fn beyond_a_sheet_there_is_no_tile() {
        assert_eq!(SheetIndex::new(0, 0).tile(SHEET_AREA as u8), None);
        assert_eq!(SheetIndex::new(i16::MAX, 0).tile(0), None);
    }

    proptest! {
        #[test]
        fn every_tile_has_one_place(x in any::<i16>(), y in any::<i16>()) {
            let tile = TileIndex::new(x, y);
            prop_assert_eq!(SheetIndex::from(tile).tile(place_of(tile)), Some(tile));
        }
    }
}
