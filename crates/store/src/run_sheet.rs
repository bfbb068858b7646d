//! A sheet of run tiles as an item: for each tile an attribute for its cells and one for its revision.
//!
//! Single attributes can be written, each under a condition of its own, without reading the item. Sheets were once kept
//! as one attribute with all tiles; these are still read, and get the present form when a tile is entered.

use std::collections::BTreeMap;

use domain::ports::{SentRunTile, StoreError, StoredRunTile};
use domain::run::Rev;
use mapping::run_tile::RunTile;
use mapping::sheet::{SHEET_AREA, place_of};

use crate::expression::Expression;
use crate::item::{Item, Record, binary, corrupt, number, read_binary, read_number};
use crate::keys::{Key, sheet_of};
use crate::sheets::{TILES, unpack};
use crate::table::TABLE_SPEC;

/// What a sheet is called in errors.
pub(crate) const SHEET: &str = "sheet of run tiles";
/// How often a sheet was written that is one attribute.
const WRITES: &str = "n";

/// Tiles of one sheet by their place on it: revision and cells as they are stored.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunSheet(BTreeMap<u8, (Rev, Vec<u8>)>);

impl RunSheet {
    /// The tiles of an item in either form.
    pub(crate) fn of(item: &Item) -> Result<Self, StoreError> {
        if item.contains_key(TILES) {
            let (_, tiles) = unpack(SHEET, item, tile_of)?;
            let placed = tiles.into_iter().map(|(index, tile)| (place_of(index), tile));
            return Ok(Self(placed.collect()));
        }
        let places = (0..SHEET_AREA as u8).filter(|place| item.contains_key(&cells_name(*place)));
        let tile = |place| {
            let rev = Rev(read_number(SHEET, item, &rev_name(place))?);
            let cells = read_binary(SHEET, item, &cells_name(place))?.to_vec();
            Ok((place, (rev, cells)))
        };
        Ok(Self(places.map(tile).collect::<Result<_, StoreError>>()?))
    }

    /// The tiles of an item with their cells.
    pub(crate) fn expanded(item: &Item) -> Result<Vec<StoredRunTile>, StoreError> {
        let (sheet, Self(tiles)) = (sheet_of(SHEET, item)?, Self::of(item)?);
        let tile = |(place, (rev, cells)): (u8, (Rev, Vec<u8>))| {
            let name = cells_name(place);
            let beyond = || corrupt(SHEET, &name, "is beyond all tiles");
            Ok(StoredRunTile {
                index: sheet.tile(place).ok_or_else(beyond)?,
                rev,
                cells: RunTile::decode(&cells).map_err(|error| corrupt(SHEET, &name, error))?,
            })
        };
        tiles.into_iter().map(tile).collect()
    }

    /// Takes a tile of this sheet, unless it has a newer one.
    pub(crate) fn take(&mut self, tile: &SentRunTile) {
        let Self(tiles) = self;
        let place = place_of(tile.index);
        if tiles.get(&place).is_none_or(|(rev, _)| *rev < tile.rev) {
            tiles.insert(place, (tile.rev, tile.cells.bytes().to_vec()));
        }
    }

    /// Leaves only what is newer than what is `stored`.
    pub(crate) fn retain_newer_than(&mut self, Self(stored): &Self) {
        let Self(tiles) = self;
        tiles.retain(|place, (rev, _)| stored.get(place).is_none_or(|(stored, _)| stored < rev));
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The whole item.
    pub(crate) fn record(self, key: Key) -> Record {
        let Self(tiles) = self;
        tiles
            .into_iter()
            .fold(Record::new(SHEET, key), |record, (place, (rev, cells))| {
                record
                    .with(&cells_name(place), binary(cells))
                    .with(&rev_name(place), number(rev.0))
            })
    }

    /// Enters all tiles, and lets the item expire in the second `ttl`.
    pub(crate) fn entered(&self, ttl: i64) -> Expression {
        let Self(tiles) = self;
        let name = TABLE_SPEC.ttl;
        let expiring = Expression::new(format!("SET #{name} = :{name}")).with(name, number(ttl));
        tiles.iter().fold(expiring, |change, (place, (rev, cells))| {
            let (cells_at, rev_at) = (cells_name(*place), rev_name(*place));
            change
                .then(format!(", #{cells_at} = :{cells_at}, #{rev_at} = :{rev_at}"))
                .with(&cells_at, binary(cells.clone()))
                .with(&rev_at, number(rev.0))
        })
    }

    /// Holds, beside [`Self::entered`], when each tile is newer than what is stored, and nothing stored has expired at
    /// `now` or has the form of one attribute.
    pub(crate) fn is_newer(&self, now: i64) -> Expression {
        let Self(tiles) = self;
        let (pk, ttl) = (TABLE_SPEC.partition_key, TABLE_SPEC.ttl);
        let stored = format!("attribute_not_exists(#{TILES}) AND #{ttl} > :now");
        let newer = tiles.keys().map(|place| rev_name(*place));
        let newer = newer.map(|rev| format!(" AND (attribute_not_exists(#{rev}) OR #{rev} < :{rev})"));
        let text = format!(
            "attribute_not_exists(#{pk}) OR ({stored}{})",
            newer.collect::<String>()
        );
        Expression::new(text).with("now", number(now))
    }
}

/// Holds while an item in the form of one attribute is as it was read; `None` for an item in the present form.
pub(crate) fn unchanged(item: &Item) -> Option<Expression> {
    let writes = item.get(WRITES)?.clone();
    Some(Expression::new(format!("#{WRITES} = :writes")).with("writes", writes))
}

fn cells_name(place: u8) -> String {
    format!("t{place}")
}

fn rev_name(place: u8) -> String {
    format!("r{place}")
}

fn tile_of(bytes: &[u8]) -> Result<(Rev, Vec<u8>), StoreError> {
    let (rev, cells) = bytes
        .split_first_chunk()
        .ok_or_else(|| corrupt(SHEET, TILES, "has a tile without revision"))?;
    Ok((Rev(u32::from_be_bytes(*rev)), cells.to_vec()))
}
