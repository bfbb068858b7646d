//! A finished run is sealed once every tile of its manifest has arrived.

use std::collections::BTreeSet;
use std::sync::Arc;

use mapping::run_map::RunMap;
use mapping::tile::TileIndex;

use super::{MAX_ATTEMPTS, UseCaseError, unless_conflict};
use crate::access::HomeScope;
use crate::id::{RobotId, RunId};
use crate::ports::{RobotMailbox, RunStore, RunTileStore, StoredRunTile};
use crate::receipt::{Receipt, ReceiptKind};
use crate::run::{Manifest, Run, RunState};
use crate::{CorrelationId, FieldError};

/// Checks completeness with consistent reads after the caller's own write, so that of the last tile and the
/// manifest whichever is stored second seals the run.
#[derive(Clone)]
pub struct Sealing {
    /// Where runs are.
    pub runs: Arc<dyn RunStore>,
    /// Where their tiles are.
    pub tiles: Arc<dyn RunTileStore>,
    /// How the robot hears of it.
    pub mailbox: Arc<dyn RobotMailbox>,
}

/// What a look at a run found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SealOutcome {
    /// It is sealed, now or before.
    Sealed,
    /// It has not ended, or is not known yet.
    NotFinished,
    /// It has ended, and these tiles have not arrived.
    Lacks(Vec<TileIndex>),
}

impl Sealing {
    /// The run as it is to be stored: sealed at once if it is finished and nothing of it is missing.
    ///
    /// Tiles that do not give the manifest's digest leave it unsealed.
    pub(super) async fn sealed_if_complete(&self, scope: &HomeScope, run: Run) -> Result<Run, UseCaseError> {
        let (Some(sealed), Some(report)) = (run.sealed(), &run.report) else {
            return Ok(run);
        };
        match self.lacking(scope, run.id, &report.manifest).await {
            Ok(None) => Ok(sealed),
            Ok(Some(_)) | Err(UseCaseError::Refused(_)) => Ok(run),
            Err(error) => Err(error),
        }
    }

    /// Seals the run if it is complete, and confirms it to the robot; one that was sealed before is not confirmed
    /// again, since the robot repeats its end until it is.
    ///
    /// Tiles that do not give the manifest's digest are [`UseCaseError::Refused`].
    pub async fn try_seal(
        &self,
        scope: &HomeScope,
        robot: RobotId,
        run: RunId,
    ) -> Result<SealOutcome, UseCaseError> {
        for _ in 0..MAX_ATTEMPTS {
            let Some(stored) = self.runs.run(scope, robot, run).await? else {
                return Ok(SealOutcome::NotFinished);
            };
            CorrelationId::note(stored.correlation.as_ref());
            if stored.state == RunState::Sealed {
                return Ok(SealOutcome::Sealed);
            }
            let (Some(sealed), Some(report)) = (stored.sealed(), &stored.report) else {
                return Ok(SealOutcome::NotFinished);
            };
            if let Some(lacking) = self.lacking(scope, run, &report.manifest).await? {
                return Ok(SealOutcome::Lacks(lacking));
            }
            let written = self.runs.put_run(scope, &sealed, Some(&stored)).await;
            if unless_conflict(written)?.is_some() {
                tracing::info!(robot.id = %robot, run.id = %run, monotonic_counter.runs_sealed = 1, "run sealed");
                self.confirm(&sealed).await?;
                return Ok(SealOutcome::Sealed);
            }
        }
        Err(UseCaseError::contended("run"))
    }

    /// Tells the robot that all of its run is stored.
    pub(super) async fn confirm(&self, run: &Run) -> Result<(), UseCaseError> {
        let receipt = Receipt {
            pairing: Some(run.pairing),
            kind: ReceiptKind::Confirmed { run: run.id },
        };
        Ok(self.mailbox.post_receipt(run.robot, &receipt).await?)
    }

    /// What the manifest names and the store lacks.
    async fn lacking(
        &self,
        scope: &HomeScope,
        run: RunId,
        manifest: &Manifest,
    ) -> Result<Option<Vec<TileIndex>>, UseCaseError> {
        let tiles = self.tiles.tiles(scope, run).await?;
        let missing = manifest.missing_from(&tiles.iter().map(|tile| (tile.index, tile.rev)).collect());
        if !missing.is_empty() {
            return Ok(Some(missing));
        }
        if map_of(manifest, tiles).digest() != manifest.digest() {
            return Err(FieldError::new("digest", "is not that of the tiles that were sent").into());
        }
        Ok(None)
    }
}

/// The run's map: the tiles that its manifest names.
pub(crate) fn map_of(manifest: &Manifest, tiles: Vec<StoredRunTile>) -> RunMap {
    let named: BTreeSet<TileIndex> = manifest.tiles().iter().map(|(index, _)| *index).collect();
    let mut map = RunMap::new();
    for tile in tiles.into_iter().filter(|tile| named.contains(&tile.index)) {
        map.replace(tile.index, tile.cells);
    }
    map
}
