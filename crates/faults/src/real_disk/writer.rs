//! A process that writes an outbox until it is killed, and says how much is kept.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, io, thread};

use anyhow::{Context, ensure};
use device_agent::outbox::Outbox;

use super::mounted::tool;
use crate::bug::Bug;
use crate::outbox_history::History;

/// Puts of a run: enough that the file is compacted on the way.
const PUTS: usize = 400;
/// The bound of the outbox, bytes: small, so that it is compacted, and large enough that it never drops a run for room.
const OUTBOX_BYTES: u64 = 96 * 1024;
/// How long a process may take to do what it is told.
const PATIENCE: Duration = Duration::from_secs(20);
/// The argument that makes the program such a process; a word `early` behind the seed lets it promise too early.
pub const ARGUMENT: &str = "--write-outbox";

/// What a writer of this seed puts in.
pub fn history(seed: u64) -> History {
    History::of(seed, PUTS)
}

/// Writes the outbox at `path`, and prints after each put how many are kept; with [`Bug::UnsyncedDisk`] before the next is.
///
/// # Errors
/// The outbox's, and when nobody listens.
pub fn write(path: &Path, seed: u64, is_early: bool) -> anyhow::Result<()> {
    let mut outbox = Outbox::open_bounded(path, OUTBOX_BYTES)?;
    history(seed).write(&mut outbox, 0, |kept| {
        let mut out = io::stdout().lock();
        writeln!(out, "{}", kept + usize::from(is_early))?;
        Ok(out.flush()?)
    })
}

/// Such a process, seen from outside.
pub struct Writer {
    child: Child,
    kept: Arc<AtomicUsize>,
}

impl Writer {
    /// Starts one.
    ///
    /// # Errors
    /// When this program cannot be started again.
    pub fn start(path: &Path, seed: u64, bug: Option<Bug>) -> anyhow::Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command
            .arg(ARGUMENT)
            .arg(path)
            .args(["--seed", &seed.to_string()]);
        if bug == Some(Bug::UnsyncedDisk) {
            command.arg("--early");
        }
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let told = BufReader::new(child.stdout.take().context("the writer has no output")?);
        let kept = Arc::new(AtomicUsize::new(0));
        let heard = kept.clone();
        thread::spawn(move || {
            let counts = told.lines().map_while(Result::ok);
            counts
                .filter_map(|line| line.parse().ok())
                .for_each(|count| heard.store(count, Ordering::SeqCst));
        });
        Ok(Self { child, kept })
    }

    /// How many puts it has promised.
    pub fn kept(&self) -> usize {
        self.kept.load(Ordering::SeqCst)
    }

    /// Waits until it has promised so many.
    ///
    /// # Errors
    /// When it does not in time.
    pub fn wait(&self, puts: usize) -> anyhow::Result<()> {
        until("the writer writes", || self.kept() >= puts)
    }

    /// Stops it wherever it is, between two calls of the system.
    ///
    /// # Errors
    /// When the system does not.
    pub fn stop(&self) -> anyhow::Result<()> {
        let id = self.child.id().to_string();
        tool(Command::new("kill").args(["-STOP", &id]))?;
        until("the writer stops", || {
            let state = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
            state
                .rsplit(") ")
                .next()
                .is_some_and(|rest| rest.starts_with(['T', 'Z']))
        })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // It may have come to its end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn until(what: &str, is_so: impl Fn() -> bool) -> anyhow::Result<()> {
    let start = Instant::now();
    while !is_so() {
        ensure!(start.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        thread::yield_now();
    }
    Ok(())
}
