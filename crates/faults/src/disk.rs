//! The agent's disk, which may be full, and from which the agent may be torn at any call; it keeps the books of what the
//! agent was promised.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use device_agent::credentials::Credentials;
use device_agent::kept_plan::KeptPlan;
use device_agent::outbox::{OutboxError, Progress, RunHead};
use device_agent::renewal::Renewal;
use device_agent::state::AgentState;
use device_agent::storage::{DiskStorage, Memory, Storage, StorageError};
use domain::id::RunId;
use domain::settings::Settings;
use mapping::tile::TileIndex;
use wire::tile_pack::PackedTile;

use crate::bug::Bug;

/// What the disk holds of one run, as the agent was told.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// The newest revision of each tile.
    pub tiles: BTreeMap<TileIndex, PackedTile>,
    /// Revisions that may be there: the agent was killed before it was told.
    pub perhaps: BTreeMap<TileIndex, PackedTile>,
    /// Whether the beginning of the run is certainly there.
    pub is_certain: bool,
}

/// What the harness and the disk of one robot know together.
#[derive(Debug, Default)]
pub struct Books {
    /// What was kept of each run.
    pub runs: BTreeMap<RunId, Kept>,
    /// How many tile reports were kept.
    pub reports: u64,
    /// How many calls were refused because the disk was full.
    pub refusals: u64,
    /// The calls that are left until the agent is killed.
    pub fuse: Option<u32>,
    /// Whether the agent was killed; nothing reaches the disk any more.
    pub is_dead: bool,
    /// Whether the disk is full.
    pub is_full: bool,
    /// What is wrong on purpose.
    pub bug: Option<Bug>,
    /// The size of the outbox before its last call, in bytes.
    synced: u64,
}

impl Books {
    /// A new agent starts; what the last one wrote is synced by now.
    pub fn power_up(&mut self) {
        self.is_dead = false;
        self.fuse = None;
        self.synced = 0;
    }
}

/// The books, shared.
pub type SharedBooks = Arc<Mutex<Books>>;

/// The books, to read and write in.
pub fn open(books: &SharedBooks) -> MutexGuard<'_, Books> {
    books.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A disk in a directory.
pub struct SimulatedDisk {
    disk: DiskStorage,
    outbox: PathBuf,
    books: SharedBooks,
}

/// How a call goes.
enum Turn {
    Works,
    DiesAfter,
    Fails,
}

impl SimulatedDisk {
    /// What the agent finds at its start.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn mount(dir: &Path, books: SharedBooks) -> Result<(Self, Memory), StorageError> {
        let (disk, memory) = DiskStorage::open(dir)?;
        let outbox = outbox_of(dir);
        Ok((Self { disk, outbox, books }, memory))
    }

    fn turn(&self) -> Turn {
        let mut books = open(&self.books);
        if books.is_dead {
            return Turn::Fails;
        }
        match books.fuse {
            Some(0) => {
                books.is_dead = true;
                return Turn::DiesAfter;
            }
            Some(left) => books.fuse = Some(left - 1),
            None => {}
        }
        if books.is_full {
            books.refusals += 1;
            return Turn::Fails;
        }
        Turn::Works
    }

    /// Does `work` unless the disk is full or the agent dead; says whether the agent lives to hear of it.
    fn write<T>(
        &mut self,
        work: impl FnOnce(&mut DiskStorage) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        match self.turn() {
            Turn::Works => work(&mut self.disk),
            Turn::DiesAfter => {
                open(&self.books).synced = size(&self.outbox);
                work(&mut self.disk).and_then(|_| Err(no_room()))
            }
            Turn::Fails => Err(no_room()),
        }
    }

    fn note_tiles(&self, run: RunId, tiles: &[PackedTile], is_told: bool) {
        let mut books = open(&self.books);
        let kept = books.runs.entry(run).or_default();
        for tile in tiles {
            if is_told {
                kept.perhaps.remove(&tile.index);
                kept.tiles.insert(tile.index, tile.clone());
            } else {
                kept.perhaps.insert(tile.index, tile.clone());
            }
        }
        if is_told {
            books.reports += tiles.len() as u64;
        }
    }

    /// Whether a write that failed is told to the agent as done.
    fn lies(&self) -> bool {
        let books = open(&self.books);
        books.is_full && !books.is_dead && books.bug == Some(Bug::SilentFullDisk)
    }
}

