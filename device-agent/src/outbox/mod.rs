//! What must reach the cloud, on disk until the cloud confirms that it is stored.
//!
//! A PUBACK is no confirmation: brokers and client libraries lose acknowledged messages. The outbox is a log of
//! checksummed records, keyed by run; only [`Outbox::remove`] lets a run go.

mod index;
mod log;
mod record;

use std::path::{Path, PathBuf};

use domain::id::RunId;
use mapping::tile::TileIndex;
use thiserror::Error;
use wire::tile_pack::PackedTile;

use index::Index;
use log::{Extent, Log};
use record::Record;

pub use log::LogError;
pub use record::{MAX_RECORD_BYTES, Progress, RunHead};

/// The most bytes that the outbox takes on the disk: some 400 runs of a flat.
pub const MAX_OUTBOX_BYTES: u64 = 16 * 1024 * 1024;
/// Below this many bytes the file is not worth rewriting.
const MIN_COMPACTION_BYTES: u64 = 64 * 1024;

/// Why something was not put into the outbox.
#[derive(Debug, Error)]
pub enum OutboxError {
    /// The file could not be read or written.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A record would be larger than any message.
    #[error("outbox record: has {bytes} bytes, the limit is {MAX_RECORD_BYTES}")]
    RecordTooLarge {
        /// Its size.
        bytes: usize,
    },
    /// One run alone fills it.
    #[error("outbox: is full, the limit is {limit} bytes")]
    Full {
        /// The most bytes it may take.
        limit: u64,
    },
}

/// A run that was under way when the agent ended.
#[derive(Debug, PartialEq, Eq)]
pub struct OpenRun {
    /// The run.
    pub run: RunId,
    /// Under what it was driven.
    pub head: RunHead,
    /// How far it came, with its whole track.
    pub progress: Progress,
    /// The tiles that are kept of it.
    pub tiles: Vec<TileIndex>,
}

/// The outbox, open for reading and writing.
pub struct Outbox {
    log: Log,
    index: Index,
    path: PathBuf,
    refused: u32,
    limit: u64,
}

impl Outbox {
    /// Opens the outbox at `path` or makes an empty one, bounded by [`MAX_OUTBOX_BYTES`].
    ///
    /// # Errors
    /// [`OutboxError::Log`].
    pub fn open(path: &Path) -> Result<Self, OutboxError> {
        Self::open_bounded(path, MAX_OUTBOX_BYTES)
    }

    /// Opens the outbox with another bound, in bytes.
    ///
    /// # Errors
    /// [`OutboxError::Log`].
    pub fn open_bounded(path: &Path, limit: u64) -> Result<Self, OutboxError> {
        let mut index = Index::default();
        let mut unreadable = 0;
        let recovered = Log::open(path, |extent, payload| match Record::decode(payload) {
            Some((run, record)) => index.note(run, record, extent),
            None => unreadable += 1,
        })?;
        let refused = recovered.refused + unreadable;
        Ok(Self {
            log: recovered.log,
            index,
            path: path.to_owned(),
            refused,
            limit,
        })
    }

    /// Records that were found damaged since the outbox was opened.
    pub fn refused(&self) -> u32 {
        self.refused
    }

    /// Tiles and last events that wait for a confirmation.
    pub fn waiting(&self) -> usize {
        self.index.waiting()
    }

    /// Takes note, durably, that `run` began; gives the runs that were dropped to make room.
    ///
    /// # Errors
    /// [`OutboxError`].
    pub fn put_head(&mut self, run: RunId, head: RunHead) -> Result<Vec<RunId>, OutboxError> {
        self.put(run, vec![Record::Head(head)])
    }

    /// Keeps tiles of `run` and how far it has come, durably; gives the runs that were dropped to make room.
    ///
    /// # Errors
    /// [`OutboxError`].
    pub fn put_tiles(
        &mut self,
        run: RunId,
        tiles: Vec<PackedTile>,
        progress: Progress,
    ) -> Result<Vec<RunId>, OutboxError> {
        let records = tiles
            .into_iter()
            .map(Record::Tile)
            .chain([Record::Progress(progress)]);
        self.put(run, records.collect())
    }

    /// Keeps the payload of the last event of `run`, durably; gives the runs that were dropped to make room.
    ///
    /// # Errors
    /// [`OutboxError`].
    pub fn put_finished(&mut self, run: RunId, payload: Vec<u8>) -> Result<Vec<RunId>, OutboxError> {
        self.put(run, vec![Record::Finished(payload)])
    }

    /// Lets `run` go. Not synced: after a power cut it is there again, and confirmed again.
    ///
    /// # Errors
    /// [`OutboxError::Log`].
    pub fn remove(&mut self, run: RunId) -> Result<(), OutboxError> {
        if self.index.run(run).is_none() {
            return Ok(());
        }
        self.write(run, Record::Gone)?;
        let dead = self.log.bytes().saturating_sub(self.index.live_bytes());
        if self.log.bytes() > MIN_COMPACTION_BYTES && dead > self.log.bytes() / 2 {
            self.compact()?;
        }
        Ok(())
    }

