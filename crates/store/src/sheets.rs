//! Tiles that lie on one sheet as one binary attribute.
//!
//! Layout, big-endian: for each tile its place on the sheet `u8`, length `u16`, and that many bytes.

use std::collections::BTreeMap;

use domain::ports::StoreError;
use mapping::SheetIndex;
use mapping::sheet::place_of;
use mapping::tile::TileIndex;

use crate::item::{Item, corrupt, read_binary};
use crate::keys::sheet_of;

/// The attribute that holds the tiles; short, because it is paid for with every sheet.
pub(crate) const TILES: &str = "e";

/// The tiles of one sheet, as the bytes of `encode`.
pub(crate) fn pack<'a, T: 'a>(
    what: &'static str,
    tiles: impl IntoIterator<Item = (&'a TileIndex, &'a T)>,
    encode: impl Fn(&T) -> Vec<u8>,
) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    for (index, tile) in tiles {
        let tile = encode(tile);
        let length = u16::try_from(tile.len()).map_err(|_| StoreError::TooLarge {
            what,
            bytes: tile.len(),
            limit: u16::MAX.into(),
        })?;
        bytes.push(place_of(*index));
        bytes.extend(length.to_be_bytes());
        bytes.extend(tile);
    }
    Ok(bytes)
}

/// The sheet that an item is, and its tiles, each as `decode` reads it.
pub(crate) fn unpack<T>(
    what: &'static str,
    item: &Item,
    decode: impl Fn(&[u8]) -> Result<T, StoreError>,
) -> Result<(SheetIndex, BTreeMap<TileIndex, T>), StoreError> {
    let sheet = sheet_of(what, item)?;
    let mut bytes = read_binary(what, item, TILES)?;
    let mut tiles = BTreeMap::new();
    while !bytes.is_empty() {
        let (place, tile, rest) = split(bytes).ok_or_else(|| corrupt(what, TILES, "breaks off"))?;
        let index = sheet
            .tile(place)
            .ok_or_else(|| corrupt(what, TILES, "has a tile beyond its sheet"))?;
        tiles.insert(index, decode(tile)?);
        bytes = rest;
    }
    Ok((sheet, tiles))
}

fn split(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[place, high, low], rest) = bytes.split_first_chunk::<3>()?;
    let (tile, rest) = rest.split_at_checked(u16::from_be_bytes([high, low]).into())?;
    Some((place, tile, rest))
}
