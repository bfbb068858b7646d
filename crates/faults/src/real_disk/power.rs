//! R3: the power is cut while an outbox is written on ext4.
//!
//! The writer is stopped wherever it is and the image is copied without asking the file system: what the kernel had not
//! yet handed to the disk is not in the copy. Then the writer is killed, and both the copy, whose journal is played, and
//! the file system that lived on must hold what was promised.

use std::fs;
use std::path::Path;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rows::Outcome;

use super::mounted::{Mounted, format};
use super::writer::{self, Writer};
use crate::bug::Bug;
use crate::rows::Size;
use crate::seeds::disks;

/// The outbox's file.
const OUTBOX: &str = "outbox.log";

/// Cuts the power, each time at another place.
///
/// # Errors
/// When a process or a file system does not do what it always does.
pub fn cut(size: Size, seed: u64, bug: Option<Bug>) -> anyhow::Result<Outcome> {
    let cuts = size.seeds(20, 200);
    let dir = tempfile::tempdir_in(disks())?;
    let blank = dir.path().join("blank.img");
    let try_out = || format(&blank).and_then(|()| Mounted::image(&blank, dir.path().join("blank")));
    if let Err(error) = try_out() {
        return Ok(Outcome::left_out(format!(
            "no ext4 can be mounted here: {error:#}"
        )));
    }
    let mut outcome = Outcome {
        tried: cuts,
        details: format!(
            "{cuts} cuts of the power on ext4 in the middle of writing, the process killed after each"
        ),
        ..Outcome::default()
    };
    for seed in seed..seed + cuts {
        let problem = one(dir.path(), &blank, seed, bug)?;
        outcome.note(problem.map(|problem| format!("seed {seed}: {problem}")));
    }
    Ok(outcome)
}

fn one(dir: &Path, blank: &Path, seed: u64, bug: Option<Bug>) -> anyhow::Result<Option<String>> {
    let history = writer::history(seed);
    let (image, copy) = (dir.join("disk.img"), dir.join("copy.img"));
    fs::copy(blank, &image)?;
    let disk = Mounted::image(&image, dir.join("disk"))?;
    let path = disk.dir.join(OUTBOX);
    let puts = StdRng::seed_from_u64(seed).random_range(1..history.count());
    let kept = {
        let writer = Writer::start(&path, seed, bug)?;
        writer.wait(puts)?;
        writer.stop()?;
        fs::copy(&image, &copy)?;
        writer.kept()
    };
    let after_kill = history.problem(&path, kept)?;
    drop(disk);
    let cut = Mounted::image(&copy, dir.join("copy"))?;
    let after_cut = history.problem(&cut.dir.join(OUTBOX), kept)?;
    let told = |what: &str, problem: Option<String>| {
        problem.map(|problem| format!("{what} after {kept} puts: {problem}"))
    };
    Ok(told("cut", after_cut).or(told("killed", after_kill)))
}
