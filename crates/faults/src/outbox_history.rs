//! What is put into an outbox, step by step, and whether a file holds what it had promised by one of the steps.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use device_agent::outbox::{Outbox, OutboxError, Progress, RunHead};
use domain::id::RunId;
use domain::run::{Initiator, Rev};
use mapping::tile::TileIndex;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use wire::tile_pack::PackedTile;

use crate::home::{self, EPOCH};

/// Tiles of a run.
const TILES: i16 = 6;

/// All revisions of all tiles that were ever put in.
type Ever = BTreeSet<(RunId, TileIndex, Rev, Vec<u8>)>;

/// Tiles that the outbox keeps durably before it answers.
struct Put {
    run: RunId,
    tiles: Vec<PackedTile>,
}

/// Two runs, one after the other.
pub struct History {
    puts: Vec<Put>,
    ever: Ever,
}

impl History {
    /// Two runs of `puts` puts each.
    pub fn of(seed: u64, puts: usize) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let runs = [RunId::new(EPOCH, 1), RunId::new(EPOCH, 2)];
        let revs = runs
            .into_iter()
            .flat_map(|run| (1..=puts).map(move |put| (run, put)));
        let puts: Vec<Put> = revs
            .map(|(run, put)| Put {
                run,
                tiles: tiles(&mut random, Rev(u32::try_from(put).unwrap_or(u32::MAX))),
            })
            .collect();
        let ever = ever(&puts);
        Self { puts, ever }
    }

    /// How many puts there are.
    pub fn count(&self) -> usize {
        self.puts.len()
    }

    /// Puts in what comes after the first `from` puts, and calls `kept` with how many are in after each.
    ///
    /// # Errors
    /// The outbox's, and those of `kept`.
    pub fn write(
        &self,
        outbox: &mut Outbox,
        from: usize,
        mut kept: impl FnMut(usize) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        for (before, put) in self.puts.iter().enumerate().skip(from) {
            let last = before.checked_sub(1).and_then(|last| self.puts.get(last));
            if last.is_none_or(|last| last.run != put.run) {
                outbox.put_head(put.run, head())?;
            }
            outbox.put_tiles(put.run, put.tiles.clone(), Progress::default())?;
            kept(before + 1)?;
        }
        Ok(())
    }

    /// What is wrong with the file at `path`, which had promised the first `kept` puts.
    ///
    /// # Errors
    /// When the outbox refuses the file.
    pub fn problem(&self, path: &Path, kept: usize) -> Result<Option<String>, OutboxError> {
        let found = catch_unwind(AssertUnwindSafe(|| self.found(path)));
        let Ok(found) = found else {
            return Ok(Some("it panicked".to_owned()));
        };
        let found = found?;
        if !found.is_subset(&self.ever) {
            return Ok(Some("a tile is there that was never put in".to_owned()));
        }
        let lost = self.promised(kept).into_iter().filter(|((run, index), rev)| {
            let is_it = |(of, at, newest, _): &&(RunId, TileIndex, Rev, Vec<u8>)| {
                (of, at) == (run, index) && newest >= rev
            };
            found.iter().find(is_it).is_none()
        });
        let lost = lost.count();
        Ok((lost > 0).then(|| format!("{lost} tiles that were promised are gone")))
    }

    fn found(&self, path: &Path) -> Result<Ever, OutboxError> {
        let outbox = Outbox::open(path)?;
        let runs: BTreeSet<RunId> = self.puts.iter().map(|put| put.run).collect();
        let wanted: Vec<TileIndex> = (0..TILES).map(|x| TileIndex { x, y: 0 }).collect();
        let mut found = Ever::new();
        for run in runs {
            let tiles = outbox.tiles(run, &wanted)?.into_iter();
            found.extend(tiles.map(|tile| (run, tile.index, tile.rev, tile.cells)));
        }
        Ok(found)
    }

    fn promised(&self, kept: usize) -> BTreeMap<(RunId, TileIndex), Rev> {
        let puts = self.puts.iter().take(kept);
        puts.flat_map(|put| put.tiles.iter().map(|tile| ((put.run, tile.index), tile.rev)))
            .collect()
    }
}

fn ever(puts: &[Put]) -> Ever {
    let tiles = puts
        .iter()
        .flat_map(|put| put.tiles.iter().map(|tile| (put.run, tile)));
    tiles
        .map(|(run, tile)| (run, tile.index, tile.rev, tile.cells.clone()))
        .collect()
}

fn tiles(random: &mut StdRng, rev: Rev) -> Vec<PackedTile> {
    (0..random.random_range(1..TILES))
        .map(|x| PackedTile {
            index: TileIndex { x, y: 0 },
            rev,
            cells: (0..random.random_range(4..24)).map(|_| random.random()).collect(),
        })
        .collect()
}

fn head() -> RunHead {
    RunHead {
        pairing: home::pairing(0),
        initiator: Initiator::Button,
        correlation: None,
        started_at: EPOCH,
    }
}
