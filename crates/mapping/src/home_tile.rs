//! What all runs together know of one tile: a few counters for each cell.

use crate::deflate::{InflateError, deflate, inflate};
use crate::run_tile::{RunCell, RunTile};
use crate::tile::{TILE_AREA, TILE_CELLS};

/// Largest [`HomeTile::encode`] output that [`HomeTile::decode`] looks at, in bytes.
pub const MAX_ENCODED_HOME_TILE: usize = 32 * 1024;
/// How many of the latest runs that saw a cell are kept one by one.
pub const RECENT_RUNS: u32 = 8;

const HEADER_BYTES: usize = 4;
const CELL_BYTES: usize = 4;
const PLAIN_BYTES: usize = HEADER_BYTES + TILE_AREA * CELL_BYTES;

/// Evidence for one cell, one vote for each run that saw it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct HomeCell {
    /// Runs that saw it occupied or touched it; halved together with `free` at 255, so that the map forgets.
    pub occ: u8,
    /// Runs that saw it free.
    pub free: u8,
    /// What the last eight runs that saw it said, the newest in the lowest bit, 1 for occupied.
    pub last: u8,
    /// How often a run said other than the one before.
    pub flips: u8,
}

impl HomeCell {
    /// Number of runs that count, at most 510.
    pub fn votes(self) -> u32 {
        u32::from(self.occ) + u32::from(self.free)
    }

    /// Share of the runs that saw the cell occupied, 0 if none saw it.
    pub fn occupied_share(self) -> f64 {
        if self.votes() == 0 {
            0.0
        } else {
            f64::from(self.occ) / f64::from(self.votes())
        }
    }

    /// How many of the latest runs in a row saw it free, at most [`RECENT_RUNS`].
    pub fn free_streak(self) -> u32 {
        self.last.trailing_zeros().min(self.votes()).min(RECENT_RUNS)
    }

    /// How many of the latest runs in a row saw it occupied, at most [`RECENT_RUNS`].
    pub fn occupied_streak(self) -> u32 {
        self.last.trailing_ones().min(self.votes())
    }

    /// Whether the latest run that saw it saw it occupied.
    pub fn is_occupied_now(self) -> bool {
        self.last & 1 == 1
    }

    fn vote(&mut self, occupied: bool) {
        if self.votes() > 0 && self.is_occupied_now() != occupied {
            self.flips = self.flips.saturating_add(1);
        }
        self.last = (self.last << 1) | u8::from(occupied);
        if self.occ == u8::MAX || self.free == u8::MAX {
            (self.occ, self.free, self.flips) = (self.occ / 2, self.free / 2, self.flips / 2);
        }
        let count = if occupied { &mut self.occ } else { &mut self.free };
        *count += 1;
    }
}

/// Why bytes are not a home tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HomeTileError {
    /// More bytes than any tile needs.
    #[error("an encoded home tile of {0} bytes is larger than {MAX_ENCODED_HOME_TILE} bytes")]
    EncodedTooLarge(usize),
    /// The compressed layer is not valid.
    #[error("the home tile cannot be expanded")]
    Inflate(#[from] InflateError),
    /// The content is not one header and four bytes per cell.
    #[error("the home tile holds {0} bytes instead of {PLAIN_BYTES}")]
    Length(usize),
}

/// The evidence for one tile's cells, and the number of the last run that voted.
#[derive(Clone, PartialEq, Eq)]
pub struct HomeTile {
    n: u32,
    cells: Box<[HomeCell; TILE_AREA]>,
}

impl Default for HomeTile {
    fn default() -> Self {
        Self {
            n: 0,
            cells: Box::new([HomeCell::default(); TILE_AREA]),
        }
    }
}

impl std::fmt::Debug for HomeTile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seen = self.cells.iter().filter(|cell| cell.votes() > 0).count();
        f.debug_struct("HomeTile")
            .field("n", &self.n)
            .field("seen_cells", &seen)
            .finish()
    }
}

impl HomeTile {
    /// A tile that no run has voted on.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of the last run that voted, 0 before the first.
    pub fn n(&self) -> u32 {
        self.n
    }

    /// The evidence at (`col`, `row`); none outside the tile.
    pub fn get(&self, col: usize, row: usize) -> HomeCell {
        let inside = col < TILE_CELLS && row < TILE_CELLS;
        let cell = inside.then(|| self.cells.get(row * TILE_CELLS + col)).flatten();
        cell.copied().unwrap_or_default()
    }

    /// All cells, row by row.
    pub fn cells(&self) -> &[HomeCell; TILE_AREA] {
        &self.cells
    }

