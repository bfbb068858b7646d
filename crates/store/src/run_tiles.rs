//! Tiles of runs: small, and so kept together by sheets, until their run has long voted.
//!
//! A message enters its tiles of a sheet in one write, under the condition that all of them are newer. Where some are
//! not, the refusal shows what is stored, and the others are entered; so nothing is read before it is written.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use domain::access::HomeScope;
use domain::id::RunId;
use domain::ports::{RunTileStore, SentRunTile, StoreError, StoredRunTile};
use futures_util::future::try_join_all;
use mapping::SheetIndex;

use crate::TableStore;
use crate::item::{Item, expiry, is_expired};
use crate::keys::{Key, Listing};
use crate::operations::Attempt;
use crate::run_sheet::{RunSheet, SHEET, unchanged};

/// How long the tiles of a run are kept.
pub const RUN_TILES_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How often the tiles of a sheet are entered again: more than a sheet has tiles, of which each refusal leaves fewer.
const MAX_ENTRIES: usize = 32;

#[async_trait]
impl RunTileStore for TableStore {
    async fn put_tiles(
        &self,
        scope: &HomeScope,
        run: RunId,
        tiles: &[SentRunTile],
    ) -> Result<usize, StoreError> {
        let mut sheets: BTreeMap<SheetIndex, RunSheet> = BTreeMap::new();
        for tile in tiles {
            sheets.entry(tile.index.into()).or_default().take(tile);
        }
        let entries = sheets
            .into_iter()
            .map(|(index, sent)| self.enter(Key::run_sheet(scope, run, index), sent));
        Ok(try_join_all(entries).await?.into_iter().sum())
    }

    async fn tiles(&self, scope: &HomeScope, run: RunId) -> Result<Vec<StoredRunTile>, StoreError> {
        let mut tiles = Vec::new();
        for item in self.all(&Listing::run_sheets(scope, run)).await? {
            tiles.extend(RunSheet::expanded(&item)?);
        }
        tiles.sort_unstable_by_key(|tile| tile.index);
        Ok(tiles)
    }
}

impl TableStore {
    /// Enters what is newer into the sheet at `key`; gives how many tiles that were.
    async fn enter(&self, key: Key, mut sent: RunSheet) -> Result<usize, StoreError> {
        for _ in 0..MAX_ENTRIES {
            let change = sent.entered(expiry(self.now().plus(RUN_TILES_KEPT)));
            let newer = sent.is_newer(self.now().seconds());
            let Attempt::Refused(item) = self.update_if(key.clone(), change, newer).await? else {
                return Ok(sent.len());
            };
            let stored = self.in_present_form(&key, &item).await?;
            sent.retain_newer_than(&stored);
            if sent.len() == 0 {
                return Ok(0);
            }
        }
        Err(StoreError::Conflict { what: SHEET })
    }

    /// The tiles of an item that was read. One that has expired, or has the earlier form, is written anew, unless
    /// somebody else wrote it meanwhile.
    async fn in_present_form(&self, key: &Key, item: &Item) -> Result<RunSheet, StoreError> {
        let (sheet, condition) = if is_expired(item, self.now()) {
            (RunSheet::default(), Some(self.absent_or_expired()))
        } else {
            (RunSheet::of(item)?, unchanged(item))
        };
        if let Some(condition) = condition {
            let record = sheet.clone().record(key.clone());
            let expiring = record.expiring(self.now().plus(RUN_TILES_KEPT));
            self.put_if(expiring, condition).await?;
        }
        Ok(sheet)
    }
}
