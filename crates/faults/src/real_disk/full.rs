//! R4: a small tmpfs is full in the middle of a run, and has room again later.

use std::fs;
use std::path::Path;

use device_agent::outbox::Outbox;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rows::Outcome;

use super::mounted::Mounted;
use crate::bug::Bug;
use crate::outbox_history::History;
use crate::rows::Size;
use crate::seeds::disks;

/// The size of the file system, bytes.
const DISK_BYTES: u64 = 1 << 20;
/// What is left of it beside the file that fills it, bytes, at least and at most.
const LEFT_BYTES: std::ops::Range<u64> = 8 * 1024..64 * 1024;
/// Puts of a run, more than there is room for.
const PUTS: usize = 600;
/// The bound of the outbox, bytes: never reached.
const OUTBOX_BYTES: u64 = DISK_BYTES;

/// Fills the disk, each time at another place.
///
/// # Errors
/// When a file system does not do what it always does.
pub fn filled(size: Size, seed: u64, bug: Option<Bug>) -> anyhow::Result<Outcome> {
    let times = size.seeds(40, 400);
    let dir = tempfile::tempdir_in(disks())?;
    let mut outcome = Outcome {
        tried: times,
        details: format!(
            "{times} times in the middle of a run a tmpfs of {DISK_BYTES} bytes without room, then with some"
        ),
        ..Outcome::default()
    };
    for seed in seed..seed + times {
        let disk = match Mounted::tmpfs(DISK_BYTES, dir.path().join("disk")) {
            Err(error) => {
                return Ok(Outcome::left_out(format!(
                    "no tmpfs can be mounted here: {error:#}"
                )));
            }
            Ok(disk) => disk,
        };
        let problem = one(&disk.dir, seed, bug)?;
        outcome.note(problem.map(|problem| format!("seed {seed}: {problem}")));
    }
    Ok(outcome)
}

fn one(dir: &Path, seed: u64, bug: Option<Bug>) -> anyhow::Result<Option<String>> {
    let (path, filler) = (dir.join("outbox.log"), dir.join("filler"));
    let left = StdRng::seed_from_u64(seed).random_range(LEFT_BYTES);
    fs::write(&filler, vec![0; usize::try_from(DISK_BYTES - left)?])?;
    let history = History::of(seed, PUTS);
    let mut kept = 0;
    let mut note = |count| {
        kept = count;
        Ok(())
    };
    let written = history.write(&mut Outbox::open_bounded(&path, OUTBOX_BYTES)?, 0, &mut note);
    if written.is_ok() {
        return Ok(Some("the disk was not full".to_owned()));
    }
    let promised = kept + usize::from(bug == Some(Bug::SilentFullDisk));
    if let Some(problem) = history.problem(&path, promised)? {
        return Ok(Some(format!("full after {kept} puts: {problem}")));
    }
    fs::remove_file(&filler)?;
    history.write(&mut Outbox::open_bounded(&path, OUTBOX_BYTES)?, kept, |_| Ok(()))?;
    let problem = history.problem(&path, history.count())?;
    Ok(problem.map(|problem| format!("with room again after {kept} puts: {problem}")))
}
