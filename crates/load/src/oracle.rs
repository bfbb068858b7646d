//! Whether what robots were told is stored is stored: each confirmed run is sealed, with the tiles of its manifest.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Context;
use domain::access::HomeScope;
use domain::id::{HomeId, RobotId, RunId};
use domain::ports::{RunStore, RunTileStore};
use domain::run::RunState;
use futures_util::{StreamExt, TryStreamExt, stream};
use mapping::run_map::RunMap;
use serde::{Deserialize, Serialize};
use store::TableStore;

use crate::question::Lost;

/// How many runs are looked up at a time.
const AT_A_TIME: usize = 8;

/// A run that its robot was told is stored.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Confirmed {
    /// The home.
    pub home: HomeId,
    /// The robot.
    pub robot: RobotId,
    /// The run.
    pub run: RunId,
}

/// Looks up the runs in `file`, a list of [`Confirmed`].
///
/// # Errors
/// When the file or the store cannot be read.
pub async fn lost(store: &TableStore, file: &Path) -> anyhow::Result<Lost> {
    let bytes = fs::read(file).with_context(|| format!("{file:?} cannot be read"))?;
    let confirmed: Vec<Confirmed> = serde_json::from_slice(&bytes)?;
    let tried = confirmed.len() as u64;
    let found: Vec<Option<String>> = stream::iter(confirmed.into_iter().map(|run| missing(store, run)))
        .buffer_unordered(AT_A_TIME)
        .try_collect()
        .await?;
    Ok(Lost {
        tried,
        runs: found.into_iter().flatten().collect(),
    })
}

/// What is wrong with a run, if anything is.
async fn missing(store: &TableStore, sent: Confirmed) -> anyhow::Result<Option<String>> {
    let scope = HomeScope::of_stored_record(sent.home);
    let Some(run) = store.run(&scope, sent.robot, sent.run).await? else {
        return Ok(Some(format!("{} is not there", sent.run)));
    };
    let manifest = run.report.filter(|_| run.state == RunState::Sealed);
    let Some(manifest) = manifest.map(|report| report.manifest) else {
        return Ok(Some(format!("{} is not sealed", sent.run)));
    };
    let tiles = store.tiles(&scope, sent.run).await?;
    let revs: BTreeMap<_, _> = tiles.iter().map(|tile| (tile.index, tile.rev)).collect();
    let map: RunMap = tiles.into_iter().map(|tile| (tile.index, tile.cells)).collect();
    let is_whole = manifest.missing_from(&revs).is_empty() && map.digest() == manifest.digest();
    Ok((!is_whole).then(|| format!("{} lacks tiles", sent.run)))
}
