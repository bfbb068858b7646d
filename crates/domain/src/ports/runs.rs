use async_trait::async_trait;
use mapping::run_tile::{EncodedRunTile, RunTile};
use mapping::tile::TileIndex;

use super::StoreError;
use crate::access::HomeScope;
use crate::id::{RobotId, RunId};
use crate::page::{Page, PageRequest};
use crate::run::{Rev, Run};

/// Keeps runs.
#[async_trait]
pub trait RunStore: Send + Sync {
    /// The run; `None` when it is not known. MUST be a consistent read.
    async fn run(&self, scope: &HomeScope, robot: RobotId, run: RunId) -> Result<Option<Run>, StoreError>;

    /// Stores `run` if what is stored has the state and event number of `expected`, where `None` means that nothing
    /// is there.
    ///
    /// Anything else MUST be a [`StoreError::Conflict`] and change nothing.
    async fn put_run(&self, scope: &HomeScope, run: &Run, expected: Option<&Run>) -> Result<(), StoreError>;

    /// The runs of a robot, newest first.
    async fn runs(
        &self,
        scope: &HomeScope,
        robot: RobotId,
        page: &PageRequest,
    ) -> Result<Page<Run>, StoreError>;
}

/// A tile of a run as its robot sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentRunTile {
    /// Which tile.
    pub index: TileIndex,
    /// Its revision.
    pub rev: Rev,
    /// Its cells.
    pub cells: EncodedRunTile,
}

/// A tile of a run as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRunTile {
    /// Which tile.
    pub index: TileIndex,
    /// Its revision.
    pub rev: Rev,
    /// Its cells.
    pub cells: RunTile,
}

/// Keeps the tiles of runs.
#[async_trait]
pub trait RunTileStore: Send + Sync {
    /// Stores each tile whose revision is above the stored one, and gives how many those are.
    ///
    /// A lower or equal revision MUST change nothing, whoever else writes at the same time; after an error some of the
    /// tiles may be stored.
    async fn put_tiles(
        &self,
        scope: &HomeScope,
        run: RunId,
        tiles: &[SentRunTile],
    ) -> Result<usize, StoreError>;

    /// All stored tiles of a run, in the order of their index; MUST be a consistent read of all pages.
    async fn tiles(&self, scope: &HomeScope, run: RunId) -> Result<Vec<StoredRunTile>, StoreError>;
}
