//! What must be true in the end: every tile report that a robot's disk kept is in its sealed run, and the home is, byte
//! for byte, what the same reports make of it when nothing goes wrong.

use std::collections::BTreeMap;

use domain::id::RunId;
use domain::ports::StoredRunTile;
use domain::run::{Run, RunEvent, RunEventKind, RunState};
use mapping::tile::TileIndex;
use memory_store::Shelves;
use wire::run_event;
use wire::tile_pack::{PackedTile, TilePack};

use crate::cloud::{Cloud, Invocation};
use crate::disk::{self, Kept};
use crate::flaky::Weather;
use crate::home::{self, EPOCH, Function};
use crate::robot::Robot;

/// The most tiles of a pack that the reference is fed with.
const PACK_TILES: usize = 16;

/// What is wrong, in words.
///
/// # Errors
/// When the reference cannot be made.
pub fn problems(cloud: &Cloud, robots: &[Robot], poison: &[Vec<u8>]) -> anyhow::Result<Vec<String>> {
    let shelves = cloud.store.inner().look().clone();
    let mut problems = Vec::new();
    for robot in robots {
        let books = disk::open(&robot.books);
        for (run, kept) in &books.runs {
            problems.extend(problem_of_run(*run, kept, &shelves));
        }
    }
    problems.extend(invented(robots, &shelves));
    if problems.is_empty() {
        problems.extend(differences(cloud, &shelves, robots.len())?);
    }
    problems.extend(problem_of_poison(poison, &shelves));
    Ok(problems)
}

/// What is wrong with one run.
fn problem_of_run(run: RunId, kept: &Kept, shelves: &Shelves) -> Option<String> {
    let sealed = shelves
        .runs
        .get(&run)
        .filter(|stored| stored.state == RunState::Sealed);
    let Some(report) = sealed.and_then(|stored| stored.report.as_ref()) else {
        return kept
            .is_certain
            .then(|| format!("{run} with {} tiles is lost", kept.tiles.len()));
    };
    let named: BTreeMap<TileIndex, _> = report.manifest.tiles().iter().copied().collect();
    for (index, tile) in &kept.tiles {
        let perhaps = kept.perhaps.get(index);
        let stored = shelves.run_tiles.get(&(run, *index));
        let is_named = named.get(index).copied() == stored.map(|stored| stored.rev);
        let is_there = |kept: &PackedTile| stored.is_some_and(|stored| is_same(stored, kept));
        if !is_named || !(is_there(tile) || perhaps.is_some_and(is_there)) {
            let revs = (tile.rev, stored.map(|stored| stored.rev), named.get(index));
            return Some(format!(
                "{run}: tile {index:?} is not in the sealed run: kept, stored, named {revs:?}"
            ));
        }
    }
    None
}

fn is_same(stored: &StoredRunTile, kept: &PackedTile) -> bool {
    stored.rev == kept.rev && kept.unpack().is_ok_and(|cells| cells == stored.cells)
}

/// Tiles of sealed runs that no robot kept.
fn invented(robots: &[Robot], shelves: &Shelves) -> Option<String> {
    let is_kept = |run: &RunId, index: &TileIndex| {
        robots.iter().any(|robot| {
            let books = disk::open(&robot.books);
            let kept = books.runs.get(run);
            kept.is_some_and(|kept| kept.tiles.contains_key(index) || kept.perhaps.contains_key(index))
        })
    };
    let found = shelves.run_tiles.keys().find(|(run, index)| !is_kept(run, index));
    found.map(|(run, index)| format!("{run}: tile {index:?} was never reported"))
}

/// Where the home differs from that of the same reports without any trouble.
fn differences(cloud: &Cloud, shelves: &Shelves, robots: usize) -> anyhow::Result<Vec<String>> {
    let robots = u8::try_from(robots)?;
    let reference = Cloud::new(robots, Weather::random(0, 0.0), None)?;
    let decided = cloud.store.aside().decided.clone();
    let undecided = shelves.runs.keys().filter(|run| !decided.contains(run));
    let order: Vec<RunId> = decided.iter().chain(undecided).copied().collect();
    let mut reference = reference;
    for run in order {
        if let Some(stored) = shelves.runs.get(&run) {
            feed(&mut reference, stored, shelves);
        }
    }
    let whole = reference.store.inner().look().clone();
    let differing = differing(shelves, &whole).into_iter();
    Ok(differing
        .map(|what| format!("the home's {what} differ from those of an undisturbed run"))
        .collect())
}

/// Where two homes differ.
pub fn differing(one: &Shelves, other: &Shelves) -> Vec<&'static str> {
    let votes = |shelves: &Shelves| -> Vec<_> {
        let runs = shelves.runs.values();
        runs.map(|run| (run.id, run.state, run.vote)).collect()
    };
    let compared = [
        ("votes", votes(one) == votes(other)),
        ("run tiles", one.run_tiles == other.run_tiles),
        ("evidence", one.home_sheets == other.home_sheets),
        ("folds", one.folds == other.folds),
        ("floors", one.floors == other.floors),
        ("floor maps", one.floor_maps == other.floor_maps),
        ("objects", one.objects == other.objects),
        ("plans", one.plans == other.plans),
    ];
    let differing = compared.into_iter().filter(|(_, is_equal)| !is_equal);
    differing.map(|(what, _)| what).collect()
}

/// Hands a run to a cloud in which nothing goes wrong.
fn feed(reference: &mut Cloud, run: &Run, shelves: &Shelves) {
    let tiles = shelves.run_tiles.range((run.id, MIN_TILE)..=(run.id, MAX_TILE));
    let tiles: Vec<PackedTile> = tiles
        .map(|((_, index), stored)| PackedTile {
            index: *index,
            rev: stored.rev,
            cells: stored.cells.encode(),
        })
        .collect();
    for tiles in tiles.chunks(PACK_TILES) {
        let pack = TilePack {
            pairing: run.pairing,
            run: run.id,
            tiles: tiles.to_vec(),
        };
        call(reference, run, Function::MapIngest, &pack.encode());
    }
    let Some(report) = run.report.clone() else { return };
    let finished = RunEvent {
        run: run.id,
        pairing: run.pairing,
        seq: run.seq,
        initiator: run.initiator,
        correlation: run.correlation.clone(),
        started_at: run.started_at,
        at: run.updated_at,
        kind: RunEventKind::Finished(report),
    };
    call(reference, run, Function::RunEvents, &run_event::encode(&finished));
    while !reference.has_read_all() {
        reference.read_stream(1, EPOCH);
    }
}

const MIN_TILE: TileIndex = TileIndex {
    x: i16::MIN,
    y: i16::MIN,
};
const MAX_TILE: TileIndex = TileIndex {
    x: i16::MAX,
    y: i16::MAX,
};

fn call(reference: &Cloud, run: &Run, function: Function, payload: &[u8]) {
    let event = home::message_event(run.robot, payload, EPOCH);
    let call = Invocation {
        function,
        event,
        tried: 0,
    };
    reference.invoke(vec![call], EPOCH);
}

/// Every message that nobody can read is kept with its bytes, and nothing else is.
fn problem_of_poison(poison: &[Vec<u8>], shelves: &Shelves) -> Option<String> {
    let mut sent = poison.to_vec();
    let mut kept: Vec<Vec<u8>> = shelves.incidents.iter().map(|one| one.payload.clone()).collect();
    sent.sort();
    kept.sort();
    (sent != kept).then(|| {
        format!(
            "{} unreadable messages were sent, {} are kept",
            sent.len(),
            kept.len()
        )
    })
}
