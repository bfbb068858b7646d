//! What one run knows of one tile, two bits for each cell.

use crate::deflate::{InflateError, deflate, inflate};
use crate::tile::{TILE_AREA, TILE_CELLS};

/// Largest [`RunTile::encode`] output that [`RunTile::decode`] looks at, in bytes.
pub const MAX_ENCODED_RUN_TILE: usize = 8 * 1024;
/// The bytes of an encoded tile above which it is encoded anew before it is kept: rooms take a tenth of it, noise in
/// every cell a little more, and the rest is padding.
const MAX_KEPT_AS_SENT: usize = 1024;

const PACKED_BYTES: usize = TILE_AREA / 4;
/// A run byte holds the cell in its upper two bits and the length minus one in the lower six.
const RUN_LENGTH_BITS: u32 = 6;
const MAX_RUN_LENGTH: usize = 1 << RUN_LENGTH_BITS;

/// What one run says of one cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RunCell {
    /// Not seen.
    #[default]
    Unknown = 0,
    /// Seen through or driven over.
    Free = 1,
    /// Seen as an obstacle.
    Occupied = 2,
    /// Bumped into, or a cliff: an obstacle the range sensor may not see.
    Touched = 3,
}

impl RunCell {
    /// Whether something is there, seen or touched.
    pub const fn is_obstacle(self) -> bool {
        matches!(self, Self::Occupied | Self::Touched)
    }

    const fn from_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::Unknown,
            1 => Self::Free,
            2 => Self::Occupied,
            _ => Self::Touched,
        }
    }
}

/// Why bytes are not a run tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// More bytes than any tile needs.
    #[error("an encoded tile of {0} bytes is larger than {MAX_ENCODED_RUN_TILE} bytes")]
    EncodedTooLarge(usize),
    /// The compressed layer is not valid.
    #[error("the tile cannot be expanded")]
    Inflate(#[from] InflateError),
    /// The runs describe another number of cells than a tile has.
    #[error("the tile describes {0} cells instead of {TILE_AREA}")]
    CellCount(usize),
}

/// The cells of one tile as one run saw them: column and row each below [`TILE_CELLS`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RunTile {
    packed: Box<[u8; PACKED_BYTES]>,
}

/// What [`RunTile::encode`] writes, checked but not expanded: for who keeps tiles without looking at their cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedRunTile(Vec<u8>);

impl EncodedRunTile {
    /// The bytes of one tile; those of a large one are made anew, so that nobody can fill a store with padding.
    ///
    /// # Errors
    /// [`TileError`] if [`RunTile::decode`] would refuse them.
    pub fn checked(bytes: Vec<u8>) -> Result<Self, TileError> {
        if bytes.len() > MAX_KEPT_AS_SENT {
            return RunTile::decode(&bytes).map(|tile| Self::from(&tile));
        }
        run_bytes(&bytes)?;
        Ok(Self(bytes))
    }

    /// The bytes, as [`RunTile::decode`] reads them.
    pub fn bytes(&self) -> &[u8] {
        let Self(bytes) = self;
        bytes
    }
}

impl From<&RunTile> for EncodedRunTile {
    fn from(tile: &RunTile) -> Self {
        Self(tile.encode())
    }
}

impl Default for RunTile {
    fn default() -> Self {
        Self {
            packed: Box::new([0; PACKED_BYTES]),
        }
    }
}

impl std::fmt::Debug for RunTile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunTile")
            .field("known_cells", &self.known_cells())
            .finish()
    }
}

impl RunTile {
    /// A tile of which nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// The cell at (`col`, `row`); outside the tile it is unknown.
    pub fn get(&self, col: usize, row: usize) -> RunCell {
        match slot(col, row) {
            Some(slot) => self.at(slot),
            None => RunCell::Unknown,
        }
    }

    /// Sets the cell at (`col`, `row`); outside the tile nothing happens.
    pub fn set(&mut self, col: usize, row: usize, cell: RunCell) {
        if let Some(slot) = slot(col, row) {
            self.set_at(slot, cell);
        }
    }

