//! The run under way: what the robot sensed of it, folded into tiles, track and area.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::id::RunId;
use domain::placement::Placed;
use domain::run::{Manifest, Outcome, Rev, RunEvent, RunEventKind, RunReport, RunState};
use domain::{FieldError, Timestamp};
use mapping::pose::Pose;
use mapping::run_map::RunMap;
use mapping::run_mapper::RunMapper;
use mapping::run_tile::RunTile;
use mapping::tile::TileIndex;
use wire::tile_pack::PackedTile;

use super::coverage::Coverage;
use super::track::Track;
use crate::driver::Sweep;
use crate::outbox::{Progress, RunHead};

/// How often changed tiles are put on the disk at the latest, by the driver's clock.
pub const STORE_EVERY: Duration = Duration::from_secs(30);
/// How long after the beginning of a run its tiles are first sent where the robot knows no floor yet, by the driver's
/// clock: the owner of a new robot sees a map soon, everybody else has one.
pub const FIRST_UPLOAD_AFTER: Duration = Duration::from_secs(60);
/// How often changed tiles are sent from then on, by the driver's clock; at the end of the run all are.
///
/// Every tile that is sent is a write in the cloud, and a tile changes as long as the robot sees it: sent as often as
/// they are stored, the tiles of a run would cost twenty times as much. Who watches gets them from the robot.
pub const UPLOAD_EVERY: Duration = Duration::from_secs(60 * 60);
/// How often it is looked whether enough has changed for a full pack, by the driver's clock.
pub const LOOK_EVERY: Duration = Duration::from_secs(5);
/// A longer silence of the driver is not counted as cleaning.
const MAX_STEP: Duration = Duration::from_secs(5);
const CELL_AREA_CM2: u64 = 25;

/// A run under way.
pub struct CurrentRun {
    /// Its id.
    pub id: RunId,
    /// Under what it is driven.
    pub head: RunHead,
    /// Whether the owner lets its map leave the robot.
    pub may_upload: bool,
    /// Whether its beginning is on the disk.
    pub is_begun: bool,
    /// Whether the cloud refused a report of it, so that no more are sent.
    pub is_refused: bool,
    /// Tiles on the disk that were not sent.
    pub unsent: BTreeSet<TileIndex>,
    state: RunState,
    seq: u32,
    located: Option<Placed>,
    canvas: Canvas,
    revs: BTreeMap<TileIndex, Rev>,
    to_report: BTreeSet<TileIndex>,
    to_show: BTreeSet<TileIndex>,
    track: Track,
    coverage: Coverage,
    cleaning: Duration,
    last_observed: Option<Duration>,
    looked: Duration,
    stored: Duration,
    upload_at: Option<Duration>,
}

/// Where the run's map comes from.
enum Canvas {
    Sweeps(Box<RunMapper>),
    Given(RunMap),
}

impl Canvas {
    fn tile(&self, index: TileIndex) -> Option<&RunTile> {
        match self {
            Self::Sweeps(mapper) => mapper.tile(index),
            Self::Given(map) => map.tile(index),
        }
    }
}

impl CurrentRun {
    /// A run that begins now.
    pub fn begin(id: RunId, head: RunHead, may_upload: bool) -> Self {
        Self {
            id,
            head,
            may_upload,
            is_begun: false,
            is_refused: false,
            unsent: BTreeSet::new(),
            state: RunState::Running,
            seq: 0,
            located: None,
            canvas: Canvas::Sweeps(Box::default()),
            revs: BTreeMap::new(),
            to_report: BTreeSet::new(),
            to_show: BTreeSet::new(),
            track: Track::default(),
            coverage: Coverage::default(),
            cleaning: Duration::ZERO,
            last_observed: None,
            looked: Duration::ZERO,
            stored: Duration::ZERO,
            upload_at: None,
        }
    }

    /// Whether it goes on or waits.
    pub fn state(&self) -> RunState {
        self.state
    }

