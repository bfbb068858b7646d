//! Runs that are over, until the disk has taken their end: one that has no room now is asked again.

use std::collections::VecDeque;
use std::time::Duration;

use domain::id::RunId;
use wire::tile_pack::PackedTile;

use super::repeat::Repeat;
use super::runs::AFTER_TILES;
use super::{Agent, Uptime};
use crate::outbox::{Progress, RunHead};

/// The most runs whose end waits for room; the oldest is given up beyond, and counted as dropped.
pub const MAX_ENDINGS: usize = 4;
/// How often the disk is asked again.
pub const ASK_DISK_AGAIN: Duration = Duration::from_secs(5);

/// What the disk lacks of a run that is over.
pub(super) struct Ending {
    /// The run.
    pub run: RunId,
    /// Its beginning, if not even that is there.
    pub head: Option<RunHead>,
    /// Its last tiles.
    pub tiles: Vec<PackedTile>,
    /// How far it came.
    pub progress: Progress,
    /// The payload of its last event.
    pub payload: Vec<u8>,
}

/// The runs whose end waits for room, oldest first.
#[derive(Default)]
pub(super) struct Endings {
    waiting: VecDeque<Ending>,
    due: Uptime,
}

impl Endings {
    /// When the disk is asked again, if anything waits.
    pub fn next(&self) -> Option<Uptime> {
        (!self.waiting.is_empty()).then_some(self.due)
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

impl Agent {
    /// Puts the end of a run on the disk, or keeps it until the disk has room: it is sent only from there, since what the
    /// cloud is told must still be true after a power cut.
    pub(super) fn end(&mut self, ending: Ending) {
        if self.put_ending(&ending) {
            return;
        }
        self.endings.due = self.uptime + ASK_DISK_AGAIN;
        self.endings.waiting.push_back(ending);
        if self.endings.waiting.len() > MAX_ENDINGS {
            self.endings.waiting.pop_front();
            self.state.dropped = self.state.dropped.saturating_add(1);
        }
    }

    /// Asks the disk again if it is time.
    pub(super) fn tick_endings(&mut self) {
        if self.endings.next().is_some_and(|due| self.uptime >= due) {
            let waiting = std::mem::take(&mut self.endings.waiting);
            waiting.into_iter().for_each(|ending| self.end(ending));
        }
    }

    /// Says whether all of it is on the disk.
    fn put_ending(&mut self, ending: &Ending) -> bool {
        let run = ending.run;
        if let Some(head) = &ending.head {
            let begun = self.storage.begin_run(run, head.clone());
            if !self.account(run, begun) {
                return false;
            }
        }
        if !ending.tiles.is_empty() {
            let put = self
                .storage
                .put_tiles(run, ending.tiles.clone(), ending.progress.clone());
            if !self.account(run, put) {
                return false;
            }
        }
        let finished = self.storage.finish_run(run, ending.payload.clone());
        let is_kept = self.account(run, finished);
        if is_kept {
            self.finished
                .insert(run, Repeat::due_at(self.uptime + AFTER_TILES));
        }
        is_kept
    }
}
