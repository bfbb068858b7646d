//! What one run knows, tile by tile.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::pose::Pose;
use crate::run_tile::{RunCell, RunTile};
use crate::tile::{CellIndex, TileIndex};

/// How many cells of each known class a run has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CellCounts {
    /// Cells seen free.
    pub free: u32,
    /// Cells seen occupied.
    pub occupied: u32,
    /// Cells touched.
    pub touched: u32,
}

/// Smallest and largest cell of a map, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellBounds {
    /// Smallest column and row.
    pub min: CellIndex,
    /// Largest column and row.
    pub max: CellIndex,
}

impl CellBounds {
    /// Columns covered.
    pub fn width(&self) -> usize {
        usize::try_from(i64::from(self.max.x) - i64::from(self.min.x) + 1).unwrap_or(0)
    }

    /// Rows covered.
    pub fn height(&self) -> usize {
        usize::try_from(i64::from(self.max.y) - i64::from(self.min.y) + 1).unwrap_or(0)
    }

    /// The bounds that hold both.
    pub(crate) fn union(self, other: Self) -> Self {
        Self {
            min: CellIndex::new(self.min.x.min(other.min.x), self.min.y.min(other.min.y)),
            max: CellIndex::new(self.max.x.max(other.max.x), self.max.y.max(other.max.y)),
        }
    }

    pub(crate) fn of_cell(cell: CellIndex) -> Self {
        Self { min: cell, max: cell }
    }
}

/// The tiles of one run, in the run's own frame; a tile that is missing is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunMap {
    tiles: BTreeMap<TileIndex, RunTile>,
}

impl RunMap {
    /// A map without any tile.
    pub fn new() -> Self {
        Self::default()
    }

    /// The cell at `cell`, unknown where there is no tile.
    pub fn get(&self, cell: CellIndex) -> RunCell {
        let (col, row) = cell.within_tile();
        self.tiles
            .get(&cell.into())
            .map_or(RunCell::Unknown, |tile| tile.get(col, row))
    }

    /// Sets one cell, adding its tile when needed.
    pub fn set(&mut self, cell: CellIndex, state: RunCell) {
        let (col, row) = cell.within_tile();
        self.tiles.entry(cell.into()).or_default().set(col, row, state);
    }

    /// Replaces the whole tile at `index`: a later report of a tile holds all that the run knows of it.
    pub fn replace(&mut self, index: TileIndex, tile: RunTile) {
        self.tiles.insert(index, tile);
    }

    /// The tile at `index`, if any.
    pub fn tile(&self, index: TileIndex) -> Option<&RunTile> {
        self.tiles.get(&index)
    }

    /// All tiles in order of their index.
    pub fn tiles(&self) -> impl ExactSizeIterator<Item = (TileIndex, &RunTile)> {
        self.tiles.iter().map(|(index, tile)| (*index, tile))
    }

    /// Whether no cell is known.
    pub fn is_blank(&self) -> bool {
        self.tiles.values().all(RunTile::is_blank)
    }

    /// All known cells, tile by tile.
    pub fn known(&self) -> impl Iterator<Item = (CellIndex, RunCell)> + '_ {
        self.tiles.iter().flat_map(|(index, tile)| {
            let slots = tile
                .cells()
                .enumerate()
                .filter(|(_, cell)| *cell != RunCell::Unknown);
            slots.map(|(slot, cell)| (slot_cell(*index, slot), cell))
        })
    }

    /// Number of known cells by class.
    pub fn counts(&self) -> CellCounts {
        let mut counts = CellCounts::default();
        for cell in self.tiles.values().flat_map(RunTile::cells) {
            match cell {
                RunCell::Unknown => {}
                RunCell::Free => counts.free += 1,
                RunCell::Occupied => counts.occupied += 1,
                RunCell::Touched => counts.touched += 1,
            }
        }
        counts
    }

    /// The known cells' bounding box, if any cell is known.
    pub fn bounds(&self) -> Option<CellBounds> {
        self.known()
            .map(|(cell, _)| CellBounds::of_cell(cell))
            .reduce(CellBounds::union)
    }

    /// SHA-256 over the index and cells of every tile that is not blank, in order of the index.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for (index, tile) in self.tiles.iter().filter(|(_, tile)| !tile.is_blank()) {
            hash.update(index.x.to_le_bytes());
            hash.update(index.y.to_le_bytes());
            hash.update(tile.packed());
        }
        hash.finalize().into()
    }

    /// The same map in the frame in which this map's origin is at `frame`.
    ///
    /// Each new cell takes the old cell under its centre, so no holes appear; obstacles thinner than a cell stay one cell.
    pub fn transformed(&self, frame: &Pose) -> Self {
        let back = frame.inverse();
        let mut moved = Self::new();
        for target in self.tiles.keys().flat_map(|index| tiles_under(*index, frame)) {
            if moved.tiles.contains_key(&target) {
                continue;
            }
            let tile = self.sampled(target, &back);
            if !tile.is_blank() {
                moved.tiles.insert(target, tile);
            }
        }
        moved
    }

    fn sampled(&self, target: TileIndex, back: &Pose) -> RunTile {
        let mut tile = RunTile::new();
        for slot in 0..crate::tile::TILE_AREA {
            let (x, y) = back.transform(slot_cell(target, slot).centre_metres());
            tile.set_at(slot, self.get(CellIndex::of_metres(x, y)));
        }
        tile
    }
}