    /// Enters a sweep; one that is out of its limits is left out and logged.
    pub fn sweep(&mut self, sweep: &Sweep, at: Duration) {
        if let Canvas::Sweeps(mapper) = &mut self.canvas
            && let Err(error) = mapper.integrate(&sweep.as_scan())
        {
            tracing::warn!(run.id = %self.id, %error, "a sweep was left out");
            return;
        }
        self.drive_to(&sweep.pose, at);
    }

    /// Enters a touch.
    pub fn bump(&mut self, pose: &Pose) {
        if let Canvas::Sweeps(mapper) = &mut self.canvas
            && let Err(error) = mapper.touch(pose)
        {
            tracing::warn!(run.id = %self.id, %error, "a touch was left out");
        }
    }

    /// The robot is at `pose`.
    pub fn drive_to(&mut self, pose: &Pose, at: Duration) {
        let step = at.saturating_sub(self.last_observed.replace(at).unwrap_or(at));
        if self.state == RunState::Running && pose.is_finite() {
            self.cleaning += step.min(MAX_STEP);
            self.coverage.clean_to(pose);
            self.track.push(pose);
        }
    }

    /// Takes the robot's own map in place of one made from sweeps.
    pub fn take_map(&mut self, map: RunMap) {
        let changed: Vec<TileIndex> = map.tiles().map(|(index, _)| index).collect();
        self.canvas = Canvas::Given(map);
        self.note_changed(changed);
    }

    /// The event that the robot's new state is, if it is one: pausing or going on.
    pub fn turn(&mut self, state: RunState) -> Option<RunEventKind> {
        let kind = match (self.state, state) {
            (RunState::Running, RunState::Paused) => RunEventKind::Paused,
            (RunState::Paused, RunState::Running) => RunEventKind::Resumed,
            _ => return None,
        };
        self.state = state;
        self.seq += 1;
        self.coverage.lift();
        self.last_observed = None;
        Some(kind)
    }

    /// An event of this run with the current number.
    pub fn event(&self, kind: RunEventKind, at: Timestamp) -> RunEvent {
        event(self.id, &self.head, self.seq, kind, at)
    }

    /// The last event again, for a cloud that may have missed it.
    pub fn last_event(&self, at: Timestamp) -> RunEvent {
        let kind = match (self.state, self.seq) {
            (RunState::Paused, _) => RunEventKind::Paused,
            (_, 0) => RunEventKind::Started,
            _ => RunEventKind::Resumed,
        };
        self.event(kind, at)
    }

    /// The event that the run is driven there.
    pub fn locate(&mut self, located: Placed, at: Timestamp) -> RunEvent {
        self.located = Some(located);
        self.seq += 1;
        self.event(RunEventKind::Located(located), at)
    }

    /// The run's place as a new event, for a cloud that may have missed it; not while the run waits.
    pub fn located_again(&mut self, at: Timestamp) -> Option<RunEvent> {
        let located = self.located.filter(|_| self.state == RunState::Running)?;
        Some(self.locate(located, at))
    }

    /// The run's map as it was last looked at.
    pub fn seen(&self) -> RunMap {
        let tile = |index: &TileIndex| Some((*index, self.canvas.tile(*index)?.clone()));
        self.revs.keys().filter_map(tile).collect()
    }

    /// What should be stored at `at` by the driver's clock: everything after [`STORE_EVERY`], even if that is only the
    /// progress, or a full pack.
    pub fn due_report(&mut self, at: Duration, full_bytes: usize) -> Option<Vec<PackedTile>> {
        if at.saturating_sub(self.looked) < LOOK_EVERY {
            return None;
        }
        self.looked = at;
        let tiles = self.report();
        let bytes: usize = tiles.iter().map(PackedTile::packed_bytes).sum();
        let waited = at.saturating_sub(self.stored) >= STORE_EVERY;
        if !waited && bytes < full_bytes {
            return None;
        }
        self.stored = at;
        Some(tiles)
    }

    /// Whether what is stored should be sent at `at` by the driver's clock.
    pub fn take_upload(&mut self, at: Duration, knows_floors: bool) -> bool {
        let first = if knows_floors {
            UPLOAD_EVERY
        } else {
            FIRST_UPLOAD_AFTER
        };
        let due = self.upload_at.get_or_insert(at + first);
        let is_due = at >= *due;
        if is_due {
            *due = at + UPLOAD_EVERY;
        }
        is_due
    }

