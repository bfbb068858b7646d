//! Packs of run tiles: the one binary payload.
//!
//! Layout, big-endian: version `u8`; pairing `u128`; run `u128`; number of tiles `u16`; then for each tile its
//! column `i16`, row `i16`, revision `u32`, length `u16`, and that many bytes of [`RunTile::encode`].

use domain::id::{PairingId, RunId};
use domain::run::Rev;
use mapping::run_tile::{EncodedRunTile, RunTile, TileError};
use mapping::tile::TileIndex;

use crate::reader::Reader;
use crate::{VERSION, WireError};

/// The size up to which tiles are packed together, one metering step of AWS IoT Core.
pub const TARGET_PACK_BYTES: usize = 5 * 1024;
/// The most tiles in one pack.
pub const MAX_PACK_TILES: usize = 1024;
/// The bytes before the first tile.
pub const HEADER_BYTES: usize = 1 + 16 + 16 + 2;
/// The bytes of a tile beside its cells.
pub const TILE_HEADER_BYTES: usize = 2 + 2 + 4 + 2;

/// A tile as it travels: still compressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedTile {
    /// Which tile.
    pub index: TileIndex,
    /// Its revision.
    pub rev: Rev,
    /// Its cells, as [`RunTile::encode`] writes them.
    pub cells: Vec<u8>,
}

impl PackedTile {
    /// The bytes that the tile takes in a pack.
    pub fn packed_bytes(&self) -> usize {
        TILE_HEADER_BYTES + self.cells.len()
    }

    /// The tile's cells.
    pub fn unpack(&self) -> Result<RunTile, WireError> {
        RunTile::decode(&self.cells).map_err(|error| self.malformed(error))
    }

    /// The tile's cells, checked but still compressed.
    pub fn checked(&self) -> Result<EncodedRunTile, WireError> {
        EncodedRunTile::checked(self.cells.clone()).map_err(|error| self.malformed(error))
    }

    fn malformed(&self, error: TileError) -> WireError {
        WireError::Malformed {
            field: format!("tiles[{},{}].cells", self.index.x, self.index.y),
            reason: error.to_string(),
        }
    }
}

/// What a run knows of some tiles: all of each, so that a later pack replaces an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TilePack {
    /// The pairing under which the run is driven.
    pub pairing: PairingId,
    /// The run.
    pub run: RunId,
    /// The tiles.
    pub tiles: Vec<PackedTile>,
}

impl TilePack {
    /// The payload. Tiles longer than 65,535 bytes cannot exist: [`RunTile::encode`] stays far below.
    pub fn encode(&self) -> Vec<u8> {
        let tiles = &self.tiles[..self.tiles.len().min(MAX_PACK_TILES)];
        let size = HEADER_BYTES + tiles.iter().map(PackedTile::packed_bytes).sum::<usize>();
        let mut bytes = Vec::with_capacity(size);
        bytes.push(VERSION);
        bytes.extend(self.pairing.as_u128().to_be_bytes());
        bytes.extend(self.run.as_u128().to_be_bytes());
        bytes.extend((tiles.len() as u16).to_be_bytes());
        for tile in tiles {
            bytes.extend(tile.index.x.to_be_bytes());
            bytes.extend(tile.index.y.to_be_bytes());
            bytes.extend(tile.rev.0.to_be_bytes());
            bytes.extend((tile.cells.len() as u16).to_be_bytes());
            bytes.extend(&tile.cells);
        }
        bytes
    }

    /// The pack in `bytes`; the cells stay compressed until [`PackedTile::unpack`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::of_payload(bytes)?;
        let pairing = PairingId::from_u128(u128::from_be_bytes(reader.take("pairing")?));
        let run = RunId::from_u128(u128::from_be_bytes(reader.take("run")?));
        let count = usize::from(u16::from_be_bytes(reader.take("count")?));
        if count > MAX_PACK_TILES {
            let reason = format!("must be at most {MAX_PACK_TILES}, is {count}");
            return Err(WireError::Malformed {
                field: "count".into(),
                reason,
            });
        }
        let tiles = (0..count).map(|_| tile(&mut reader)).collect::<Result<_, _>>()?;
        match reader.0.len() {
            0 => Ok(Self { pairing, run, tiles }),
            bytes => Err(WireError::Trailing { bytes }),
        }
    }
}

/// How many tiles the head of a payload speaks of; none when that is more than a pack can have, or there is no head.
pub fn claimed_tiles(payload: &[u8]) -> u16 {
    let count = payload.get(HEADER_BYTES - size_of::<u16>()..HEADER_BYTES);
    let count = count
        .and_then(|count| count.try_into().ok())
        .map_or(0, u16::from_be_bytes);
    if usize::from(count) > MAX_PACK_TILES {
        0
    } else {
        count
    }
}

fn tile(reader: &mut Reader<'_>) -> Result<PackedTile, WireError> {
    let x = i16::from_be_bytes(reader.take("tiles.x")?);
    let y = i16::from_be_bytes(reader.take("tiles.y")?);
    let rev = Rev(u32::from_be_bytes(reader.take("tiles.rev")?));
    let length = usize::from(u16::from_be_bytes(reader.take("tiles.length")?));
    let (cells, rest) = reader
        .0
        .split_at_checked(length)
        .ok_or(WireError::Truncated { field: "tiles.cells" })?;
    reader.0 = rest;
    Ok(PackedTile {
        index: TileIndex { x, y },
        rev,
        cells: cells.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pack(tiles: Vec<PackedTile>) -> TilePack {
        TilePack {
            pairing: PairingId::from_u128(7),
            run: RunId::from_u128(9),
            tiles,
        }
    }

    fn any_tile() -> impl Strategy<Value = PackedTile> {
        (
            any::<i16>(),
            any::<i16>(),
            any::<u32>(),
            proptest::collection::vec(any::<u8>(), 0..300),
        )
            .prop_map(|(x, y, rev, cells)| PackedTile {
                index: TileIndex { x, y },
                rev: Rev(rev),
                cells,
            })
    }

    proptest! {
        #[test]
        fn a_pack_reads_back(tiles in proptest::collection::vec(any_tile(), 0..20)) {
            let pack = pack(tiles);
            prop_assert_eq!(TilePack::decode(&pack.encode()), Ok(pack));
        }

        #[test]
        fn a_cut_pack_is_refused(tiles in proptest::collection::vec(any_tile(), 1..5), keep in 0.0..1.0) {
            let bytes = pack(tiles).encode();
            let keep = (bytes.len() as f64 * keep) as usize;
            prop_assert!(TilePack::decode(&bytes[..keep]).is_err());
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = TilePack::decode(&bytes).map(|pack| pack.tiles.iter().map(PackedTile::unpack).count());
        }
    }

    #[test]
    fn bytes_after_the_last_tile_are_refused() {
        let mut bytes = pack(vec![]).encode();
        bytes.push(0);
        assert_eq!(TilePack::decode(&bytes), Err(WireError::Trailing { bytes: 1 }));
    }

    #[test]
    fn another_version_is_named() {
        let mut bytes = pack(vec![]).encode();
        bytes[0] = 9;
        assert_eq!(
            TilePack::decode(&bytes),
            Err(WireError::UnknownVersion { found: 9 })
        );
    }
}