    /// Lets the floor's `n`-th run vote, once per cell it knows; runs count from 1.
    ///
    /// Says whether it voted: a run that is not newer than [`HomeTile::n`] has voted already and changes nothing.
    pub fn vote(&mut self, run: &RunTile, n: u32) -> bool {
        if n <= self.n {
            return false;
        }
        self.n = n;
        for (cell, seen) in self.cells.iter_mut().zip(run.cells()) {
            match seen {
                RunCell::Unknown => {}
                RunCell::Free => cell.vote(false),
                RunCell::Occupied | RunCell::Touched => cell.vote(true),
            }
        }
        true
    }

    /// The number of the last run and four bytes for each cell, under raw deflate; equal tiles give equal bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut plain = Vec::with_capacity(PLAIN_BYTES);
        plain.extend(self.n.to_le_bytes());
        plain.extend(
            self.cells
                .iter()
                .flat_map(|cell| [cell.occ, cell.free, cell.last, cell.flips]),
        );
        deflate(&plain)
    }

    /// Reads what [`HomeTile::encode`] wrote, expanding at most 16 KB.
    ///
    /// # Errors
    /// [`HomeTileError`] if the bytes are too many, cut short, followed by others, or of another length inside.
    pub fn decode(bytes: &[u8]) -> Result<Self, HomeTileError> {
        if bytes.len() > MAX_ENCODED_HOME_TILE {
            return Err(HomeTileError::EncodedTooLarge(bytes.len()));
        }
        let plain = inflate(bytes, PLAIN_BYTES)?;
        let short = HomeTileError::Length(plain.len());
        let (header, body) = plain.split_first_chunk::<HEADER_BYTES>().ok_or(short)?;
        if body.len() != TILE_AREA * CELL_BYTES {
            return Err(short);
        }
        let mut tile = Self {
            n: u32::from_le_bytes(*header),
            ..Self::default()
        };
        for (cell, bytes) in tile.cells.iter_mut().zip(body.as_chunks::<CELL_BYTES>().0) {
            let [occ, free, last, flips] = *bytes;
            *cell = HomeCell {
                occ,
                free,
                last,
                flips,
            };
        }
        Ok(tile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tile_of(cell: RunCell) -> RunTile {
        let mut tile = RunTile::new();
        tile.set(3, 4, cell);
        tile
    }

    fn voted(votes: &[RunCell]) -> HomeCell {
        let mut home = HomeTile::new();
        for (i, vote) in votes.iter().enumerate() {
            assert!(home.vote(&tile_of(*vote), i as u32 + 1));
        }
        home.get(3, 4)
    }

    #[test]
    fn votes_flips_and_streaks_are_counted() {
        use RunCell::{Free, Occupied, Touched, Unknown};
        let cell = voted(&[Occupied, Occupied, Unknown, Free, Touched, Free, Free]);
        assert_eq!(
            cell,
            HomeCell {
                occ: 3,
                free: 3,
                last: 0b110100,
                flips: 3
            }
        );
        assert_eq!((cell.free_streak(), cell.occupied_streak()), (2, 0));
        assert_eq!(cell.occupied_share(), 0.5);
    }

    #[test]
    fn a_full_counter_halves_and_keeps_the_ratio() {
        let cell = voted(&[RunCell::Free; 300]);
        assert!(cell.occ == 0 && cell.free > 127);
        assert_eq!(cell.free_streak(), RECENT_RUNS);
    }

    #[test]
    fn a_run_votes_once() {
        let mut home = HomeTile::new();
        assert!(home.vote(&tile_of(RunCell::Occupied), 4));
        let before = home.clone();
        assert!(!home.vote(&tile_of(RunCell::Occupied), 4));
        assert!(!home.vote(&tile_of(RunCell::Free), 3));
        assert_eq!(home, before);
    }

    #[test]
    fn lengths_other_than_a_tile_are_refused() {
        assert_eq!(HomeTile::decode(&deflate(&[0; 3])), Err(HomeTileError::Length(3)));
        assert_eq!(
            HomeTile::decode(&deflate(&[0; 100])),
            Err(HomeTileError::Length(100))
        );
        assert!(matches!(
            HomeTile::decode(&deflate(&[0; 100_000])),
            Err(HomeTileError::Inflate(_))
        ));
    }

    proptest! {
        #[test]
        fn every_home_tile_survives_its_encoding(
            votes in proptest::collection::vec((0usize..64, 0usize..64, any::<bool>()), 0..200),
        ) {
            let mut home = HomeTile::new();
            for (n, (col, row, occupied)) in votes.into_iter().enumerate() {
                let mut run = RunTile::new();
                run.set(col, row, if occupied { RunCell::Occupied } else { RunCell::Free });
                home.vote(&run, n as u32 + 1);
            }
            prop_assert_eq!(HomeTile::decode(&home.encode()).unwrap(), home);
        }

        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = HomeTile::decode(&bytes);
        }
    }
}
