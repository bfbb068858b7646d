//! Plays many seeds on all processors.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::climate::Climate;
use crate::simulation::{Figures, Simulation};

/// Where files live in memory, if the system has such a place: a simulation asks what is on the disk, not how fast it is.
const MEMORY: &str = "/dev/shm";

/// Where the simulated disks are kept.
pub fn disks() -> PathBuf {
    let memory = Path::new(MEMORY);
    if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    }
}

/// Plays `count` seeds from `first` on; gives the sums of what they did, and the problems, each with its seed.
///
/// # Errors
/// When there is no place for the disks.
pub fn play(climate: &Climate, first: u64, count: u64) -> anyhow::Result<(Figures, Vec<String>)> {
    let dir = tempfile::tempdir_in(disks())?;
    let (next, total) = (
        AtomicU64::new(first),
        Mutex::new((Figures::default(), Vec::new())),
    );
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + count {
                return;
            }
            let (figures, problems) = play_one(climate, seed, dir.path());
            if let Ok(mut total) = total.lock() {
                total.0.add(&figures);
                let told = problems
                    .into_iter()
                    .map(|problem| format!("seed {seed}: {problem}"));
                total.1.extend(told);
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        (0..threads).for_each(|_| {
            scope.spawn(work);
        });
    });
    total
        .into_inner()
        .map_err(|_| anyhow::anyhow!("a simulation broke off"))
}

/// Plays one seed; that it cannot go on or panics is a problem as well.
fn play_one(climate: &Climate, seed: u64, dir: &Path) -> (Figures, Vec<String>) {
    match catch_unwind(AssertUnwindSafe(|| Simulation::play(climate, seed, dir))) {
        Ok(Ok(played)) => played,
        Ok(Err(error)) => (Figures::default(), vec![format!("{error:#}")]),
        Err(_) => (Figures::default(), vec!["it panicked".to_owned()]),
    }
}
