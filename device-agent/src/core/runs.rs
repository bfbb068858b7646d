//! A run from its beginning to its place in the outbox.

use std::time::Duration;

use domain::CorrelationId;
use domain::command::Failure;
use domain::id::RunId;
use domain::run::{Initiator, Manifest, Outcome, RunEvent, RunEventKind, RunReport, RunState};
use domain::status::RobotState;
use mapping::run_map::RunMap;
use mapping::tile::TileIndex;
use wire::ack::Answer;
use wire::run_event;
use wire::tile_pack::PackedTile;
use wire::topic::Uplink;

use super::ending::Ending;
use super::obey::tells_of;
use super::run::{self, CurrentRun};
use super::{Agent, packing};
use crate::driver::RobotCondition;
use crate::outbox::{OpenRun, Progress, RunHead};
use crate::storage::StorageError;

impl Agent {
    /// Begins a run unless one is under way.
    pub(super) fn begin_run(&mut self, initiator: Initiator) {
        if self.run.is_none() {
            let id = self.new_run_id();
            self.begin_run_as(id, initiator, None);
        }
    }

    pub(super) fn new_run_id(&mut self) -> RunId {
        RunId::new(self.now(), self.entropy())
    }

    pub(super) fn begin_run_as(
        &mut self,
        id: RunId,
        initiator: Initiator,
        correlation: Option<CorrelationId>,
    ) {
        let correlation_id = correlation.as_ref().map(CorrelationId::as_str);
        tracing::info!(robot.id = %self.endpoint.robot, run.id = %id, correlation_id, "run started");
        let head = RunHead {
            pairing: self.endpoint.pairing,
            initiator,
            correlation,
            started_at: self.now(),
        };
        let kept = self.storage.begin_run(id, head.clone());
        let is_begun = self.account(id, kept);
        self.locating.begin_run();
        let mut run = CurrentRun::begin(id, head, self.preferences().upload_map);
        run.is_begun = is_begun;
        let started = run.event(RunEventKind::Started, self.now());
        self.run = Some(run);
        self.publish_event(&started);
    }

    /// Enters what was sensed into the run, and stores and sends what is due at `at` by the driver's clock.
    pub(super) fn sense(&mut self, at: Duration, enter: impl FnOnce(&mut CurrentRun)) {
        let knows_floors = self.knows_floors();
        let Some(run) = &mut self.run else { return };
        enter(run);
        if let Some(tiles) = run.due_report(at, packing::FULL_PACK_BYTES) {
            let sends = run.take_upload(at, knows_floors);
            self.keep(&tiles);
            if sends {
                self.send_unsent();
            }
        }
    }

    /// What the robot does now; a pause or its end is an event of the run.
    pub(super) fn take_condition(&mut self, condition: RobotCondition) {
        let turned = match condition.state {
            RobotState::Paused => Some(RunState::Paused),
            RobotState::Running => Some(RunState::Running),
            _ => None,
        };
        self.condition = Some(condition);
        let now = self.now();
        if let (Some(run), Some(state)) = (&mut self.run, turned)
            && let Some(kind) = run.turn(state)
        {
            let event = run.event(kind, now);
            self.publish_event(&event);
        }
        self.check_pursuit();
    }

    /// Ends the run: its last tiles and its manifest are on the disk before they are sent.
    pub(super) fn end_run(&mut self, outcome: Outcome) {
        let Some(run) = &mut self.run else { return };
        let mut tiles = run.report();
        if self.keep(&tiles) {
            tiles.clear();
        }
        self.send_unsent();
        let Some(run) = self.run.take() else { return };
        let (id, initiator, is_refused) = (run.id, run.head.initiator, run.is_refused);
        let (head, progress) = ((!run.is_begun).then(|| run.head.clone()), run.progress());
        let ending = match run.finish(outcome, self.now()) {
            Ok(_) if is_refused => None,
            Ok(event) => Some(Ending {
                run: id,
                head,
                tiles,
                progress,
                payload: packing::event_payload(event),
            }),
            Err(error) => {
                tracing::error!(run.id = %id, %error, "a run cannot be reported");
                None
            }
        };
        tracing::info!(robot.id = %self.endpoint.robot, run.id = %id, ?outcome, "run ended");
        self.close(id, initiator, outcome, ending);
        self.check_pursuit();
    }

    /// Keeps the last event of a run, or sets aside a run that has none, and answers the command that began it unless
    /// the event does.
    fn close(&mut self, run: RunId, initiator: Initiator, outcome: Outcome, ending: Option<Ending>) {
        let is_told = ending.is_some();
        match ending {
            Some(ending) => self.end(ending),
            None => self.set_aside(run),
        }
        match initiator {
            Initiator::Command { command } if !(is_told && tells_of(run, command)) => {
                self.answer(command, answer_to_start(run, outcome));
            }
            Initiator::Command { .. } | Initiator::Schedule | Initiator::Button | Initiator::Replay => {}
        }
    }

    /// After an outage: the last event and the run's place again, and the tiles that the cloud may lack.
    pub(super) fn catch_up_run(&mut self) {
        self.tell_run();
        self.send_unsent();
    }

    /// Publishes an event of the run under way, unless its beginning is not on the disk: a run that a power cut would leave
    /// no trace of would be under way for ever in the cloud.
    pub(super) fn publish_event(&mut self, event: &RunEvent) {
        if self.run.as_ref().is_some_and(|run| run.is_begun) {
            self.publish(Uplink::Run, run_event::encode(event));
        }
    }

