//! Runs: one cleaning trip of one robot, from start to its vote in the home map.

use std::collections::BTreeMap;

use mapping::pose::Pose;
use mapping::tile::TileIndex;
use serde::{Deserialize, Serialize};

use crate::id::{CommandId, FloorId, PairingId, RobotId, RunId};
use crate::placement::Placed;
use crate::{CorrelationId, FieldError, Timestamp};

/// The most tiles in a run: 4,096 tiles are 42,000 square metres.
pub const MAX_RUN_TILES: usize = 4096;
/// The most points of a run's simplified track.
pub const MAX_TRACK_POINTS: usize = 8192;

/// Counts the contents that a robot has sent for one tile of one run; a higher one replaces a lower one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rev(pub u32);

/// What a finished run is made of: each tile with its last revision, and the digest of all their cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    tiles: Vec<(TileIndex, Rev)>,
    digest: [u8; 32],
}

impl Manifest {
    /// Checks that no tile stands twice and that there are at most [`MAX_RUN_TILES`].
    pub fn new(tiles: Vec<(TileIndex, Rev)>, digest: [u8; 32]) -> Result<Self, FieldError> {
        if tiles.len() > MAX_RUN_TILES {
            let reason = format!("must have at most {MAX_RUN_TILES} tiles, has {}", tiles.len());
            return Err(FieldError::new("manifest.tiles", reason));
        }
        let count = tiles.len();
        let sorted: BTreeMap<TileIndex, Rev> = tiles.into_iter().collect();
        if sorted.len() != count {
            return Err(FieldError::new("manifest.tiles", "must name each tile once"));
        }
        Ok(Self {
            tiles: sorted.into_iter().collect(),
            digest,
        })
    }

    /// The tiles, in the order of their index.
    pub fn tiles(&self) -> &[(TileIndex, Rev)] {
        &self.tiles
    }

    /// What [`mapping::run_map::RunMap::digest`] gives for the whole run.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The tiles of which `stored` has no revision as high as this manifest's.
    pub fn missing_from(&self, stored: &BTreeMap<TileIndex, Rev>) -> Vec<TileIndex> {
        let lacks = |(index, rev): &&(TileIndex, Rev)| stored.get(index).is_none_or(|have| have < rev);
        self.tiles.iter().filter(lacks).map(|(index, _)| *index).collect()
    }
}

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// The robot cleans.
    Running,
    /// The robot was told to wait.
    Paused,
    /// The robot is done; tiles may still be on their way.
    Finished,
    /// Everything arrived; the run votes in the home map.
    Sealed,
}

/// What started a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Initiator {
    /// An owner's command.
    Command {
        /// Which.
        command: CommandId,
    },
    /// The schedule on the robot.
    Schedule,
    /// The button on the robot.
    Button,
    /// A recorded log that is played again.
    Replay,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything reachable of its scope was cleaned.
    Completed,
    /// Somebody ended it.
    Stopped,
    /// The robot gave up with an error.
    Failed,
    /// The robot lost power or its program ended.
    Interrupted,
}

/// What a robot measured of a run when it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunReport {
    /// How it ended.
    pub outcome: Outcome,
    /// Cleaned area, square centimetres.
    pub area_cm2: u64,
    /// Time cleaning, without pauses and charging, milliseconds.
    pub duration_ms: u64,
    /// What its map is made of.
    pub manifest: Manifest,
    /// The driven path in the run's frame, millimetres, simplified; at most [`MAX_TRACK_POINTS`] points.
    pub track: Vec<(i32, i32)>,
}

/// What happened to a run, in the robot's order.
#[derive(Debug, Clone, PartialEq)]
pub enum RunEventKind {
    /// It began.
    Started,
    /// It waits.
    Paused,
    /// It goes on.
    Resumed,
    /// The robot found out where it drives, before the run's map is there to check it; the run goes on.
    Located(Placed),
    /// It ended.
    Finished(RunReport),
}

/// A report of a robot on one of its runs.
#[derive(Debug, Clone, PartialEq)]
pub struct RunEvent {
    /// The run.
    pub run: RunId,
    /// The pairing under which it was driven.
    pub pairing: PairingId,
    /// Counts the events of this run from 0; what does not exceed the last known one is old news.
    pub seq: u32,
    /// What started the run.
    pub initiator: Initiator,
    /// The request that started the run, if one did.
    pub correlation: Option<CorrelationId>,
    /// When the run began, by the robot's clock.
    pub started_at: Timestamp,
    /// When this happened, by the robot's clock.
    pub at: Timestamp,
    /// What happened.
    pub kind: RunEventKind,
}

/// A run's vote in a floor's map.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Vote {
    /// The floor.
    pub floor: FloorId,
    /// Which vote of that floor it is, from 1.
    pub n: u32,
    /// The run's frame in the floor's frame, frozen before the first tile was written.
    pub alignment: Pose,
}

