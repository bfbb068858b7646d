//! Tiles of runs: small binary items, kept until their run has long voted.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use domain::access::HomeScope;
use domain::id::RunId;
use domain::ports::{RunTileStore, StoreError, StoredRunTile, Written};
use domain::run::Rev;
use mapping::run_tile::RunTile;
use mapping::tile::TileIndex;

use crate::TableStore;
use crate::expression::Expression;
use crate::item::{Item, Record, binary, corrupt, number, read_binary, read_number};
use crate::keys::{Key, Listing, SORT, tile_of};
use crate::operations::Attempt;
use crate::table::TABLE_SPEC;

/// How long the tiles of a run are kept.
pub const RUN_TILES_KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);

const TILE: &str = "run tile";
/// Short, because it is paid for with every tile.
const CELLS: &str = "e";
const REV: &str = "rev";

#[async_trait]
impl RunTileStore for TableStore {
    async fn put_tile(
        &self,
        scope: &HomeScope,
        run: RunId,
        tile: &StoredRunTile,
    ) -> Result<Written, StoreError> {
        let record = Record::new(TILE, Key::run_tile(scope, run, tile.index))
            .with(CELLS, binary(tile.cells.encode()))
            .with(REV, number(tile.rev.0))
            .expiring(self.now().plus(RUN_TILES_KEPT));
        let newer =
            Expression::new("attribute_not_exists(#rev) OR #rev < :rev").with(REV, number(tile.rev.0));
        Ok(match self.put_if(record, newer).await? {
            Attempt::Done => Written::Stored,
            Attempt::Refused(_) => Written::Stale,
        })
    }

    async fn tile_revs(&self, scope: &HomeScope, run: RunId) -> Result<BTreeMap<TileIndex, Rev>, StoreError> {
        let wanted = Expression::new(format!("#{SORT}, #{REV}, #{}", TABLE_SPEC.ttl));
        let items = self.all(&Listing::run_tiles(scope, run), Some(wanted)).await?;
        items
            .iter()
            .map(|item| Ok((tile_of(TILE, item)?, rev_of(item)?)))
            .collect()
    }

    async fn tiles(&self, scope: &HomeScope, run: RunId) -> Result<Vec<StoredRunTile>, StoreError> {
        let items = self.all(&Listing::run_tiles(scope, run), None).await?;
        items.iter().map(stored_tile).collect()
    }
}

fn stored_tile(item: &Item) -> Result<StoredRunTile, StoreError> {
    let bytes = read_binary(TILE, item, CELLS)?;
    let cells = RunTile::decode(bytes).map_err(|error| corrupt(TILE, CELLS, error))?;
    Ok(StoredRunTile {
        index: tile_of(TILE, item)?,
        rev: rev_of(item)?,
        cells,
    })
}

fn rev_of(item: &Item) -> Result<Rev, StoreError> {
    read_number(TILE, item, REV).map(Rev)
}
