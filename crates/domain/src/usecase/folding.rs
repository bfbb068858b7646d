//! A sealed run votes in its floor's map, once.
//!
//! Each floor has at most one open fold. It freezes the alignment before the first tile is written; every tile
//! remembers the last vote it holds, so that whoever finds a fold open, after a kill or beside the first handler,
//! finishes it with the same result. Only then is it closed.

use std::sync::Arc;

use mapping::home_map::{ballot, is_within_reach};
use mapping::pose::Pose;
use mapping::run_map::RunMap;
use mapping::run_tile::RunTile;
use mapping::tile::TileIndex;

use super::aligning::{Placed, Placement};
use super::sealing::map_of;
use super::{Aligning, Deriving, MAX_ATTEMPTS, UseCaseError, unless_conflict};
use crate::access::HomeScope;
use crate::home::{Floor, Name};
use crate::id::{FloorId, RobotId, RunId};
use crate::ports::{
    HomeStore, MapStore, OpenFold, RobotStore, RunStore, RunTileStore, StoreError, StoredHomeTile,
};
use crate::run::{Run, RunState, Vote};

/// What a new floor is called until its owner names it.
const NEW_FLOOR_NAME: &str = "Floor";

/// Folds sealed runs into home maps.
#[derive(Clone)]
pub struct Folding {
    /// Where runs are.
    pub runs: Arc<dyn RunStore>,
    /// Where their tiles are.
    pub tiles: Arc<dyn RunTileStore>,
    /// Where maps are.
    pub maps: Arc<dyn MapStore>,
    /// Where floors are.
    pub homes: Arc<dyn HomeStore>,
    /// Where the robot's floor is noted.
    pub robots: Arc<dyn RobotStore>,
    /// Finds the run's place.
    pub aligning: Aligning,
    /// Makes what is derived from the map.
    pub deriving: Deriving,
}

impl Folding {
    /// Lets a sealed run vote; one that has voted, is not sealed or has no map changes nothing.
    pub async fn fold(&self, scope: &HomeScope, robot: RobotId, run: RunId) -> Result<(), UseCaseError> {
        let Some((stored, map)) = self.sealed_map(scope, robot, run).await? else {
            return Ok(());
        };
        if map.is_blank() {
            return Ok(());
        }
        let Some(Placed { floor, alignment }) = self.placed(scope, &stored, &map).await? else {
            return Ok(());
        };
        for _ in 0..MAX_ATTEMPTS {
            let state = self.maps.fold_state(scope, floor).await?;
            match state.open {
                Some(open) => self.finish(scope, floor, &open).await?,
                None if self.has_voted(scope, robot, run).await? => return Ok(()),
                None => {
                    let open = OpenFold {
                        n: state.closed + 1,
                        robot,
                        run,
                        alignment,
                    };
                    unless_conflict(self.maps.open_fold(scope, floor, &open).await)?;
                }
            }
        }
        Err(UseCaseError::contended("fold"))
    }

    async fn sealed_map(
        &self,
        scope: &HomeScope,
        robot: RobotId,
        run: RunId,
    ) -> Result<Option<(Run, RunMap)>, StoreError> {
        let Some(run) = self.runs.run(scope, robot, run).await? else {
            return Ok(None);
        };
        let (RunState::Sealed, Some(report)) = (run.state, &run.report) else {
            return Ok(None);
        };
        let map = map_of(&report.manifest, self.tiles.tiles(scope, run.id).await?);
        Ok(Some((run, map)))
    }

    async fn has_voted(&self, scope: &HomeScope, robot: RobotId, run: RunId) -> Result<bool, StoreError> {
        Ok(self
            .runs
            .run(scope, robot, run)
            .await?
            .is_some_and(|run| run.vote.is_some()))
    }

