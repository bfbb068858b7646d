//! What all runs of one floor know, in the home frame.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::class_grid::ClassGrid;
use crate::grid::Grid;
use crate::home_tile::{HomeCell, HomeTile};
use crate::permanence;
use crate::pose::Pose;
use crate::run_map::{CellBounds, RunMap};
use crate::run_tile::RunTile;
use crate::solid::with_solid_things;
use crate::tile::{CellIndex, TILE_CELLS, TileIndex};

/// A home tile lies in `-MAX_HOME_TILE..MAX_HOME_TILE` along each axis: 102 m around the dock.
pub const MAX_HOME_TILE: i16 = 32;

/// Why a tile was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HomeMapError {
    /// The tile is too far from the dock.
    #[error("tile ({}, {}) is not within {MAX_HOME_TILE} tiles of the dock", .0.x, .0.y)]
    TooFar(TileIndex),
}

/// The home tiles of one floor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HomeMap {
    tiles: BTreeMap<TileIndex, HomeTile>,
}

impl HomeMap {
    /// A map that no run has voted on.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a stored tile in its place.
    ///
    /// # Errors
    /// [`HomeMapError::TooFar`] beyond [`MAX_HOME_TILE`].
    pub fn insert(&mut self, index: TileIndex, tile: HomeTile) -> Result<(), HomeMapError> {
        check_index(index)?;
        self.tiles.insert(index, tile);
        Ok(())
    }

    /// Lets the floor's `n`-th run vote on one tile; says whether it had not voted before.
    ///
    /// # Errors
    /// [`HomeMapError::TooFar`] beyond [`MAX_HOME_TILE`].
    pub fn vote(&mut self, index: TileIndex, run: &RunTile, n: u32) -> Result<bool, HomeMapError> {
        check_index(index)?;
        Ok(self.tiles.entry(index).or_default().vote(run, n))
    }

    /// Lets the floor's `n`-th run, already in the home frame, vote on all its tiles, or on none.
    ///
    /// # Errors
    /// [`HomeMapError::TooFar`] if one of its tiles is beyond [`MAX_HOME_TILE`].
    pub fn vote_run(&mut self, run: &RunMap, n: u32) -> Result<(), HomeMapError> {
        run.tiles().try_for_each(|(index, _)| check_index(index))?;
        run.tiles()
            .try_for_each(|(index, tile)| self.vote(index, tile, n).map(drop))
    }

    /// The tile at `index`, if any run voted on it.
    pub fn tile(&self, index: TileIndex) -> Option<&HomeTile> {
        self.tiles.get(&index)
    }

    /// All tiles in order of their index.
    pub fn tiles(&self) -> impl ExactSizeIterator<Item = (TileIndex, &HomeTile)> {
        self.tiles.iter().map(|(index, tile)| (*index, tile))
    }

    /// The evidence of one cell.
    pub fn get(&self, cell: CellIndex) -> HomeCell {
        let (col, row) = cell.within_tile();
        self.tiles
            .get(&cell.into())
            .map(|tile| tile.get(col, row))
            .unwrap_or_default()
    }

    /// The evidence of all cells in the box around the tiles.
    pub fn evidence(&self) -> Grid<HomeCell> {
        let bounds = self
            .tiles
            .keys()
            .map(|index| tile_bounds(*index))
            .reduce(CellBounds::union);
        // Bounds within MAX_HOME_TILE always fit in a grid.
        let grid = bounds.and_then(|bounds| Grid::over(bounds, HomeCell::default()).ok());
        let mut grid = grid.unwrap_or_else(Grid::empty);
        for (index, tile) in &self.tiles {
            for (row, cells) in tile.cells().chunks_exact(TILE_CELLS).enumerate() {
                let place = grid.slot(index.cell(0, row)).map(|slot| slot..slot + TILE_CELLS);
                if let Some(target) = place.and_then(|place| grid.cells_mut().get_mut(place)) {
                    target.copy_from_slice(cells);
                }
            }
        }
        grid
    }

    /// What each cell is, by all the evidence.
    pub fn classes(&self) -> ClassGrid {
        permanence::classify(&self.evidence())
    }

    /// SHA-256 over the index and evidence of every tile, in order of the index.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for (index, tile) in &self.tiles {
            hash.update(index.x.to_le_bytes());
            hash.update(index.y.to_le_bytes());
            hash.update(tile.n().to_le_bytes());
            tile.cells()
                .iter()
                .for_each(|cell| hash.update([cell.occ, cell.free, cell.last]));
        }
        hash.finalize().into()
    }
}

/// What a run votes with: its things filled in, and turned and shifted into the home frame by its alignment.
pub fn ballot(run: &RunMap, alignment: &Pose) -> RunMap {
    with_solid_things(run).transformed(alignment)
}

/// Whether a home map may have the tile: what lies farther from the dock takes no part in votes.
pub fn is_within_reach(index: TileIndex) -> bool {
    let reach = -MAX_HOME_TILE..MAX_HOME_TILE;
    reach.contains(&index.x) && reach.contains(&index.y)
}

fn check_index(index: TileIndex) -> Result<(), HomeMapError> {
    if is_within_reach(index) {
        Ok(())
    } else {
        Err(HomeMapError::TooFar(index))
    }
}

fn tile_bounds(index: TileIndex) -> CellBounds {
    CellBounds {
        min: index.cell(0, 0),
        max: index.cell(TILE_CELLS - 1, TILE_CELLS - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class_grid::CellClass;
    use crate::run_tile::RunCell;

    fn run(cells: &[(i32, i32, RunCell)]) -> RunMap {
        let mut map = RunMap::new();
        cells
            .iter()
            .for_each(|(x, y, cell)| map.set(CellIndex::new(*x, *y), *cell));
        map
    }

    #[test]
    fn evidence_lies_where_the_cells_are() {
        let mut home = HomeMap::new();
        home.vote_run(&run(&[(-5, 70, RunCell::Occupied), (130, 2, RunCell::Free)]), 1)
            .unwrap();
        let evidence = home.evidence();
        assert_eq!((evidence.width(), evidence.height()), (64 * 4, 64 * 2));
        assert_eq!(evidence.get(CellIndex::new(-5, 70)).unwrap().occ, 1);
        assert_eq!(evidence.get(CellIndex::new(130, 2)).unwrap().free, 1);
    }

    #[test]
    fn repeating_a_run_changes_nothing() {
        let first = run(&[(0, 0, RunCell::Occupied), (100, 0, RunCell::Free)]);
        let mut home = HomeMap::new();
        home.vote_run(&first, 1).unwrap();
        let digest = home.digest();
        home.vote_run(&first, 1).unwrap();
        assert_eq!(home.digest(), digest);
    }

    #[test]
    fn a_run_that_reaches_too_far_votes_nowhere() {
        let mut home = HomeMap::new();
        let far = run(&[(0, 0, RunCell::Free), (64 * 32, 0, RunCell::Free)]);
        assert_eq!(
            home.vote_run(&far, 1),
            Err(HomeMapError::TooFar(TileIndex::new(32, 0)))
        );
        assert_eq!(home.tiles().len(), 0);
    }

    #[test]
    fn an_empty_map_has_no_classes() {
        assert_eq!(HomeMap::new().classes().count(CellClass::Unknown), 0);
    }
}
