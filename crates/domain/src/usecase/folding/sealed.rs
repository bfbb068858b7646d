//! Sealed runs with their maps.

use std::sync::Arc;

use mapping::run_map::RunMap;

use crate::access::HomeScope;
use crate::placement::RunRef;
use crate::ports::{RunStore, RunTileStore, StoreError};
use crate::run::{Run, RunState, Vote};
use crate::usecase::sealing::map_of;
use crate::usecase::unless_conflict;

/// Reads sealed runs, and marks them when they have voted.
#[derive(Clone)]
pub(super) struct SealedRuns {
    /// Where runs are.
    pub(super) runs: Arc<dyn RunStore>,
    /// Where their tiles are.
    pub(super) tiles: Arc<dyn RunTileStore>,
}

impl SealedRuns {
    /// The run as it stands, whatever its state.
    pub(super) async fn run(&self, scope: &HomeScope, run: RunRef) -> Result<Option<Run>, StoreError> {
        self.runs.run(scope, run.robot, run.run).await
    }

    /// The run and what it saw; `None` unless it is sealed.
    pub(super) async fn map(
        &self,
        scope: &HomeScope,
        run: RunRef,
    ) -> Result<Option<(Run, RunMap)>, StoreError> {
        let Some(run) = self.run(scope, run).await? else {
            return Ok(None);
        };
        let (RunState::Sealed, Some(report)) = (run.state, &run.report) else {
            return Ok(None);
        };
        let map = map_of(&report.manifest, self.tiles.tiles(scope, run.id).await?);
        Ok(Some((run, map)))
    }

    pub(super) async fn has_voted(&self, scope: &HomeScope, run: RunRef) -> Result<bool, StoreError> {
        Ok(self.run(scope, run).await?.is_some_and(|run| run.vote.is_some()))
    }

    /// Notes the run's vote; a sealed run changes in no other way, so that a lost race wrote the same.
    pub(super) async fn mark(&self, scope: &HomeScope, run: Run, vote: Vote) -> Result<(), StoreError> {
        let marked = Run {
            vote: Some(vote),
            ..run.clone()
        };
        unless_conflict(self.runs.put_run(scope, &marked, Some(&run)).await).map(drop)
    }
}