    /// All tiles that changed since they were last stored; none when the map may not leave the robot.
    pub fn report(&mut self) -> Vec<PackedTile> {
        self.look();
        if !self.may_upload {
            self.to_report.clear();
        }
        self.packed(self.to_report.iter())
    }

    /// How far the run has come since the last report.
    pub fn progress(&self) -> Progress {
        let track = if self.may_upload {
            self.track.fresh().to_vec()
        } else {
            Vec::new()
        };
        Progress {
            seq: self.seq,
            area_cm2: self.area_cm2(),
            duration_ms: self.duration_ms(),
            track,
        }
    }

    /// Takes note that `tiles` and the progress are stored, and not yet sent.
    pub fn set_stored(&mut self, tiles: &[PackedTile]) {
        for tile in tiles {
            self.to_report.remove(&tile.index);
            self.unsent.insert(tile.index);
        }
        self.track.set_stored();
    }

    /// Tiles that changed since they were last shown, or all of them.
    pub fn show(&mut self, all: bool) -> Vec<PackedTile> {
        self.look();
        let changed = std::mem::take(&mut self.to_show);
        if all {
            self.packed(self.revs.keys())
        } else {
            self.packed(changed.iter())
        }
    }

    /// These tiles as they are now.
    pub fn packed<'a>(&self, tiles: impl Iterator<Item = &'a TileIndex>) -> Vec<PackedTile> {
        let packed = tiles.filter_map(|index| {
            let (rev, tile) = (self.revs.get(index)?, self.canvas.tile(*index)?);
            Some(PackedTile {
                index: *index,
                rev: *rev,
                cells: tile.encode(),
            })
        });
        packed.collect()
    }

    /// Ends the run: its last event.
    ///
    /// # Errors
    /// [`FieldError`] if the run has more tiles than a manifest may name.
    pub fn finish(mut self, outcome: Outcome, at: Timestamp) -> Result<RunEvent, FieldError> {
        self.look();
        self.seq += 1;
        let (area_cm2, duration_ms) = (self.area_cm2(), self.duration_ms());
        let map = match self.canvas {
            Canvas::Sweeps(mapper) => mapper.finish(),
            Canvas::Given(map) => map,
        };
        let (tiles, digest, track) = if self.may_upload {
            (self.revs.into_iter().collect(), map.digest(), self.track.finish())
        } else {
            (Vec::new(), RunMap::new().digest(), Vec::new())
        };
        let manifest = Manifest::new(tiles, digest)?;
        let report = RunReport {
            outcome,
            area_cm2,
            duration_ms,
            manifest,
            track,
        };
        Ok(event(
            self.id,
            &self.head,
            self.seq,
            RunEventKind::Finished(report),
            at,
        ))
    }

    fn area_cm2(&self) -> u64 {
        match &self.canvas {
            Canvas::Sweeps(_) => self.coverage.area_cm2(),
            Canvas::Given(map) => u64::from(map.counts().free) * CELL_AREA_CM2,
        }
    }

    fn duration_ms(&self) -> u64 {
        u64::try_from(self.cleaning.as_millis()).unwrap_or(u64::MAX)
    }

    /// Gives every tile whose cells changed its next revision.
    fn look(&mut self) {
        if let Canvas::Sweeps(mapper) = &mut self.canvas {
            let changed = mapper.changed_tiles();
            self.note_changed(changed);
        }
    }

    fn note_changed(&mut self, changed: Vec<TileIndex>) {
        for index in changed {
            let rev = self.revs.entry(index).or_insert(Rev(0));
            *rev = Rev(rev.0 + 1);
            self.to_report.insert(index);
            self.to_show.insert(index);
        }
    }
}

/// An event of a run.
pub fn event(run: RunId, head: &RunHead, seq: u32, kind: RunEventKind, at: Timestamp) -> RunEvent {
    let RunHead {
        pairing,
        initiator,
        correlation,
        started_at,
    } = head.clone();
    RunEvent {
        run,
        pairing,
        seq,
        initiator,
        correlation,
        started_at,
        at,
        kind,
    }
}
