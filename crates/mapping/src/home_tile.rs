//! What all runs together know of one tile: a few counters for each cell.

use crate::deflate::{InflateError, deflate, inflate};
use crate::run_tile::{RunCell, RunTile};
use crate::tile::{TILE_AREA, TILE_CELLS};

/// Largest [`HomeTile::encode`] output that [`HomeTile::decode`] looks at, in bytes.
pub const MAX_ENCODED_HOME_TILE: usize = 32 * 1024;
/// How many of the latest runs that saw a cell are kept one by one.
pub const RECENT_RUNS: u32 = 8;

const HEADER_BYTES: usize = 4;
/// At most the votes, the occupied votes and the latest votes of every cell.
const PLAIN_BYTES: usize = HEADER_BYTES + TILE_AREA * 3;

/// Evidence for one cell, one vote for each run that saw it.
///
/// Both counts are halved when they reach 255 together, so that their ratio stays and the map forgets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct HomeCell {
    /// Runs that saw it occupied or touched it.
    pub occ: u8,
    /// Runs that saw it free.
    pub free: u8,
    /// What the last eight runs that saw it said, the newest in the lowest bit, 1 for occupied.
    pub last: u8,
}

impl HomeCell {
    /// Number of runs that count, at most 255.
    pub fn votes(self) -> u8 {
        self.occ.saturating_add(self.free)
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
        self.last.trailing_zeros().min(u32::from(self.votes()))
    }

    /// Whether the latest run that saw it saw it occupied.
    pub fn is_occupied_now(self) -> bool {
        self.last & 1 == 1
    }

    /// Whether one of the latest [`RECENT_RUNS`] runs that saw it saw it occupied, 0 for the last of them.
    pub fn was_occupied(self, run: u32) -> bool {
        let is_known = run < u32::from(self.votes()).min(RECENT_RUNS);
        is_known && self.last >> run & 1 == 1
    }

    /// How often a run said other than the one before, among the last eight that saw it.
    pub fn flips(self) -> u32 {
        let pairs = u32::from(self.votes()).min(RECENT_RUNS).saturating_sub(1);
        let changes = u32::from(self.last ^ (self.last >> 1));
        (changes & ((1 << pairs) - 1)).count_ones()
    }

    fn vote(&mut self, occupied: bool) {
        self.last = (self.last << 1) | u8::from(occupied);
        if self.votes() == u8::MAX {
            (self.occ, self.free) = (self.occ / 2, self.free / 2);
        }
        let count = if occupied { &mut self.occ } else { &mut self.free };
        *count += 1;
        if !self.is_mixed() {
            *self = Self::of_counts(self.occ, self.free);
        }
    }

    /// Whether both were seen, occupied and free.
    fn is_mixed(self) -> bool {
        self.occ > 0 && self.free > 0
    }

    /// A cell whose latest votes follow from its counts.
    fn of_counts(occ: u8, free: u8) -> Self {
        let last = 1u8.checked_shl(u32::from(occ)).map_or(u8::MAX, |bit| bit - 1);
        Self { occ, free, last }
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
    /// The content is not a header, the counts of every cell and the history of those that changed.
    #[error("the {0} bytes of the home tile do not agree with its counts")]
    Counts(usize),
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

    /// The number of the last run and the counts of each cell, under raw deflate; equal tiles give equal bytes.
    ///
    /// What follows from the rest is left out: an unseen cell has no occupied votes, a cell that was always the same
    /// has no history.
    pub fn encode(&self) -> Vec<u8> {
        let seen = self.cells.iter().filter(|cell| cell.votes() > 0);
        let mixed = self.cells.iter().filter(|cell| cell.is_mixed());
        let mut plain = Vec::with_capacity(PLAIN_BYTES);
        plain.extend(self.n.to_le_bytes());
        plain.extend(self.cells.iter().map(|cell| cell.votes()));
        plain.extend(seen.map(|cell| cell.occ));
        plain.extend(mixed.map(|cell| cell.last));
        deflate(&plain)
    }

    /// Reads what [`HomeTile::encode`] wrote, expanding at most 12 KB.
    ///
    /// # Errors
    /// [`HomeTileError`] if the bytes are too many, cut short, followed by others, or their counts do not agree.
    pub fn decode(bytes: &[u8]) -> Result<Self, HomeTileError> {
        if bytes.len() > MAX_ENCODED_HOME_TILE {
            return Err(HomeTileError::EncodedTooLarge(bytes.len()));
        }
        let plain = inflate(bytes, PLAIN_BYTES)?;
        let wrong = HomeTileError::Counts(plain.len());
        let (header, counts) = plain.split_first_chunk::<HEADER_BYTES>().ok_or(wrong)?;
        let (votes, rest) = counts.split_at_checked(TILE_AREA).ok_or(wrong)?;
        let mut rest = rest.iter().copied();
        let mut tile = Self {
            n: u32::from_le_bytes(*header),
            ..Self::default()
        };
        for (cell, votes) in tile.cells.iter_mut().zip(votes).filter(|(_, votes)| **votes > 0) {
            let occ = rest.next().ok_or(wrong)?;
            *cell = HomeCell::of_counts(occ, votes.checked_sub(occ).ok_or(wrong)?);
        }
        for cell in tile.cells.iter_mut().filter(|cell| cell.is_mixed()) {
            cell.last = rest.next().ok_or(wrong)?;
        }
        if rest.next().is_some() {
            Err(wrong)
        } else {
            Ok(tile)
        }
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
                last: 0b110100
            }
        );
        assert_eq!((cell.free_streak(), cell.flips()), (2, 3));
        assert_eq!(cell.occupied_share(), 0.5);
    }

    #[test]
    fn a_full_counter_halves_and_keeps_the_ratio() {
        let cell = voted(&[RunCell::Free; 300]);
        assert!(cell.occ == 0 && cell.free > 127 && cell.flips() == 0);
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
        assert_eq!(HomeTile::decode(&deflate(&[0; 3])), Err(HomeTileError::Counts(3)));
        assert_eq!(
            HomeTile::decode(&deflate(&[0; 100])),
            Err(HomeTileError::Counts(100))
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
