//! A sealed run votes in its floor's map, once.
//!
//! Where a run votes is settled before anything is written. Each floor has at most one open fold; every sheet
//! of tiles remembers the last vote it holds, so that whoever finds a fold open, after a kill or beside the first handler,
//! finishes it with the same result. Only then is it closed.

mod placing;
mod sealed;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mapping::SheetIndex;
use mapping::home_map::{HomeMap, ballot, is_within_reach};
use mapping::pose::Pose;
use mapping::run_map::RunMap;

use sealed::SealedRuns;

use super::deriving::votes_on;
use super::{Aligning, Deriving, MAX_ATTEMPTS, UseCaseError, Voted, unless_conflict};
use crate::CorrelationId;
use crate::access::HomeScope;
use crate::command::CommandKind;
use crate::home::{Floor, Name};
use crate::id::FloorId;
use crate::placement::{Placed, RunRef};
use crate::ports::{
    CommandStore, FloorStore, HomeStore, MapStore, OpenFold, PlacementStore, RobotMailbox, RobotStore,
    RunStore, RunTileStore, SettingsStore, StoreError, StoredHomeSheet,
};
use crate::run::{Initiator, Outcome, Run, Vote};

/// What a new floor is called until its owner names it.
const NEW_FLOOR_NAME: &str = "Floor";

/// Folds sealed runs into home maps.
#[derive(Clone)]
pub struct Folding {
    sealed: SealedRuns,
    maps: Arc<dyn MapStore>,
    homes: Arc<dyn HomeStore>,
    robots: Arc<dyn RobotStore>,
    placements: Arc<dyn PlacementStore>,
    commands: Arc<dyn CommandStore>,
    aligning: Aligning,
    deriving: Deriving,
}

impl Folding {
    /// Over one store of everything, and the way to robots.
    pub fn new<S>(store: &Arc<S>, mailbox: Arc<dyn RobotMailbox>) -> Self
    where
        S: RunStore + RunTileStore + MapStore + FloorStore + PlacementStore + CommandStore,
        S: HomeStore + RobotStore + SettingsStore + 'static,
    {
        Self {
            sealed: SealedRuns {
                runs: store.clone(),
                tiles: store.clone(),
            },
            maps: store.clone(),
            homes: store.clone(),
            robots: store.clone(),
            placements: store.clone(),
            commands: store.clone(),
            aligning: Aligning {
                floors: store.clone(),
            },
            deriving: Deriving::new(store, mailbox),
        }
    }

    /// Lets a sealed run vote; one that has voted, is not sealed or has no map changes nothing, and one that fits
    /// nowhere is parked until another run agrees with it.
    pub async fn fold(&self, scope: &HomeScope, this: RunRef) -> Result<(), UseCaseError> {
        let Some((run, map)) = self.sealed.map(scope, this).await? else {
            return Ok(());
        };
        if map.is_blank() {
            return Ok(());
        }
        let known = match run.vote {
            Some(vote) => Some(vote.into()),
            None => self.placements.place(scope, this.run).await?,
        };
        let placed = match known {
            Some(placed) => Some(placed),
            None => self.settled(scope, this, &run, &map).await?,
        };
        let Some(placed) = placed else {
            let correlation_id = run.correlation.as_ref().map(CorrelationId::as_str);
            tracing::warn!(robot.id = %this.robot, run.id = %this.run, correlation_id, "run fits no floor and was parked");
            return Ok(());
        };
        self.note_floor(&run, placed.floor).await?;
        self.vote_at(scope, this, &placed).await
    }

    /// Opens the run's vote where it was placed and finishes it, after whatever is open there.
    async fn vote_at(&self, scope: &HomeScope, this: RunRef, placed: &Placed) -> Result<(), UseCaseError> {
        for _ in 0..MAX_ATTEMPTS {
            let state = self.maps.fold_state(scope, placed.floor).await?;
            match state.open {
                Some(open) => self.finish(scope, placed.floor, &open).await?,
                None if self.sealed.has_voted(scope, this).await? => return Ok(()),
                None => {
                    if placed.floor == this.founded_floor() {
                        self.found(scope, this).await?;
                    }
                    let open = OpenFold {
                        n: state.closed + 1,
                        robot: this.robot,
                        run: this.run,
                        alignment: placed.alignment,
                    };
                    unless_conflict(self.maps.open_fold(scope, placed.floor, &open).await)?;
                }
            }
        }
        Err(UseCaseError::contended("fold"))
    }