impl FromIterator<(TileIndex, RunTile)> for RunMap {
    fn from_iter<I: IntoIterator<Item = (TileIndex, RunTile)>>(tiles: I) -> Self {
        Self {
            tiles: tiles.into_iter().collect(),
        }
    }
}

fn slot_cell(index: TileIndex, slot: usize) -> CellIndex {
    index.cell(slot % crate::tile::TILE_CELLS, slot / crate::tile::TILE_CELLS)
}

/// Every tile that the tile at `index` can reach into once it is moved by `frame`.
fn tiles_under(index: TileIndex, frame: &Pose) -> impl Iterator<Item = TileIndex> + use<> {
    let (x, y) = index.min_corner_metres();
    let side = crate::tile::TILE_CELLS as f64 * crate::tile::CELL_METRES;
    let corners = [(x, y), (x + side, y), (x, y + side), (x + side, y + side)];
    let tiles = corners.map(|corner| {
        let (x, y) = frame.transform(corner);
        TileIndex::from(CellIndex::of_metres(x, y))
    });
    let [min_x, max_x] = extent(tiles.map(|tile| tile.x));
    let [min_y, max_y] = extent(tiles.map(|tile| tile.y));
    (min_x..=max_x).flat_map(move |x| (min_y..=max_y).map(move |y| TileIndex::new(x, y)))
}

fn extent(values: [i16; 4]) -> [i16; 2] {
    values
        .into_iter()
        .fold([i16::MAX, i16::MIN], |[min, max], value| {
            [min.min(value), max.max(value)]
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cells() -> impl Strategy<Value = Vec<(i32, i32, u8)>> {
        proptest::collection::vec((-200i32..200, -200i32..200, 1u8..4), 1..60)
    }

    fn map_of(cells: &[(i32, i32, u8)]) -> RunMap {
        let mut map = RunMap::new();
        for (x, y, state) in cells {
            let state = [RunCell::Free, RunCell::Occupied, RunCell::Touched][usize::from(*state) - 1];
            map.set(CellIndex::new(*x, *y), state);
        }
        map
    }

    #[test]
    fn counts_and_bounds_follow_the_cells() {
        let map = map_of(&[(-3, 5, 1), (70, -80, 2), (0, 0, 3)]);
        assert_eq!(
            map.counts(),
            CellCounts {
                free: 1,
                occupied: 1,
                touched: 1
            }
        );
        let bounds = map.bounds().unwrap();
        assert_eq!(
            (bounds.min, bounds.max),
            (CellIndex::new(-3, -80), CellIndex::new(70, 5))
        );
        assert_eq!((bounds.width(), bounds.height()), (74, 86));
    }

    #[test]
    fn a_quarter_turn_moves_every_cell_and_loses_none() {
        let map = map_of(&[(10, 0, 2), (11, 0, 2), (12, 3, 1)]);
        let turned = map.transformed(&Pose::new(0.0, 0.0, std::f64::consts::FRAC_PI_2));
        assert_eq!(turned.get(CellIndex::new(-1, 10)), RunCell::Occupied);
        assert_eq!(turned.counts(), map.counts());
    }

    proptest! {
        #[test]
        fn repeated_and_reordered_tiles_give_the_same_digest(cells in cells(), seed in any::<u64>()) {
            let map = map_of(&cells);
            let mut tiles: Vec<_> = map.tiles().map(|(index, tile)| (index, tile.clone())).collect();
            tiles.extend(tiles.clone());
            let turn = seed as usize % tiles.len();
            tiles.rotate_left(turn);
            prop_assert_eq!(tiles.into_iter().collect::<RunMap>().digest(), map.digest());
        }

        #[test]
        fn one_changed_cell_changes_the_digest(cells in cells(), x in -200i32..200, y in -200i32..200) {
            let map = map_of(&cells);
            let mut other = map.clone();
            let cell = CellIndex::new(x, y);
            other.set(cell, if map.get(cell) == RunCell::Free { RunCell::Occupied } else { RunCell::Free });
            prop_assert_ne!(map.digest(), other.digest());
        }
    }
}
