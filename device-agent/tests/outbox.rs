//! What the outbox keeps through kills, power cuts, bad disks and full ones.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;

use device_agent::outbox::{LogError, Outbox, OutboxError, Progress, RunHead};
use domain::Timestamp;
use domain::id::{PairingId, RunId};
use domain::run::{Initiator, Rev};
use mapping::tile::TileIndex;
use wire::tile_pack::PackedTile;

const MAGIC_BYTES: usize = 8;

fn run(number: u128) -> RunId {
    RunId::from_u128(number)
}

fn head() -> RunHead {
    let started_at = Timestamp::from_millis(7);
    RunHead {
        pairing: PairingId::from_u128(1),
        correlation: None,
        initiator: Initiator::Button,
        started_at,
    }
}

fn tile(x: i16, rev: u32, bytes: usize) -> PackedTile {
    PackedTile {
        index: TileIndex { x, y: 0 },
        rev: Rev(rev),
        cells: vec![x as u8; bytes],
    }
}

fn progress(seq: u32) -> Progress {
    Progress {
        seq,
        area_cm2: 10,
        duration_ms: 20,
        track: vec![(seq as i32, 0)],
    }
}

fn all_tiles(outbox: &Outbox, of: RunId) -> Vec<PackedTile> {
    let wanted: Vec<TileIndex> = (0..100).map(|x| TileIndex { x, y: 0 }).collect();
    outbox.tiles(of, &wanted).unwrap()
}

/// Two runs, one of them over.
fn filled(path: &Path) -> Outbox {
    let mut outbox = Outbox::open(path).unwrap();
    outbox.put_head(run(1), head()).unwrap();
    outbox
        .put_tiles(run(1), vec![tile(0, 1, 40), tile(1, 1, 40)], progress(0))
        .unwrap();
    outbox
        .put_tiles(run(1), vec![tile(1, 2, 50)], progress(1))
        .unwrap();
    outbox.put_finished(run(1), vec![9; 30]).unwrap();
    outbox.put_head(run(2), head()).unwrap();
    outbox
        .put_tiles(run(2), vec![tile(5, 1, 60)], progress(2))
        .unwrap();
    outbox
}

#[test]
fn what_was_put_is_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("outbox.log");
    drop(filled(&path));
    let outbox = Outbox::open(&path).unwrap();
    assert_eq!((outbox.refused(), outbox.finished()), (0, vec![run(1)]));
    assert_eq!(all_tiles(&outbox, run(1)), [tile(0, 1, 40), tile(1, 2, 50)]);
    assert_eq!(outbox.finished_payload(run(1)).unwrap(), Some(vec![9; 30]));
    let open = outbox.open_runs().unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].run, &open[0].progress), (run(2), &progress(2)));
}

#[test]
fn a_run_that_was_confirmed_is_gone_for_good() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("outbox.log");
    let mut outbox = filled(&path);
    outbox.remove(run(1)).unwrap();
    drop(outbox);
    let outbox = Outbox::open(&path).unwrap();
    assert!(outbox.finished().is_empty() && all_tiles(&outbox, run(1)).is_empty());
    assert_eq!(outbox.waiting(), 1);
}

#[test]
fn a_file_cut_at_any_byte_keeps_every_whole_record_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("outbox.log");
    drop(filled(&path));
    let whole = fs::read(&path).unwrap();
    let mut kept = 0;
    for length in 0..whole.len() {
        let cut = dir.path().join("cut.log");
        fs::write(&cut, &whole[..length]).unwrap();
        let mut outbox = Outbox::open(&cut).unwrap();
        assert!(
            outbox.waiting() >= kept,
            "fewer records after {length} bytes than after {}",
            length.max(1) - 1
        );
        kept = outbox.waiting();
        assert_eq!(outbox.refused(), u32::from(length < MAGIC_BYTES), "at {length}");
        outbox
            .put_tiles(run(3), vec![tile(9, 1, 10)], progress(0))
            .unwrap();
        let again = Outbox::open(&cut).unwrap();
        assert_eq!(all_tiles(&again, run(3)), [tile(9, 1, 10)], "at {length}");
    }
    assert_eq!(kept, 4);
}