    /// Where the run is to vote: where its vote was opened, or where it fits. `None` parks the run.
    async fn placed(
        &self,
        scope: &HomeScope,
        run: &Run,
        map: &RunMap,
    ) -> Result<Option<Placed>, UseCaseError> {
        if let Some(vote) = run.vote {
            return Ok(Some(Placed {
                floor: vote.floor,
                alignment: vote.alignment,
            }));
        }
        let robot = self.robots.robot(run.robot).await?;
        let last = robot
            .and_then(|robot| robot.pairing)
            .and_then(|pairing| pairing.floor);
        let placed = match self.aligning.place(scope, last, map).await? {
            Placement::On(placed) => placed,
            Placement::NewFloor => self.new_floor(scope, run).await?,
            Placement::Nowhere => {
                tracing::warn!(robot.id = %run.robot, run.id = %run.id, "run fits no floor and was parked");
                return Ok(None);
            }
        };
        if last != Some(placed.floor) {
            self.note_floor(run.robot, placed.floor).await?;
        }
        Ok(Some(placed))
    }

    /// A floor in the frame of its first run; it has the run's own number, so that every attempt makes the same.
    async fn new_floor(&self, scope: &HomeScope, run: &Run) -> Result<Placed, UseCaseError> {
        let id = FloorId::from_u128(run.id.as_u128());
        let name = Name::new("name", NEW_FLOOR_NAME)?;
        self.homes
            .add_floor(
                scope,
                &Floor {
                    id,
                    name,
                    created_at: run.updated_at,
                },
            )
            .await?;
        Ok(Placed {
            floor: id,
            alignment: Pose::IDENTITY,
        })
    }

    async fn note_floor(&self, robot: RobotId, floor: FloorId) -> Result<(), UseCaseError> {
        for _ in 0..MAX_ATTEMPTS {
            let Some(known) = self.robots.robot(robot).await? else {
                return Ok(());
            };
            let mut noted = known.clone();
            let Some(pairing) = noted.pairing.as_mut() else {
                return Ok(());
            };
            pairing.floor = Some(floor);
            if unless_conflict(self.robots.put_robot(&noted, Some(&known)).await)?.is_some() {
                return Ok(());
            }
        }
        Err(UseCaseError::contended("robot"))
    }

    /// Writes what the open fold still lacks, marks its run, derives, and closes it.
    async fn finish(&self, scope: &HomeScope, floor: FloorId, open: &OpenFold) -> Result<(), UseCaseError> {
        if let Some((run, map)) = self.sealed_map(scope, open.robot, open.run).await? {
            let ballot = ballot(&map, &open.alignment);
            for (index, tile) in ballot.tiles().filter(|(index, _)| is_within_reach(*index)) {
                self.vote(scope, floor, index, tile, open.n).await?;
            }
            let vote = Some(Vote {
                floor,
                n: open.n,
                alignment: open.alignment,
            });
            let marked = Run { vote, ..run.clone() };
            unless_conflict(self.runs.put_run(scope, &marked, Some(&run)).await)?;
            self.deriving.derive(scope, floor, open.robot, open.n).await?;
        }
        unless_conflict(self.maps.close_fold(scope, floor, open.n).await)?;
        tracing::info!(robot.id = %open.robot, run.id = %open.run, floor.id = %floor, vote = open.n, "run voted");
        Ok(())
    }

    async fn vote(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        index: TileIndex,
        cells: &RunTile,
        n: u32,
    ) -> Result<(), StoreError> {
        let stored = self.maps.home_tile(scope, floor, index).await?;
        if stored.as_ref().is_some_and(|stored| stored.n >= n) {
            return Ok(());
        }
        let mut tile = stored.map(|stored| stored.tile).unwrap_or_default();
        tile.vote(cells, n);
        // A conflict means that somebody else wrote this very vote, since no other fold is open.
        unless_conflict(
            self.maps
                .put_home_tile(scope, floor, &StoredHomeTile { index, n, tile })
                .await,
        )?;
        Ok(())
    }
}
