//! Tiles to messages.

use domain::id::{PairingId, RunId};
use domain::run::{RunEvent, RunEventKind};
use wire::tile_pack::{HEADER_BYTES, MAX_PACK_TILES, PackedTile, TARGET_PACK_BYTES, TilePack};
use wire::{MAX_PAYLOAD_BYTES, run_event};

/// The bytes of tiles that fill a pack.
pub const FULL_PACK_BYTES: usize = TARGET_PACK_BYTES - HEADER_BYTES;

/// The payloads of packs of at most [`TARGET_PACK_BYTES`]; a tile that is larger by itself has a pack of its own.
pub fn packs(pairing: PairingId, run: RunId, tiles: Vec<PackedTile>) -> Vec<Vec<u8>> {
    let (mut packs, mut tiles_of_pack, mut bytes) = (Vec::new(), Vec::new(), 0);
    for tile in tiles {
        let more = tile.packed_bytes();
        if !tiles_of_pack.is_empty()
            && (bytes + more > FULL_PACK_BYTES || tiles_of_pack.len() == MAX_PACK_TILES)
        {
            packs.push(
                TilePack {
                    pairing,
                    run,
                    tiles: std::mem::take(&mut tiles_of_pack),
                }
                .encode(),
            );
            bytes = 0;
        }
        bytes += more;
        tiles_of_pack.push(tile);
    }
    if !tiles_of_pack.is_empty() {
        packs.push(
            TilePack {
                pairing,
                run,
                tiles: tiles_of_pack,
            }
            .encode(),
        );
    }
    packs
}

/// The payload of a run event; a track that makes it too large for a message loses every second point.
pub fn event_payload(mut event: RunEvent) -> Vec<u8> {
    loop {
        let payload = run_event::encode(&event);
        match &mut event.kind {
            RunEventKind::Finished(report)
                if payload.len() > MAX_PAYLOAD_BYTES && !report.track.is_empty() =>
            {
                report.track = report.track.iter().skip(1).step_by(2).copied().collect();
            }
            RunEventKind::Finished(_)
            | RunEventKind::Started
            | RunEventKind::Paused
            | RunEventKind::Resumed
            | RunEventKind::Located(_) => {
                return payload;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;
    use domain::run::{Initiator, MAX_RUN_TILES, MAX_TRACK_POINTS, Manifest, Outcome, Rev, RunReport};
    use mapping::tile::TileIndex;
    use proptest::prelude::*;

    use super::*;

    fn tile(number: usize, bytes: usize) -> PackedTile {
        let index = TileIndex {
            x: (number % 100) as i16 - 50,
            y: (number / 100) as i16,
        };
        PackedTile {
            index,
            rev: Rev(1),
            cells: vec![7; bytes],
        }
    }

    proptest! {
        #[test]
        fn packs_keep_every_tile_and_stay_within_the_target(sizes in proptest::collection::vec(1usize..1200, 0..200)) {
            let tiles: Vec<PackedTile> = sizes.into_iter().enumerate().map(|(i, bytes)| tile(i, bytes)).collect();
            let packs = packs(PairingId::from_u128(1), RunId::from_u128(2), tiles.clone());
            prop_assert!(packs.iter().all(|pack| pack.len() <= TARGET_PACK_BYTES));
            let sent: Vec<PackedTile> = packs.iter().flat_map(|pack| TilePack::decode(pack).unwrap().tiles).collect();
            prop_assert_eq!(sent, tiles);
        }
    }

    #[test]
    fn a_tile_larger_than_the_target_travels_alone() {
        let packs = packs(
            PairingId::from_u128(1),
            RunId::from_u128(2),
            vec![tile(0, 10), tile(1, 6000), tile(2, 10)],
        );
        assert_eq!(packs.len(), 3);
    }

    #[test]
    fn the_largest_run_still_fits_a_message() {
        let tiles = (0..MAX_RUN_TILES).map(|i| {
            (
                TileIndex {
                    x: -1000,
                    y: i as i16,
                },
                Rev(4_000_000_000),
            )
        });
        let manifest = Manifest::new(tiles.collect(), [0xAB; 32]).unwrap();
        let track = (0..MAX_TRACK_POINTS as i32)
            .map(|i| (if i % 2 == 0 { -190_000 } else { 190_000 }, i))
            .collect();
        let (outcome, area_cm2, duration_ms) = (Outcome::Completed, u64::MAX, u64::MAX);
        let payload = event_payload(RunEvent {
            run: RunId::from_u128(1),
            pairing: PairingId::from_u128(2),
            seq: 1,
            correlation: None,
            initiator: Initiator::Button,
            started_at: Timestamp::from_millis(1),
            at: Timestamp::from_millis(2),
            kind: RunEventKind::Finished(RunReport {
                outcome,
                area_cm2,
                duration_ms,
                manifest,
                track,
            }),
        });
        assert!(payload.len() <= MAX_PAYLOAD_BYTES, "{} bytes", payload.len());
        assert!(run_event::decode(&payload).is_ok());
    }
}