    fn tell_run(&mut self) {
        let now = self.now();
        let Some(run) = &mut self.run else { return };
        let event = run.last_event(now);
        let located = run.located_again(now);
        self.publish_event(&event);
        if let Some(located) = located {
            self.publish_event(&located);
        }
    }

    /// Ends a run that the last start of the agent left open, from what the outbox has of it.
    pub(super) fn close_interrupted(&mut self, open: OpenRun) {
        let ending = self.interrupted_payload(&open).map(|payload| Ending {
            run: open.run,
            head: None,
            tiles: Vec::new(),
            progress: Progress::default(),
            payload,
        });
        let ending = ending.inspect_err(|error| {
            tracing::error!(run.id = %open.run, %error, "an interrupted run cannot be reported");
        });
        self.close(open.run, open.head.initiator, Outcome::Interrupted, ending.ok());
    }

    fn interrupted_payload(&mut self, open: &OpenRun) -> Result<Vec<u8>, InterruptedError> {
        let mut map = RunMap::new();
        let mut tiles = Vec::new();
        for tile in self.storage.tiles(open.run, &open.tiles)? {
            tiles.push((tile.index, tile.rev));
            map.replace(tile.index, tile.unpack()?);
        }
        let report = RunReport {
            outcome: Outcome::Interrupted,
            area_cm2: open.progress.area_cm2,
            duration_ms: open.progress.duration_ms,
            manifest: Manifest::new(tiles, map.digest())?,
            track: open.progress.track.clone(),
        };
        let kind = RunEventKind::Finished(report);
        // Pauses since the last stored progress had numbers too.
        let seq = open.progress.seq.saturating_add(SEQ_GAP);
        Ok(packing::event_payload(run::event(
            open.run,
            &open.head,
            seq,
            kind,
            self.now(),
        )))
    }

    /// Puts tiles and progress of the run on the disk, after its beginning if there was no room for that; says whether
    /// they are there.
    fn keep(&mut self, tiles: &[PackedTile]) -> bool {
        if !self.keep_beginning() {
            return false;
        }
        let Some(run) = &self.run else { return false };
        let (id, progress) = (run.id, run.progress());
        let kept = self.storage.put_tiles(id, tiles.to_vec(), progress);
        let is_kept = self.account(id, kept);
        if let Some(run) = self.run.as_mut().filter(|_| is_kept) {
            run.set_stored(tiles);
        }
        is_kept
    }

    /// Puts the beginning of the run on the disk if there was no room for it, and tells of the run then; says whether it
    /// is there.
    fn keep_beginning(&mut self) -> bool {
        let Some(run) = self.run.as_ref().filter(|run| !run.is_begun) else {
            return true;
        };
        let (id, head) = (run.id, run.head.clone());
        let begun = self.storage.begin_run(id, head);
        if !self.account(id, begun) {
            return false;
        }
        if let Some(run) = &mut self.run {
            run.is_begun = true;
        }
        self.tell_run();
        true
    }

    /// Sends tiles as they are on the disk, so that a revision means the same there and in the cloud.
    fn send_unsent(&mut self) {
        let connected = self.connected;
        let may_send = |run: &&mut CurrentRun| connected && run.may_upload && !run.is_refused;
        let Some(run) = self.run.as_mut().filter(may_send) else {
            return;
        };
        let (id, pairing) = (run.id, run.head.pairing);
        let wanted: Vec<TileIndex> = std::mem::take(&mut run.unsent).into_iter().collect();
        match self.storage.tiles(id, &wanted) {
            Ok(tiles) => {
                for pack in packing::packs(pairing, id, tiles) {
                    self.publish(Uplink::Tiles, pack);
                }
            }
            // The manifest will name them, and the cloud ask for what it lacks.
            Err(error) => tracing::error!(run.id = %id, %error, "tiles cannot be read from the outbox"),
        }
    }

    /// Counts what the outbox dropped to make room; says whether it took the report of `run`.
    pub(super) fn account(&mut self, run: RunId, kept: Result<Vec<RunId>, StorageError>) -> bool {
        match kept {
            Ok(dropped) => {
                for run in &dropped {
                    tracing::warn!(run.id = %run, "a run was dropped: the outbox is full");
                    self.finished.remove(run);
                }
                self.state.dropped = self.state.dropped.saturating_add(dropped.len() as u32);
                true
            }
            Err(error) => {
                tracing::error!(run.id = %run, %error, "a report was not stored");
                false
            }
        }
    }
}

/// How long after its last tiles a run's end is told: the cloud then has them, and needs no second look at the run.
pub const AFTER_TILES: Duration = Duration::from_secs(2);

/// More events than a run can have between two of its reports.
const SEQ_GAP: u32 = 1_000;

/// Why an interrupted run cannot be reported.
#[derive(Debug, thiserror::Error)]
enum InterruptedError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Tile(#[from] wire::WireError),
    #[error(transparent)]
    Field(#[from] domain::FieldError),
}

fn answer_to_start(run: RunId, outcome: Outcome) -> Answer {
    match outcome {
        Outcome::Completed => Answer::Succeeded { run: Some(run) },
        Outcome::Stopped => Answer::Failed {
            reason: Failure::Superseded,
        },
        Outcome::Failed => Answer::Failed {
            reason: Failure::RobotError,
        },
        Outcome::Interrupted => Answer::Failed {
            reason: Failure::Interrupted,
        },
    }
}
