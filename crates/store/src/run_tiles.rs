//! Tiles of runs: small, and so kept together by sheets, until their run has long voted.
//!
//! A sheet is read, merged and written under the condition that nobody wrote it meanwhile; each of its tiles has a
//! revision of its own.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use domain::access::HomeScope;
use domain::id::RunId;
use domain::ports::{RunTileStore, StoreError, StoredRunTile};
use domain::run::Rev;
use futures_util::future::try_join_all;
use mapping::SheetIndex;
use mapping::run_tile::RunTile;
use mapping::tile::TileIndex;

use crate::TableStore;
use crate::expression::Expression;
use crate::item::{Item, Record, binary, corrupt, is_expired, number, read_number};
use crate::keys::{Key, Listing};
use crate::operations::{Attempt, Read};
use crate::sheets::{TILES, pack, unpack};

/// How long the tiles of a run are kept.
pub const RUN_TILES_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How often a sheet is merged again after somebody else wrote it: more writers at once than a run has messages.
const MAX_MERGES: usize = 32;

const SHEET: &str = "sheet of run tiles";
/// How often the sheet was written.
const WRITES: &str = "n";

/// The tiles of a run that lie on one sheet.
#[derive(Default)]
struct Sheet {
    /// 0 before the first write.
    writes: u32,
    /// With the cells as they are stored: most of them stay as they are when a sheet is written again.
    tiles: BTreeMap<TileIndex, (Rev, Vec<u8>)>,
}

#[async_trait]
impl RunTileStore for TableStore {
    async fn put_tiles(
        &self,
        scope: &HomeScope,
        run: RunId,
        tiles: &[StoredRunTile],
    ) -> Result<usize, StoreError> {
        let mut sheets: BTreeMap<SheetIndex, Vec<&StoredRunTile>> = BTreeMap::new();
        for tile in tiles {
            sheets.entry(tile.index.into()).or_default().push(tile);
        }
        let merges = sheets
            .into_iter()
            .map(|(index, tiles)| self.merge(Key::run_sheet(scope, run, index), tiles));
        Ok(try_join_all(merges).await?.into_iter().sum())
    }

    async fn tiles(&self, scope: &HomeScope, run: RunId) -> Result<Vec<StoredRunTile>, StoreError> {
        let mut tiles = Vec::new();
        for item in self.all(&Listing::run_sheets(scope, run)).await? {
            for (index, (rev, cells)) in Sheet::of(&item)?.tiles {
                let cells = RunTile::decode(&cells).map_err(|error| corrupt(SHEET, TILES, error))?;
                tiles.push(StoredRunTile { index, rev, cells });
            }
        }
        tiles.sort_unstable_by_key(|tile| tile.index);
        Ok(tiles)
    }
}

impl TableStore {
    /// Enters what is newer into the sheet at `key`; gives how many tiles that were.
    async fn merge(&self, key: Key, tiles: Vec<&StoredRunTile>) -> Result<usize, StoreError> {
        let mut stored = self.get(key.clone(), Read::Consistent).await?;
        for _ in 0..MAX_MERGES {
            let mut sheet = stored.as_ref().map(Sheet::of).transpose()?.unwrap_or_default();
            let newer = tiles.iter().filter(|tile| sheet.take(tile)).count();
            if newer == 0 {
                return Ok(0);
            }
            match self
                .put_if(self.record(key.clone(), &sheet)?, self.unwritten_since(&sheet))
                .await?
            {
                Attempt::Done => return Ok(newer),
                Attempt::Refused(item) => {
                    stored = Some(item).filter(|item| !item.is_empty() && !is_expired(item, self.now()));
                }
            }
        }
        Err(StoreError::Conflict { what: SHEET })
    }

    fn record(&self, key: Key, sheet: &Sheet) -> Result<Record, StoreError> {
        Ok(Record::new(SHEET, key)
            .with(TILES, binary(pack(SHEET, &sheet.tiles, encode)?))
            .with(WRITES, number(sheet.writes + 1))
            .expiring(self.now().plus(RUN_TILES_KEPT)))
    }

    fn unwritten_since(&self, sheet: &Sheet) -> Expression {
        match sheet.writes {
            0 => self.absent_or_expired(),
            writes => Expression::new(format!("#{WRITES} = :writes")).with("writes", number(writes)),
        }
    }
}

impl Sheet {
    fn of(item: &Item) -> Result<Self, StoreError> {
        let (_, tiles) = unpack(SHEET, item, decode)?;
        Ok(Self {
            writes: read_number(SHEET, item, WRITES)?,
            tiles,
        })
    }

    /// Takes the tile if it is newer than the one it has; says whether it was.
    fn take(&mut self, tile: &StoredRunTile) -> bool {
        let is_newer = self.tiles.get(&tile.index).is_none_or(|(rev, _)| *rev < tile.rev);
        if is_newer {
            self.tiles.insert(tile.index, (tile.rev, tile.cells.encode()));
        }
        is_newer
    }
}

fn encode((rev, cells): &(Rev, Vec<u8>)) -> Vec<u8> {
    [rev.0.to_be_bytes().as_slice(), cells].concat()
}

fn decode(bytes: &[u8]) -> Result<(Rev, Vec<u8>), StoreError> {
    let (rev, cells) = bytes
        .split_first_chunk()
        .ok_or_else(|| corrupt(SHEET, TILES, "has a tile without revision"))?;
    Ok((Rev(u32::from_be_bytes(*rev)), cells.to_vec()))
}
