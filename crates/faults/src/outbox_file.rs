//! R3: the outbox's file cut at every byte, as a power cut leaves it, and with every bit turned, as a bad disk does.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use device_agent::outbox::{Outbox, Progress, RunHead};
use domain::id::RunId;
use domain::run::{Initiator, Rev};
use mapping::tile::TileIndex;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use wire::tile_pack::PackedTile;

use crate::home::{self, EPOCH};
use crate::rows::{Outcome, Size};
use crate::seeds::disks;

/// Tiles of a run.
const TILES: i16 = 6;
/// Bytes of the file that say what it is; a change there sets the file aside or names a newer agent.
const HEAD_BYTES: usize = 8;

/// All revisions of all tiles that were ever put in.
type Ever = BTreeSet<(RunId, TileIndex, Rev, Vec<u8>)>;

/// What the file had to hold at one of its sizes.
struct Promise {
    bytes: usize,
    tiles: BTreeMap<(RunId, TileIndex), Rev>,
}

/// A file with its history.
pub struct Written {
    bytes: Vec<u8>,
    promises: Vec<Promise>,
    ever: Ever,
}

/// Cuts and turns.
///
/// # Errors
/// When there is no place for files.
pub fn cut_and_turned(size: Size, seed: u64) -> anyhow::Result<Outcome> {
    let puts = match size {
        Size::Short | Size::Seeds(_) => 8,
        Size::Long => 24,
    };
    let dir = tempfile::tempdir_in(disks())?;
    let path = dir.path().join("outbox.log");
    let written = write(&path, puts, seed)?;
    let mut outcome = Outcome {
        details: format!(
            "a file of {} bytes cut at every byte and with every bit turned",
            written.bytes.len()
        ),
        ..Outcome::default()
    };
    let mut count = |what: String, problem: Option<String>| {
        outcome.tried += 1;
        if let Some(problem) = problem {
            outcome.failed += 1;
            outcome.problems.push(format!("seed {seed}: {what}: {problem}"));
        }
    };
    for cut in 0..=written.bytes.len() {
        let bytes = written.bytes.get(..cut).unwrap_or_default();
        count(format!("cut at {cut}"), look(&path, bytes, &written, Some(cut))?);
    }
    for bit in 0..written.bytes.len() * 8 {
        let mut bytes = written.bytes.clone();
        if let Some(byte) = bytes.get_mut(bit / 8) {
            *byte ^= 1 << (bit % 8);
        }
        count(format!("bit {bit} turned"), look(&path, &bytes, &written, None)?);
    }
    Ok(outcome)
}

/// Writes two runs of `puts` puts each into a new outbox.
///
/// # Errors
/// The outbox's and the file system's.
pub fn write(path: &Path, puts: usize, seed: u64) -> anyhow::Result<Written> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut outbox = Outbox::open(path)?;
    let runs = [RunId::new(EPOCH, 1), RunId::new(EPOCH, 2)];
    let (mut tiles, mut ever, mut promises) = (BTreeMap::new(), Ever::new(), Vec::new());
    for run in runs {
        let head = RunHead {
            pairing: home::pairing(0),
            initiator: Initiator::Button,
            correlation: None,
            started_at: EPOCH,
        };
        outbox.put_head(run, head)?;
        for put in 1..=puts {
            let put_in: Vec<PackedTile> = (0..random.random_range(1..TILES))
                .map(|x| PackedTile {
                    index: TileIndex { x, y: 0 },
                    rev: Rev(u32::try_from(put).unwrap_or(u32::MAX)),
                    cells: (0..random.random_range(4..24)).map(|_| random.random()).collect(),
                })
                .collect();
            for tile in &put_in {
                tiles.insert((run, tile.index), tile.rev);
                ever.insert((run, tile.index, tile.rev, tile.cells.clone()));
            }
            outbox.put_tiles(run, put_in, Progress::default())?;
            promises.push(Promise {
                bytes: usize::try_from(fs::metadata(path)?.len())?,
                tiles: tiles.clone(),
            });
        }
    }
    Ok(Written {
        bytes: fs::read(path)?,
        promises,
        ever,
    })
}

/// Opens a file of `bytes`; what is wrong with what is found in it, given that it was whole up to `whole`.
fn look(
    path: &Path,
    bytes: &[u8],
    written: &Written,
    whole: Option<usize>,
) -> anyhow::Result<Option<String>> {
    fs::write(path, bytes)?;
    let is_headless = bytes.get(..HEAD_BYTES) != written.bytes.get(..HEAD_BYTES);
    Ok(match catch_unwind(AssertUnwindSafe(|| found(path, written))) {
        Err(_) => Some("it panicked".to_owned()),
        Ok(Err(error)) => (!is_headless).then(|| format!("{error:#}")),
        Ok(Ok(found)) if found.iter().any(|tile| !written.ever.contains(tile)) => {
            Some("a tile is there that was never put in".to_owned())
        }
        Ok(Ok(found)) => whole.and_then(|whole| lacking(&found, written, whole)),
    })
}

fn found(path: &Path, written: &Written) -> anyhow::Result<Ever> {
    let outbox = Outbox::open(path)?;
    let runs: BTreeSet<RunId> = written.ever.iter().map(|(run, ..)| *run).collect();
    let wanted: Vec<TileIndex> = (0..TILES).map(|x| TileIndex { x, y: 0 }).collect();
    let mut found = Ever::new();
    for run in runs {
        match outbox.tiles(run, &wanted) {
            Ok(tiles) => found.extend(
                tiles
                    .into_iter()
                    .map(|tile| (run, tile.index, tile.rev, tile.cells)),
            ),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(found)
}

/// What a file that was whole up to `whole` had promised and does not hold.
fn lacking(found: &Ever, written: &Written, whole: usize) -> Option<String> {
    let promise = written
        .promises
        .iter()
        .rev()
        .find(|promise| promise.bytes <= whole)?;
    let is_kept = |((run, index), rev): (&(RunId, TileIndex), &Rev)| {
        found.iter().any(|(found_run, found_index, found_rev, _)| {
            (found_run, found_index) == (run, index) && found_rev >= rev
        })
    };
    let lost = promise.tiles.iter().filter(|tile| !is_kept(*tile)).count();
    (lost > 0).then(|| format!("{lost} tiles that were promised are gone"))
}
