//! R12: what each released version wrote, read by this one: the messages of its agent by our handlers, and its agent's
//! outbox and its cloud's messages by our agent.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use device_agent::outbox::Outbox;
use domain::receipt::{Receipt, ReceiptKind};
use domain::run::RunState;
use domain::settings::Settings;
use rows::Outcome;
use wire::{receipt, settings};

use crate::bug::Bug;
use crate::cloud::{Cloud, Invocation};
use crate::flaky::Weather;
use crate::home::{self, EPOCH, Function};
use crate::outbox_history::History;
use crate::rows::Size;
use crate::seeds::disks;
use crate::store_calls;

/// Where the corpora are, a folder for each version.
const CORPORA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/corpora");
/// The outbox of a version's agent.
const OUTBOX: &str = "outbox.log";
/// Puts into each run of the recorded outbox.
const PUTS: usize = 4;

/// Writes the corpus of this version, for later ones to read.
///
/// # Errors
/// When a file cannot be written.
pub fn record() -> anyhow::Result<PathBuf> {
    let dir = Path::new(CORPORA).join(env!("CARGO_PKG_VERSION"));
    fs::create_dir_all(&dir)?;
    for (number, (function, payload)) in store_calls::messages()?.iter().enumerate() {
        fs::write(dir.join(format!("{number:02}.{}", ending(*function))), payload)?;
    }
    History::of(0, PUTS).write(&mut Outbox::open(&dir.join(OUTBOX))?, 0, |_| Ok(()))?;
    let pairing = home::pairing(0);
    for (number, kind) in receipts()?.into_iter().enumerate() {
        let told = Receipt {
            pairing: Some(pairing),
            kind,
        };
        fs::write(dir.join(format!("{number:02}.receipt")), receipt::encode(&told))?;
    }
    fs::write(
        dir.join("00.settings"),
        settings::encode(&Settings::initial(pairing))?,
    )?;
    Ok(dir)
}

/// Reads every corpus.
///
/// # Errors
/// When a corpus is not there.
pub fn replayed(_: Size, _: u64) -> anyhow::Result<Outcome> {
    read_all(None)
}

/// Reads every corpus with something wrong on purpose.
///
/// # Errors
/// When a corpus is not there.
pub fn replayed_with(bug: Bug) -> anyhow::Result<Outcome> {
    read_all(Some(bug))
}

fn read_all(bug: Option<Bug>) -> anyhow::Result<Outcome> {
    let mut versions: Vec<PathBuf> = fs::read_dir(CORPORA)
        .context("there are no corpora")?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    versions.sort();
    let mut outcome = Outcome {
        details: format!(
            "{} versions, agent to cloud, cloud to agent, and the outbox",
            versions.len()
        ),
        ..Outcome::default()
    };
    for version in versions {
        let files = files(&version)?;
        outcome.tried += files.len() as u64;
        for read in [agent_to_cloud, cloud_to_agent, outbox] {
            let name = version.file_name().unwrap_or_default().to_string_lossy();
            let refused = read(&files, bug).err();
            outcome.note(refused.map(|error| format!("{name}: {error:#}")));
        }
    }
    Ok(outcome)
}

/// A file of a corpus: its name and what is in it.
type Recorded = (String, Vec<u8>);

fn files(version: &Path) -> anyhow::Result<Vec<Recorded>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(version)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        files.push((name, fs::read(entry.path())?));
    }
    files.sort();
    Ok(files)
}

/// The agent's messages make two sealed runs that have voted, and none is refused.
fn agent_to_cloud(files: &[Recorded], bug: Option<Bug>) -> anyhow::Result<()> {
    let mut cloud = Cloud::new(1, Weather::random(0, 0.0), None)?;
    for (name, payload) in files {
        let functions = [Function::MapIngest, Function::RunEvents];
        let Some(function) = functions.into_iter().find(|one| name.ends_with(ending(*one))) else {
            continue;
        };
        let event = home::message_event(home::robot(0), &renamed(payload, bug), EPOCH);
        let call = Invocation {
            function,
            event,
            tried: 0,
        };
        cloud.invoke(vec![call], EPOCH);
        while !cloud.has_read_all() {
            cloud.read_stream(1, EPOCH);
        }
    }
    let shelves = cloud.store.inner().look();
    ensure!(
        shelves.incidents.is_empty(),
        "{} messages were refused",
        shelves.incidents.len()
    );
    let voted = shelves
        .runs
        .values()
        .filter(|run| run.state == RunState::Sealed && run.vote.is_some());
    ensure!(voted.count() == 2, "not both runs have voted");
    Ok(())
}

fn cloud_to_agent(files: &[Recorded], _: Option<Bug>) -> anyhow::Result<()> {
    for (name, payload) in files {
        if name.ends_with(".receipt") {
            receipt::decode(payload).with_context(|| name.clone())?;
        }
        if name.ends_with(".settings") {
            settings::decode(payload).with_context(|| name.clone())?;
        }
    }
    Ok(())
}

fn outbox(files: &[Recorded], _: Option<Bug>) -> anyhow::Result<()> {
    let kept = files.iter().find(|(name, _)| name == OUTBOX);
    let (_, bytes) = kept.context("there is no outbox")?;
    let dir = tempfile::tempdir_in(disks())?;
    let path = dir.path().join(OUTBOX);
    fs::write(&path, bytes)?;
    let outbox = Outbox::open(&path)?;
    ensure!(outbox.refused() == 0, "{} records are refused", outbox.refused());
    ensure!(outbox.open_runs()?.len() == 2, "a run is gone");
    Ok(())
}

/// The payload as a version would have written it that calls a field by another name.
fn renamed(payload: &[u8], bug: Option<Bug>) -> Vec<u8> {
    match std::str::from_utf8(payload) {
        Ok(text) if bug == Some(Bug::RenamesField) => text.replace("\"pairing\"", "\"paired\"").into_bytes(),
        _ => payload.to_vec(),
    }
}

fn ending(function: Function) -> &'static str {
    match function {
        Function::MapIngest => "tiles",
        Function::RunEvents => "run",
        Function::Status => "status",
        Function::Fold => "record",
    }
}

fn receipts() -> anyhow::Result<[ReceiptKind; 4]> {
    let run = domain::id::RunId::new(EPOCH, 1);
    Ok([
        ReceiptKind::Confirmed { run },
        ReceiptKind::Wanted {
            run,
            tiles: vec![mapping::tile::TileIndex { x: -1, y: 2 }],
        },
        ReceiptKind::Refused {
            run,
            field: "digest".to_owned(),
            reason: "is not that of the tiles".to_owned(),
        },
        ReceiptKind::Time {
            nonce: "5f".to_owned(),
            now: EPOCH,
        },
    ])
}
