use async_trait::async_trait;
use domain::access::HomeScope;
use domain::id::{RobotId, RunId};
use domain::page::{Page, PageRequest};
use domain::ports::{RunStore, RunTileStore, SentRunTile, StoreError, StoredRunTile};
use domain::run::Run;
use mapping::run_tile::RunTile;

use super::unused::unused;
use super::{Memory, conflict};

#[async_trait]
impl RunStore for Memory {
    async fn run(&self, _: &HomeScope, _: RobotId, run: RunId) -> Result<Option<Run>, StoreError> {
        Ok(self.open()?.runs.get(&run).cloned())
    }

    async fn put_run(&self, _: &HomeScope, run: &Run, expected: Option<&Run>) -> Result<(), StoreError> {
        let mut shelves = self.write().await?;
        let place = |run: &Run| (run.state, run.seq);
        if shelves.runs.get(&run.id).map(place) != expected.map(place) {
            return conflict("run");
        }
        shelves.runs.insert(run.id, run.clone());
        Ok(())
    }

    async fn runs(&self, _: &HomeScope, _: RobotId, _: &PageRequest) -> Result<Page<Run>, StoreError> {
        unused()
    }
}

#[async_trait]
impl RunTileStore for Memory {
    /// Each tile is a write of its own, so that a process may end between any two.
    async fn put_tiles(&self, _: &HomeScope, run: RunId, tiles: &[SentRunTile]) -> Result<usize, StoreError> {
        let mut newer = 0;
        for tile in tiles {
            let mut shelves = self.write().await?;
            let stored = shelves.run_tiles.get(&(run, tile.index));
            if stored.is_none_or(|stored| stored.rev < tile.rev) {
                let kept = expanded(tile)?;
                shelves.run_tiles.insert((run, tile.index), kept);
                newer += 1;
            }
        }
        Ok(newer)
    }

    async fn tiles(&self, _: &HomeScope, run: RunId) -> Result<Vec<StoredRunTile>, StoreError> {
        let shelves = self.open()?;
        let of_run = shelves.run_tiles.iter().filter(|((owner, _), _)| *owner == run);
        Ok(of_run.map(|(_, tile)| tile.clone()).collect())
    }
}

fn expanded(tile: &SentRunTile) -> Result<StoredRunTile, StoreError> {
    let cells = RunTile::decode(tile.cells.bytes()).map_err(|error| StoreError::Corrupt {
        what: "run tile",
        reason: error.to_string(),
    })?;
    Ok(StoredRunTile {
        index: tile.index,
        rev: tile.rev,
        cells,
    })
}