    /// Runs that are over and wait for their confirmation, oldest first.
    pub fn finished(&self) -> Vec<RunId> {
        let runs = self.index.runs().into_iter();
        runs.filter(|(_, entry)| entry.finished.is_some())
            .map(|(run, _)| run)
            .collect()
    }

    /// The payload of the last event of `run`, if it is over.
    ///
    /// # Errors
    /// [`OutboxError::Log`].
    pub fn finished_payload(&self, run: RunId) -> Result<Option<Vec<u8>>, OutboxError> {
        let extent = self.index.run(run).and_then(|entry| entry.finished);
        let Some(extent) = extent else { return Ok(None) };
        Ok(match self.read(extent)? {
            Record::Finished(payload) => Some(payload),
            Record::Head(_) | Record::Tile(_) | Record::Progress(_) | Record::Gone => None,
        })
    }

    /// Those of `wanted` that are kept of `run`.
    ///
    /// # Errors
    /// [`OutboxError::Log`].
    pub fn tiles(&self, run: RunId, wanted: &[TileIndex]) -> Result<Vec<PackedTile>, OutboxError> {
        let Some(entry) = self.index.run(run) else {
            return Ok(Vec::new());
        };
        let extents = wanted.iter().filter_map(|index| entry.tiles.get(index));
        let mut tiles = Vec::new();
        for (_, extent) in extents {
            if let Record::Tile(tile) = self.read(*extent)? {
                tiles.push(tile);
            }
        }
        Ok(tiles)
    }

    /// Runs that were under way when the agent ended.
    ///
    /// # Errors
    /// [`OutboxError::Log`].
    pub fn open_runs(&self) -> Result<Vec<OpenRun>, OutboxError> {
        let mut open = Vec::new();
        for (run, entry) in self.index.runs() {
            if let (Some((head, _)), None) = (&entry.head, entry.finished) {
                let progress = self.progress(&entry.progress)?;
                open.push(OpenRun {
                    run,
                    head: head.clone(),
                    progress,
                    tiles: entry.tiles.keys().copied().collect(),
                });
            }
        }
        Ok(open)
    }

    /// Runs of which nothing can be reported, since the record of their beginning is damaged.
    pub fn orphans(&self) -> Vec<RunId> {
        let runs = self.index.runs().into_iter();
        runs.filter(|(_, entry)| entry.head.is_none() && entry.finished.is_none())
            .map(|(run, _)| run)
            .collect()
    }

    fn progress(&self, extents: &[Extent]) -> Result<Progress, OutboxError> {
        let mut whole = Progress::default();
        for extent in extents {
            if let Record::Progress(part) = self.read(*extent)? {
                let mut track = std::mem::take(&mut whole.track);
                track.extend(&part.track);
                whole = Progress { track, ..part };
            }
        }
        Ok(whole)
    }

    fn read(&self, extent: Extent) -> Result<Record, OutboxError> {
        let payload = self.log.read(extent)?;
        Ok(Record::decode(&payload).map_or(Record::Gone, |(_, record)| record))
    }

    fn put(&mut self, run: RunId, records: Vec<Record>) -> Result<Vec<RunId>, OutboxError> {
        let sizes: Vec<usize> = records.iter().map(|record| record.encode(run).len()).collect();
        if let Some(bytes) = sizes.iter().copied().find(|bytes| *bytes > MAX_RECORD_BYTES) {
            return Err(OutboxError::RecordTooLarge { bytes });
        }
        let needed = sizes
            .iter()
            .map(|bytes| (record::HEADER_BYTES + bytes) as u64)
            .sum();
        let dropped = self.make_room(needed, run)?;
        for record in records {
            self.write(run, record)?;
        }
        self.log.commit()?;
        Ok(dropped)
    }

    fn write(&mut self, run: RunId, record: Record) -> Result<(), OutboxError> {
        let extent = self.log.append(&record.encode(run))?;
        self.index.note(run, record, extent);
        Ok(())
    }

    fn make_room(&mut self, needed: u64, spared: RunId) -> Result<Vec<RunId>, OutboxError> {
        let mut dropped = Vec::new();
        if self.log.bytes() + needed <= self.limit {
            return Ok(dropped);
        }
        while self.index.live_bytes() + needed > self.limit {
            let oldest = self
                .index
                .oldest_but(spared)
                .ok_or(OutboxError::Full { limit: self.limit })?;
            self.write(oldest, Record::Gone)?;
            dropped.push(oldest);
        }
        self.compact()?;
        Ok(dropped)
    }

    /// Rewrites the file without what is no longer needed; a kill meanwhile leaves the old file.
    fn compact(&mut self) -> Result<(), OutboxError> {
        let mut fresh = Log::create(&self.path.with_extension("new"))?;
        let (mut index, mut refused) = (Index::default(), 0);
        for (_, entry) in self.index.runs() {
            for extent in entry.extents() {
                let payload = match self.log.read(extent) {
                    Err(LogError::Damaged { .. }) => {
                        refused += 1;
                        continue;
                    }
                    other => other?,
                };
                let moved = fresh.append(&payload)?;
                if let Some((run, record)) = Record::decode(&payload) {
                    index.note(run, record, moved);
                }
            }
        }
        self.refused += refused;
        self.log = fresh.move_to(&self.path)?;
        self.index = index;
        Ok(())
    }
}
