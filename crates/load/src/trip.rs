//! A light robot's run: what it publishes, the same map each time.

use std::collections::BTreeMap;
use std::ops::Range;

use device_agent::core::message::{Delivery, Outgoing};
use domain::id::RunId;
use domain::run::{Initiator, Manifest, Outcome, Rev, RunEvent, RunEventKind, RunReport};
use mapping::run_map::RunMap;
use mapping::run_tile::RunCell;
use mapping::tile::{CellIndex, TileIndex};
use sweepline::stack::STAGE;
use wire::run_event;
use wire::tile_pack::{PackedTile, TilePack};
use wire::topic::Uplink;

use crate::roster::Member;

/// The messages of a run: its beginning, what was seen after a minute, all that was seen, and its end.
pub const MESSAGES: u64 = 4;
/// Cells along the sides of the home, 122 m².
const WIDTH: i32 = 254;
const HEIGHT: i32 = 192;
/// The columns that are seen in the first minute, and all of them.
const SEEN: [Range<i32>; 2] = [0..64, 0..WIDTH];
/// Where a wall with a door parts the home.
const WALL: i32 = 120;
const DOOR: Range<i32> = 80..100;

/// The map of every run, as it grows from pack to pack.
pub struct Trip {
    packs: Vec<Vec<PackedTile>>,
    last: BTreeMap<TileIndex, PackedTile>,
    manifest: Manifest,
}

impl Trip {
    /// A home of two rooms.
    ///
    /// # Errors
    /// Not that anybody knows: the home has few tiles.
    pub fn new() -> anyhow::Result<Self> {
        let (mut map, mut packs, mut last) = (RunMap::new(), Vec::new(), BTreeMap::new());
        for (rev, seen) in (1..).map(Rev).zip(SEEN) {
            let changed = look(&mut map, seen);
            let tiles: Vec<_> = changed
                .iter()
                .filter_map(|index| packed(&map, *index, rev))
                .collect();
            last.extend(tiles.iter().map(|tile| (tile.index, tile.clone())));
            packs.push(tiles);
        }
        let revs = last.values().map(|tile| (tile.index, tile.rev));
        let manifest = Manifest::new(revs.collect(), map.digest())?;
        Ok(Self {
            packs,
            last,
            manifest,
        })
    }

    /// All that `member` publishes of `run`.
    pub fn messages(&self, member: &Member, run: RunId) -> Vec<Outgoing> {
        let tiles = self.packs.iter().map(|tiles| pack(member, run, tiles.clone()));
        let begin = event(member, run, 0, RunEventKind::Started);
        [begin]
            .into_iter()
            .chain(tiles)
            .chain([self.end(member, run)])
            .collect()
    }

    /// What it publishes when the cloud lacks tiles of `run`.
    pub fn wanted(&self, member: &Member, run: RunId, tiles: &[TileIndex]) -> Outgoing {
        let tiles = tiles.iter().filter_map(|index| self.last.get(index).cloned());
        pack(member, run, tiles.collect())
    }

    /// What it publishes of the end of `run`.
    pub fn end(&self, member: &Member, run: RunId) -> Outgoing {
        let report = RunReport {
            outcome: Outcome::Completed,
            area_cm2: 1_220_000,
            duration_ms: 3_000_000,
            manifest: self.manifest.clone(),
            track: vec![(0, 0), (5_000, 0), (5_000, 5_000)],
        };
        event(member, run, 1, RunEventKind::Finished(report))
    }
}

fn event(member: &Member, run: RunId, seq: u32, kind: RunEventKind) -> Outgoing {
    let payload = run_event::encode(&RunEvent {
        run,
        pairing: member.pairing,
        seq,
        initiator: Initiator::Schedule,
        correlation: None,
        started_at: run.made_at(),
        at: run.made_at(),
        kind,
    });
    message(member, Uplink::Run, payload)
}

/// Sees some columns of the home; gives the tiles that this changes.
fn look(map: &mut RunMap, columns: Range<i32>) -> Vec<TileIndex> {
    let mut changed = Vec::new();
    for (x, y) in columns.flat_map(|x| (0..HEIGHT).map(move |y| (x, y))) {
        let is_wall =
            x == 0 || y == 0 || x == WIDTH - 1 || y == HEIGHT - 1 || (x == WALL && !DOOR.contains(&y));
        let cell = CellIndex::new(x, y);
        map.set(cell, if is_wall { RunCell::Occupied } else { RunCell::Free });
        changed.push(TileIndex::from(cell));
    }
    changed.sort_unstable();
    changed.dedup();
    changed
}

fn packed(map: &RunMap, index: TileIndex, rev: Rev) -> Option<PackedTile> {
    let cells = map.tile(index)?.encode();
    Some(PackedTile { index, rev, cells })
}

fn pack(member: &Member, run: RunId, tiles: Vec<PackedTile>) -> Outgoing {
    let pairing = member.pairing;
    message(member, Uplink::Tiles, TilePack { pairing, run, tiles }.encode())
}

fn message(member: &Member, uplink: Uplink, payload: Vec<u8>) -> Outgoing {
    Outgoing {
        topic: uplink.publish_topic(STAGE, member.robot),
        payload,
        delivery: Delivery::AtLeastOnce,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_has_the_size_of_a_home() {
        let trip = Trip::new().unwrap();
        assert_eq!(trip.manifest.tiles().len(), 12);
        assert!(trip.manifest.tiles().iter().all(|(_, rev)| *rev == Rev(2)));
        let map: RunMap = trip
            .last
            .values()
            .map(|tile| (tile.index, tile.unpack().unwrap()))
            .collect();
        assert_eq!(map.digest(), trip.manifest.digest());
    }
}