/// A run as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The robot.
    pub robot: RobotId,
    /// The pairing under which it was driven.
    pub pairing: PairingId,
    /// How far it has come.
    pub state: RunState,
    /// The newest event that was applied.
    pub seq: u32,
    /// What started it.
    pub initiator: Initiator,
    /// The request that started it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<CorrelationId>,
    /// When it began.
    pub started_at: Timestamp,
    /// When its newest event happened.
    pub updated_at: Timestamp,
    /// What the robot measured, once it is finished.
    pub report: Option<RunReport>,
    /// Where the robot says it is; provisional, since only the vote says where the run belongs.
    #[serde(default)]
    pub located: Option<Placed>,
    /// Its vote, once it is in the home map.
    pub vote: Option<Vote>,
}

impl Run {
    /// The run that `event` of `robot` is the first news of.
    pub fn first_seen(robot: RobotId, event: &RunEvent) -> Self {
        let mut run = Self {
            id: event.run,
            robot,
            pairing: event.pairing,
            state: RunState::Running,
            seq: event.seq,
            initiator: event.initiator,
            correlation: event.correlation.clone(),
            started_at: event.started_at,
            updated_at: event.at,
            report: None,
            located: None,
            vote: None,
        };
        run.take(event);
        run
    }

    /// The run after `event`, or `None` when the event is old news.
    pub fn after(&self, event: &RunEvent) -> Option<Self> {
        if event.seq <= self.seq || self.state >= RunState::Finished {
            return None;
        }
        let mut run = self.clone();
        run.take(event);
        Some(run)
    }

    /// The run once everything of it has arrived; `None` unless it is finished.
    pub fn sealed(&self) -> Option<Self> {
        (self.state == RunState::Finished).then(|| Self {
            state: RunState::Sealed,
            ..self.clone()
        })
    }

    fn take(&mut self, event: &RunEvent) {
        self.seq = event.seq;
        self.updated_at = event.at;
        self.state = match &event.kind {
            RunEventKind::Started | RunEventKind::Resumed => RunState::Running,
            RunEventKind::Paused => RunState::Paused,
            RunEventKind::Located(located) => {
                self.located = Some(*located);
                RunState::Running
            }
            RunEventKind::Finished(report) => {
                self.report = Some(report.clone());
                RunState::Finished
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(seq: u32, kind: RunEventKind) -> RunEvent {
        let at = Timestamp::from_millis(i64::from(seq));
        RunEvent {
            run: RunId::new(at, 1),
            pairing: PairingId::new(at, 2),
            seq,
            initiator: Initiator::Button,
            correlation: None,
            started_at: Timestamp::from_millis(0),
            at,
            kind,
        }
    }

    fn finished() -> RunEventKind {
        let manifest = Manifest::new(vec![(TileIndex { x: 0, y: 0 }, Rev(2))], [0; 32]).unwrap();
        let outcome = Outcome::Completed;
        RunEventKind::Finished(RunReport {
            outcome,
            area_cm2: 1,
            duration_ms: 1,
            manifest,
            track: vec![],
        })
    }

    #[test]
    fn a_late_start_does_not_reopen_a_finished_run() {
        let robot = RobotId::new(Timestamp::from_millis(0), 9);
        let run = Run::first_seen(robot, &event(3, finished()));
        assert_eq!(run.state, RunState::Finished);
        assert_eq!(run.after(&event(0, RunEventKind::Started)), None);
        assert_eq!(run.after(&event(4, RunEventKind::Resumed)), None);
    }

    #[test]
    fn a_run_keeps_where_the_robot_located_itself() {
        let robot = RobotId::new(Timestamp::from_millis(0), 9);
        let located = Placed {
            floor: FloorId::from_u128(3),
            alignment: Pose::new(1.0, 0.5, 0.1),
        };
        let run = Run::first_seen(robot, &event(0, RunEventKind::Started));
        let run = run.after(&event(1, RunEventKind::Located(located))).unwrap();
        let run = run.after(&event(2, finished())).unwrap();
        assert_eq!((run.state, run.located), (RunState::Finished, Some(located)));
    }

    #[test]
    fn a_manifest_names_what_is_missing_or_old() {
        let near = TileIndex { x: 0, y: 0 };
        let far = TileIndex { x: 1, y: 0 };
        let manifest = Manifest::new(vec![(near, Rev(2)), (far, Rev(1))], [0; 32]).unwrap();
        let stored = BTreeMap::from([(near, Rev(1)), (far, Rev(5))]);
        assert_eq!(manifest.missing_from(&stored), vec![near]);
    }

    #[test]
    fn a_manifest_names_each_tile_once() {
        let tile = TileIndex { x: 0, y: 0 };
        assert!(Manifest::new(vec![(tile, Rev(1)), (tile, Rev(2))], [0; 32]).is_err());
    }
}