    /// All cells, row by row.
    pub fn cells(&self) -> impl Iterator<Item = RunCell> + '_ {
        (0..TILE_AREA).map(|slot| self.at(slot))
    }

    /// Number of cells that are not unknown.
    pub fn known_cells(&self) -> usize {
        self.cells().filter(|cell| *cell != RunCell::Unknown).count()
    }

    /// Whether no cell is known.
    pub fn is_blank(&self) -> bool {
        self.packed.iter().all(|byte| *byte == 0)
    }

    /// The tile as run lengths under raw deflate; equal tiles give equal bytes.
    pub fn encode(&self) -> Vec<u8> {
        deflate(&self.run_lengths())
    }

    /// Reads what [`RunTile::encode`] wrote, expanding at most one byte per cell.
    ///
    /// # Errors
    /// [`TileError`] if the bytes are too many, cut short, followed by others, or describe too few or too many cells.
    pub fn decode(bytes: &[u8]) -> Result<Self, TileError> {
        let mut tile = Self::new();
        let mut slot = 0;
        for run in run_bytes(bytes)? {
            let end = slot + run_length(run);
            let cell = RunCell::from_bits(run >> RUN_LENGTH_BITS);
            (slot..end).for_each(|slot| tile.set_at(slot, cell));
            slot = end;
        }
        Ok(tile)
    }

    /// The packed cells, four in each byte, the first in the lowest bits.
    pub(crate) fn packed(&self) -> &[u8] {
        self.packed.as_slice()
    }

    pub(crate) fn at(&self, slot: usize) -> RunCell {
        let byte = self.packed.get(slot / 4).copied().unwrap_or(0);
        RunCell::from_bits(byte >> (2 * (slot % 4)))
    }

    pub(crate) fn set_at(&mut self, slot: usize, cell: RunCell) {
        if let Some(byte) = self.packed.get_mut(slot / 4) {
            let shift = 2 * (slot % 4);
            *byte = (*byte & !(3 << shift)) | ((cell as u8) << shift);
        }
    }

    fn run_lengths(&self) -> Vec<u8> {
        let mut runs = Vec::with_capacity(TILE_AREA / 4);
        let mut cells = self.cells().peekable();
        while let Some(cell) = cells.next() {
            let mut length = 1;
            while length < MAX_RUN_LENGTH && cells.next_if_eq(&cell).is_some() {
                length += 1;
            }
            runs.push(((cell as u8) << RUN_LENGTH_BITS) | (length - 1) as u8);
        }
        runs
    }
}

/// The bytes of all runs in what [`RunTile::encode`] wrote.
fn run_bytes(encoded: &[u8]) -> Result<Vec<u8>, TileError> {
    if encoded.len() > MAX_ENCODED_RUN_TILE {
        return Err(TileError::EncodedTooLarge(encoded.len()));
    }
    let runs = inflate(encoded, TILE_AREA)?;
    let total: usize = runs.iter().map(|run| run_length(*run)).sum();
    if total != TILE_AREA {
        return Err(TileError::CellCount(total));
    }
    Ok(runs)
}

fn run_length(run: u8) -> usize {
    usize::from(run) % MAX_RUN_LENGTH + 1
}

fn slot(col: usize, row: usize) -> Option<usize> {
    (col < TILE_CELLS && row < TILE_CELLS).then_some(row * TILE_CELLS + col)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_blank_tile_is_a_few_bytes_and_comes_back() {
        let bytes = RunTile::new().encode();
        assert!(bytes.len() <= 16, "{} bytes", bytes.len());
        assert!(RunTile::decode(&bytes).unwrap().is_blank());
    }

    #[test]
    fn cells_outside_are_unknown_and_cannot_be_set() {
        let mut tile = RunTile::new();
        tile.set(64, 0, RunCell::Free);
        tile.set(0, 64, RunCell::Free);
        assert!(tile.is_blank());
        assert_eq!(tile.get(64, 64), RunCell::Unknown);
    }

    #[test]
    fn too_few_and_too_many_cells_are_refused() {
        assert_eq!(
            RunTile::decode(&deflate(&[63; 63])),
            Err(TileError::CellCount(4032))
        );
        assert_eq!(
            RunTile::decode(&deflate(&[63; 65])),
            Err(TileError::CellCount(4160))
        );
        assert_eq!(
            RunTile::decode(&vec![0; 9000]),
            Err(TileError::EncodedTooLarge(9000))
        );
    }

    #[test]
    fn padding_is_not_kept() {
        let encoded = RunTile::new().encode();
        let empty_blocks = [0, 0, 0, 0xff, 0xff].repeat(400);
        let padded = [empty_blocks, encoded.clone()].concat();
        assert_eq!(RunTile::decode(&padded).unwrap(), RunTile::new());
        assert_eq!(EncodedRunTile::checked(padded).unwrap().bytes(), encoded);
    }

    proptest! {
        #[test]
        fn every_tile_survives_its_encoding(bits in proptest::collection::vec(0u8..4, TILE_AREA)) {
            let mut tile = RunTile::new();
            for (slot, bits) in bits.iter().enumerate() {
                tile.set(slot % TILE_CELLS, slot / TILE_CELLS, RunCell::from_bits(*bits));
            }
            let bytes = tile.encode();
            prop_assert!(bytes.len() <= MAX_ENCODED_RUN_TILE);
            prop_assert_eq!(&RunTile::decode(&bytes).unwrap(), &tile);
            prop_assert!(RunTile::decode(&bytes[..bytes.len() - 1]).is_err());
            prop_assert_eq!(EncodedRunTile::checked(bytes).unwrap(), EncodedRunTile::from(&tile));
        }

        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let refused = RunTile::decode(&bytes).err();
            prop_assert_eq!(EncodedRunTile::checked(bytes).err(), refused);
        }
    }
}
