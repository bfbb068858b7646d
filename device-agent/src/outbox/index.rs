//! What the outbox holds, and where: all that is kept in memory of it.

use std::collections::BTreeMap;

use domain::id::RunId;
use domain::run::Rev;
use mapping::tile::TileIndex;

use super::log::Extent;
use super::record::{Record, RunHead};

/// What is kept of one run.
#[derive(Debug, Default)]
pub struct RunEntry {
    /// Under what it is driven; absent when the record was damaged.
    pub head: Option<(RunHead, Extent)>,
    /// The newest revision of each tile.
    pub tiles: BTreeMap<TileIndex, (Rev, Extent)>,
    /// How far it came, oldest first.
    pub progress: Vec<Extent>,
    /// Its last event, once it is over.
    pub finished: Option<Extent>,
    age: u64,
}

impl RunEntry {
    /// The records that are still needed, in the order in which they can be written again.
    pub fn extents(&self) -> impl Iterator<Item = Extent> + '_ {
        let head = self.head.iter().map(|(_, extent)| *extent);
        let tiles = self.tiles.values().map(|(_, extent)| *extent);
        head.chain(tiles)
            .chain(self.progress.iter().copied())
            .chain(self.finished)
    }

    fn bytes(&self) -> u64 {
        self.extents().map(Extent::record_bytes).sum()
    }
}

/// The runs of the outbox.
#[derive(Debug, Default)]
pub struct Index {
    runs: BTreeMap<RunId, RunEntry>,
    next_age: u64,
}

impl Index {
    /// Takes note of a record of `run` at `extent`.
    pub fn note(&mut self, run: RunId, record: Record, extent: Extent) {
        if record == Record::Gone {
            self.runs.remove(&run);
            return;
        }
        let age = self.next_age;
        let entry = self.runs.entry(run).or_insert_with(|| RunEntry {
            age,
            ..RunEntry::default()
        });
        self.next_age += u64::from(entry.age == age);
        match record {
            Record::Head(head) => entry.head = Some((head, extent)),
            Record::Tile(tile)
                if entry
                    .tiles
                    .get(&tile.index)
                    .is_none_or(|(have, _)| *have <= tile.rev) =>
            {
                entry.tiles.insert(tile.index, (tile.rev, extent));
            }
            Record::Tile(_) | Record::Gone => {}
            Record::Progress(_) => entry.progress.push(extent),
            Record::Finished(_) => entry.finished = Some(extent),
        }
    }

    /// What is kept of `run`.
    pub fn run(&self, run: RunId) -> Option<&RunEntry> {
        self.runs.get(&run)
    }

    /// All runs, oldest first.
    pub fn runs(&self) -> Vec<(RunId, &RunEntry)> {
        let mut runs: Vec<_> = self.runs.iter().map(|(run, entry)| (*run, entry)).collect();
        runs.sort_by_key(|(_, entry)| entry.age);
        runs
    }

    /// The run that has been kept longest, other than `spared`.
    pub fn oldest_but(&self, spared: RunId) -> Option<RunId> {
        let others = self.runs.iter().filter(|(run, _)| **run != spared);
        others.min_by_key(|(_, entry)| entry.age).map(|(run, _)| *run)
    }

    /// The bytes of all records that are still needed.
    pub fn live_bytes(&self) -> u64 {
        self.runs.values().map(RunEntry::bytes).sum()
    }

    /// Tiles and last events that wait for a confirmation.
    pub fn waiting(&self) -> usize {
        self.runs
            .values()
            .map(|entry| entry.tiles.len() + usize::from(entry.finished.is_some()))
            .sum()
    }
}