/// Tears off a part of what the last call of a killed agent wrote, and with [`Bug::UnsyncedDisk`] more than that.
pub fn tear(dir: &Path, books: &SharedBooks, part: f64) -> std::io::Result<()> {
    let path = outbox_of(dir);
    let mut books = open(books);
    let (end, synced) = (size(&path), std::mem::take(&mut books.synced));
    let from = match books.bug {
        Some(Bug::UnsyncedDisk) => end / 2,
        _ if synced == 0 || synced > end => end,
        _ => synced,
    };
    let left = from + ((end - from) as f64 * part) as u64;
    match OpenOptions::new().write(true).open(&path) {
        Ok(file) => file.set_len(left),
        Err(_) => Ok(()),
    }
}

fn outbox_of(dir: &Path) -> PathBuf {
    dir.join("outbox.log")
}

fn size(path: &Path) -> u64 {
    File::open(path)
        .and_then(|file| file.metadata())
        .map_or(0, |metadata| metadata.len())
}

fn no_room() -> StorageError {
    OutboxError::Full { limit: 0 }.into()
}

impl Storage for SimulatedDisk {
    fn save_state(&mut self, state: &AgentState) -> Result<(), StorageError> {
        self.write(|disk| disk.save_state(state))
    }

    fn save_settings(&mut self, settings: &Settings) -> Result<(), StorageError> {
        self.write(|disk| disk.save_settings(settings))
    }

    fn save_plan(&mut self, plan: &KeptPlan) -> Result<(), StorageError> {
        self.write(|disk| disk.save_plan(plan))
    }

    fn save_renewal(&mut self, renewal: &Renewal) -> Result<(), StorageError> {
        self.write(|disk| disk.save_renewal(renewal))
    }

    fn drop_renewal(&mut self) -> Result<(), StorageError> {
        self.write(DiskStorage::drop_renewal)
    }

    fn finish_renewal(&mut self, renewed: &Credentials) -> Result<(), StorageError> {
        self.write(|disk| disk.finish_renewal(renewed))
    }

    fn begin_run(&mut self, run: RunId, head: RunHead) -> Result<Vec<RunId>, StorageError> {
        let begun = self.write(|disk| disk.begin_run(run, head));
        let mut books = open(&self.books);
        if begun.is_ok() || books.is_dead {
            books.runs.entry(run).or_default().is_certain = begun.is_ok();
        }
        begun
    }

    fn put_tiles(
        &mut self,
        run: RunId,
        tiles: Vec<PackedTile>,
        progress: Progress,
    ) -> Result<Vec<RunId>, StorageError> {
        let was_dead = open(&self.books).is_dead;
        let put = self.write(|disk| disk.put_tiles(run, tiles.clone(), progress));
        let dies_now = !was_dead && open(&self.books).is_dead;
        match put {
            Ok(dropped) => {
                self.note_tiles(run, &tiles, true);
                Ok(dropped)
            }
            Err(_) if self.lies() => {
                self.note_tiles(run, &tiles, true);
                Ok(Vec::new())
            }
            Err(error) => {
                if dies_now {
                    self.note_tiles(run, &tiles, false);
                }
                Err(error)
            }
        }
    }

    fn finish_run(&mut self, run: RunId, payload: Vec<u8>) -> Result<Vec<RunId>, StorageError> {
        self.write(|disk| disk.finish_run(run, payload))
    }

    fn remove_run(&mut self, run: RunId) -> Result<(), StorageError> {
        self.write(|disk| disk.remove_run(run))
    }

    fn finished_payload(&mut self, run: RunId) -> Result<Option<Vec<u8>>, StorageError> {
        self.disk.finished_payload(run)
    }

    fn tiles(&mut self, run: RunId, wanted: &[TileIndex]) -> Result<Vec<PackedTile>, StorageError> {
        self.disk.tiles(run, wanted)
    }

    fn waiting(&self) -> usize {
        self.disk.waiting()
    }
}
