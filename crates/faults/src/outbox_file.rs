//! R3: the outbox's file cut at every byte, as a power cut leaves it, and with every bit turned, as a bad disk does.

use std::fs;
use std::path::Path;

use device_agent::outbox::Outbox;
use rows::Outcome;

use crate::outbox_history::History;
use crate::rows::Size;
use crate::seeds::disks;

/// Bytes of the file that say what it is; a change there sets the file aside or names a newer agent.
const HEAD_BYTES: usize = 8;

/// A file with its history.
struct Written {
    history: History,
    bytes: Vec<u8>,
    /// The size of the file after each put.
    sizes: Vec<usize>,
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
        outcome.note(problem.map(|problem| format!("seed {seed}: {what}: {problem}")));
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
fn write(path: &Path, puts: usize, seed: u64) -> anyhow::Result<Written> {
    let (history, mut sizes) = (History::of(seed, puts), Vec::new());
    history.write(&mut Outbox::open(path)?, 0, |_| {
        sizes.push(usize::try_from(fs::metadata(path)?.len())?);
        Ok(())
    })?;
    Ok(Written {
        history,
        bytes: fs::read(path)?,
        sizes,
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
    let kept = written.sizes.iter().filter(|size| **size <= whole.unwrap_or(0));
    Ok(match written.history.problem(path, kept.count()) {
        Err(error) => (!is_headless).then(|| error.to_string()),
        Ok(problem) => problem,
    })
}