#[test]
fn a_flipped_bit_costs_one_record_and_is_never_believed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("outbox.log");
    let good = filled(&path);
    let (first, second) = (all_tiles(&good, run(1)), all_tiles(&good, run(2)));
    let whole = fs::read(&path).unwrap();
    for at in MAGIC_BYTES..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        let bad = dir.path().join("bad.log");
        fs::write(&bad, &flipped).unwrap();
        let outbox = Outbox::open(&bad).unwrap();
        let known: Vec<PackedTile> = [first.clone(), second.clone(), vec![tile(1, 1, 40)]].concat();
        let found = [all_tiles(&outbox, run(1)), all_tiles(&outbox, run(2))].concat();
        assert!(
            found.iter().all(|tile| known.contains(tile)),
            "a changed tile was believed at {at}"
        );
        assert!(found.len() >= 2, "more than one record was lost at {at}");
        assert!(outbox.refused() <= 1);
    }
}

#[test]
fn a_damaged_record_in_the_middle_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("outbox.log");
    drop(filled(&path));
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(&path, &bytes).unwrap();
    assert_eq!(Outbox::open(&path).unwrap().refused(), 1);
}

#[test]
fn a_full_outbox_drops_the_oldest_run_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("outbox.log");
    let mut outbox = Outbox::open_bounded(&path, 20_000).unwrap();
    let mut dropped = Vec::new();
    for number in 1..=10 {
        dropped.extend(outbox.put_head(run(number), head()).unwrap());
        let tiles = (0..10).map(|x| tile(x, 1, 400)).collect();
        dropped.extend(outbox.put_tiles(run(number), tiles, progress(0)).unwrap());
        dropped.extend(outbox.put_finished(run(number), vec![1; 100]).unwrap());
        assert!(fs::metadata(&path).unwrap().len() <= 20_000);
    }
    let expected: Vec<RunId> = (1..=10 - outbox.finished().len() as u128).map(run).collect();
    assert_eq!(dropped, expected);
    assert_eq!(all_tiles(&outbox, run(10)).len(), 10);
    drop(outbox);
    assert_eq!(all_tiles(&Outbox::open(&path).unwrap(), run(10)).len(), 10);
}

#[test]
fn a_run_that_fills_the_outbox_alone_is_told_so() {
    let dir = tempfile::tempdir().unwrap();
    let mut outbox = Outbox::open_bounded(&dir.path().join("outbox.log"), 5_000).unwrap();
    outbox.put_head(run(1), head()).unwrap();
    let error = outbox
        .put_tiles(run(1), (0..20).map(|x| tile(x, 1, 400)).collect(), progress(0))
        .unwrap_err();
    assert_eq!(error.to_string(), "outbox: is full, the limit is 5000 bytes");
}

#[test]
fn confirmed_runs_do_not_fill_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("outbox.log");
    let mut outbox = Outbox::open(&path).unwrap();
    outbox.put_head(run(1_000), head()).unwrap();
    outbox
        .put_tiles(run(1_000), vec![tile(3, 1, 100)], progress(0))
        .unwrap();
    for number in 0..100 {
        outbox
            .put_tiles(
                run(number),
                (0..10).map(|x| tile(x, 1, 400)).collect(),
                progress(0),
            )
            .unwrap();
        outbox.remove(run(number)).unwrap();
    }
    assert!(fs::metadata(&path).unwrap().len() < 100_000);
    assert_eq!(all_tiles(&outbox, run(1_000)), [tile(3, 1, 100)]);
}

#[test]
fn a_newer_outbox_is_left_alone_and_a_foreign_file_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("outbox.log");
    fs::write(&path, b"SWPLOBX\x02 and more").unwrap();
    let error = Outbox::open(&path).err().unwrap();
    assert!(matches!(
        error,
        OutboxError::Log(LogError::Newer { version: 2, .. })
    ));
    fs::write(&path, b"something else entirely").unwrap();
    assert_eq!(Outbox::open(&path).unwrap().refused(), 1);
    assert_eq!(
        fs::read(dir.path().join("outbox.bad")).unwrap(),
        b"something else entirely"
    );
}