    /// Stores the floor in the frame of `founder`, unless it is there.
    async fn found(&self, scope: &HomeScope, founder: RunRef) -> Result<(), UseCaseError> {
        let run = self.sealed.run(scope, founder).await?;
        let created_at = run
            .map(|run| run.updated_at)
            .ok_or(UseCaseError::NotFound { what: "run" })?;
        let floor = Floor {
            id: founder.founded_floor(),
            name: Name::new("name", NEW_FLOOR_NAME)?,
            created_at,
        };
        Ok(self.homes.add_floor(scope, &floor).await?)
    }

    /// Notes where the robot is, if the run was driven under its present pairing.
    async fn note_floor(&self, run: &Run, floor: FloorId) -> Result<(), UseCaseError> {
        for _ in 0..MAX_ATTEMPTS {
            let Some(known) = self.robots.robot(run.robot).await? else {
                return Ok(());
            };
            let mut noted = known.clone();
            let pairing = noted.pairing.as_mut().filter(|pairing| pairing.id == run.pairing);
            match pairing {
                Some(pairing) if pairing.floor != Some(floor) => pairing.floor = Some(floor),
                _ => return Ok(()),
            }
            if unless_conflict(self.robots.put_robot(&noted, Some(&known)).await)?.is_some() {
                return Ok(());
            }
        }
        Err(UseCaseError::contended("robot"))
    }

    /// Writes what the open fold still lacks, marks its run, derives, and closes it.
    async fn finish(&self, scope: &HomeScope, floor: FloorId, open: &OpenFold) -> Result<(), UseCaseError> {
        let this = RunRef {
            robot: open.robot,
            run: open.run,
        };
        let sealed = self.sealed.map(scope, this).await?;
        let correlation = sealed.as_ref().and_then(|(run, _)| run.correlation.clone());
        if let Some((run, map)) = sealed {
            let ballot = ballot(&map, &open.alignment);
            let votes = self.vote(scope, floor, &ballot, open.n).await?;
            let vote = Vote {
                floor,
                n: open.n,
                alignment: open.alignment,
            };
            let timed = self.timed(scope, &run).await?;
            let ended = run.updated_at;
            self.sealed.mark(scope, run, vote).await?;
            let voted = Voted { vote, ended, timed };
            self.deriving.derive(scope, &voted, &votes).await?;
        }
        if floor == this.founded_floor() {
            self.leave_parked(scope, this).await?;
        }
        unless_conflict(self.maps.close_fold(scope, floor, open.n).await)?;
        tracing::info!(
            robot.id = %open.robot,
            run.id = %open.run,
            correlation_id = correlation.as_ref().map(CorrelationId::as_str),
            floor.id = %floor,
            vote = open.n,
            "run voted"
        );
        Ok(())
    }

    /// Writes what the stored sheets lack of the vote; gives the floor's votes with it, which are not read again.
    async fn vote(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        ballot: &RunMap,
        n: u32,
    ) -> Result<HomeMap, StoreError> {
        let stored = self.maps.home_sheets(scope, floor).await?;
        let mut sheets: BTreeMap<SheetIndex, StoredHomeSheet> =
            stored.into_iter().map(|sheet| (sheet.index, sheet)).collect();
        let mut voted = BTreeSet::new();
        for (tile, cells) in ballot.tiles().filter(|(tile, _)| is_within_reach(*tile)) {
            let index = SheetIndex::from(tile);
            let sheet = sheets.entry(index).or_insert_with(|| StoredHomeSheet::new(index));
            if sheet.n < n {
                sheet.tiles.entry(tile).or_default().vote(cells, n);
                voted.insert(index);
            }
        }
        for (_, sheet) in sheets.iter_mut().filter(|(index, _)| voted.contains(index)) {
            sheet.n = n;
            // A conflict means that somebody else wrote this very vote, since no other fold is open.
            unless_conflict(self.maps.put_home_sheet(scope, floor, sheet).await)?;
        }
        votes_on(sheets.into_values())
    }

    /// Seconds that the run was planned to take and that it took, if it kept to a plan to its end.
    async fn timed(&self, scope: &HomeScope, run: &Run) -> Result<Option<(u32, u32)>, StoreError> {
        let (Initiator::Command { command }, Some(report)) = (run.initiator, &run.report) else {
            return Ok(None);
        };
        if report.outcome != Outcome::Completed {
            return Ok(None);
        }
        let command = self.commands.command(scope, run.robot, command).await?;
        let started = command.filter(|command| command.order.kind() == CommandKind::Start);
        let planned = started.and_then(|command| command.planned_seconds);
        let driven = u32::try_from(report.duration_ms / 1000).unwrap_or(u32::MAX);
        Ok(planned.map(|planned| (planned, driven)))
    }
}

/// The place of a run that a floor is made from.
fn founding_place(founder: RunRef) -> Placed {
    Placed {
        floor: founder.founded_floor(),
        alignment: Pose::IDENTITY,
    }
}
