//! R8: two runs on their way through the handlers, with each call of the store failing in each way, one at a time.

use std::time::Duration;

use anyhow::ensure;
use domain::id::RunId;
use domain::run::{Initiator, Manifest, Outcome as Ended, Rev, RunEvent, RunEventKind, RunReport};
use mapping::pose::Pose;
use mapping::run_map::RunMap;
use mapping::run_mapper::RunMapper;
use memory_store::Shelves;
use rows::Outcome;
use wire::run_event;
use wire::tile_pack::{PackedTile, TilePack};

use crate::bug::Bug;
use crate::cloud::{Cloud, Invocation};
use crate::flaky::{Fate, Weather};
use crate::flat;
use crate::home::{self, EPOCH, Function};
use crate::oracle;

/// Looks along the round that make a run.
const LOOKS: usize = 48;
/// Tiles of a message.
const PACK_TILES: usize = 4;
/// How often a robot or the change stream offers the same thing before it counts as stuck.
const MAX_OFFERS: u32 = 12;

/// Fails each call in each way.
///
/// # Errors
/// When the runs cannot even be handled while nothing fails.
pub fn each_in_each_way(bug: Option<Bug>) -> anyhow::Result<Outcome> {
    let messages = messages()?;
    let (whole, calls) = handled(&messages, Weather::random(0, 0.0), None)?;
    let mut outcome = Outcome {
        details: format!(
            "{calls} calls, {} ways to fail, one at a time",
            Fate::FAULTS.len()
        ),
        ..Outcome::default()
    };
    for call in 0..calls {
        for fate in Fate::FAULTS {
            outcome.tried += 1;
            let problem = match handled(&messages, Weather::once(call, fate), bug) {
                Ok((ended, _)) => oracle::differing(&ended, &whole)
                    .first()
                    .copied()
                    .map(str::to_owned),
                Err(error) => Some(format!("{error:#}")),
            };
            outcome.note(problem.map(|problem| format!("call {call} {fate:?}: {problem}")));
        }
    }
    Ok(outcome)
}

/// The home after all messages, and how many calls of the store that took.
fn handled(
    messages: &[(Function, Vec<u8>)],
    weather: Weather,
    bug: Option<Bug>,
) -> anyhow::Result<(Shelves, u64)> {
    let mut cloud = Cloud::new(1, weather, bug)?;
    for (function, payload) in messages {
        let event = home::message_event(home::robot(0), payload, EPOCH);
        let mut calls = vec![Invocation {
            function: *function,
            event,
            tried: 0,
        }];
        while let Some(call) = calls.pop() {
            calls.extend(cloud.invoke(vec![call], EPOCH).into_iter().map(|(_, call)| call));
        }
        let mut offers = 0;
        while !cloud.has_read_all() {
            cloud.read_stream(1, EPOCH);
            offers += 1;
            ensure!(offers < MAX_OFFERS, "the change stream is stuck");
        }
    }
    let calls = cloud.store.weather().calls();
    let shelves = cloud.store.inner().look().clone();
    Ok((shelves, calls))
}

/// What a robot says of two runs.
///
/// # Errors
/// When a run has more tiles than a manifest may name.
pub fn messages() -> anyhow::Result<Vec<(Function, Vec<u8>)>> {
    let mut messages = Vec::new();
    for number in 0..2 {
        let run = RunId::new(EPOCH.plus(Duration::from_secs(number * 3600)), u128::from(number));
        let map = map(usize::try_from(number)?)?;
        messages.push((Function::RunEvents, event(run, 0, RunEventKind::Started)));
        let tiles = map.tiles().map(|(index, tile)| PackedTile {
            index,
            rev: Rev(1),
            cells: tile.encode(),
        });
        let tiles: Vec<PackedTile> = tiles.collect();
        messages.extend(tiles.chunks(PACK_TILES).map(|tiles| {
            let pack = TilePack {
                pairing: home::pairing(0),
                run,
                tiles: tiles.to_vec(),
            };
            (Function::MapIngest, pack.encode())
        }));
        let named = tiles.iter().map(|tile| (tile.index, tile.rev)).collect();
        let report = RunReport {
            outcome: Ended::Completed,
            area_cm2: 10_000,
            duration_ms: 60_000,
            manifest: Manifest::new(named, map.digest())?,
            track: Vec::new(),
        };
        messages.push((Function::RunEvents, event(run, 1, RunEventKind::Finished(report))));
    }
    Ok(messages)
}

fn map(variant: usize) -> anyhow::Result<RunMap> {
    let mut mapper = RunMapper::new();
    for step in 0..LOOKS {
        mapper.integrate(&flat::sweep(variant, step, &Pose::IDENTITY).as_scan())?;
    }
    Ok(mapper.finish())
}

fn event(run: RunId, seq: u32, kind: RunEventKind) -> Vec<u8> {
    run_event::encode(&RunEvent {
        run,
        pairing: home::pairing(0),
        seq,
        initiator: Initiator::Button,
        correlation: None,
        started_at: EPOCH,
        at: EPOCH,
        kind,
    })
}
