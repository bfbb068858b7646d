//! Real recordings as runs. They are looked for in `SWEEPLINE_DATA`, by default beside the workspace.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::PathBuf;

use common::{Cloud, Table};
use device_agent::core::AFTER_TILES;
use device_agent::driver::replay::Replay;
use device_agent::driver::{Driver, Observation};
use domain::run::Initiator;

/// The folder of recordings, or a word on why there is none.
fn data(folder: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SWEEPLINE_DATA").map(PathBuf::from);
    let root = root.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"));
    let path = root.join(folder);
    if path.is_dir() {
        return Some(path);
    }
    println!(
        "skipped: {} is not there; set SWEEPLINE_DATA to the folder of recordings",
        path.display()
    );
    None
}

async fn replayed(bytes: &[u8]) -> (Table, Cloud, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let (mut table, mut cloud) = (Table::ready(dir.path()), Cloud::default());
    let mut replay = Replay::from_bytes(bytes).unwrap();
    while let Some(observed) = replay.next().await {
        if let Observation::Started(initiator) = &observed.what {
            assert_eq!(*initiator, Initiator::Replay);
        }
        table.put(device_agent::core::Input::Observed(observed));
    }
    table.wait(AFTER_TILES);
    for message in std::mem::take(&mut table.said) {
        if let Some(answer) = cloud.take(&message) {
            table.receipt(answer);
        }
    }
    (table, cloud, dir)
}

#[tokio::test]
async fn recorded_logs_become_maps() {
    let Some(folder) = data("lidar") else { return };
    for (file, area) in [
        ("intel-corrected.log.gz", 460.0..560.0),
        ("freiburg-079-corrected.log.gz", 350.0..450.0),
        // The same floor by raw odometry, which drifts by 50 m: only where scans were matched is its map that small.
        ("intel_raw_odom_and_ref.csv.gz", 460.0..560.0),
    ] {
        let (table, cloud, _dir) = replayed(&std::fs::read(folder.join(file)).unwrap()).await;
        assert!(!table.agent.is_busy(), "{file}");
        let (run, report) = cloud.finished.iter().next().unwrap();
        let map = cloud.map(*run);
        assert_eq!(report.manifest.digest(), map.digest(), "{file}");
        let free = f64::from(map.counts().free) * 0.0025;
        println!(
            "{file}: {free:.0} m² free, {} tiles",
            report.manifest.tiles().len()
        );
        assert!(area.contains(&free), "{file}: {free} m²");
    }
}

#[tokio::test]
async fn every_recorded_vendor_map_becomes_a_finished_run() {
    let Some(folder) = data("valetudo/maps") else {
        return;
    };
    let files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    for path in files
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
    {
        let (table, cloud, _dir) = replayed(&std::fs::read(path).unwrap()).await;
        assert!(!table.agent.is_busy(), "{}", path.display());
        let (run, report) = cloud.finished.iter().next().unwrap();
        let blank = report.manifest.tiles().is_empty();
        assert!(
            blank || report.manifest.digest() == cloud.map(*run).digest(),
            "{}",
            path.display()
        );
    }
    println!("{} maps", files.len());
}
