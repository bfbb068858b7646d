//! Writes well-formed input of each kind into a folder, for the targets to begin with.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use access::LocalIssuer;
use device_agent::outbox::{Outbox, Progress};
use domain::Timestamp;
use domain::id::{FloorId, LeaseId, PairingId, PersonId, RunId};
use domain::run::Rev;
use domain::settings::{PermanentLayer, Settings};
use domain::status::RobotState;
use mapping::home_tile::HomeTile;
use mapping::run_tile::{RunCell, RunTile};
use mapping::tile::TileIndex;
use wire::command::{LiveRequest, RobotRequest};
use wire::live::{LiveBatch, LivePose};
use wire::tile_pack::{PackedTile, TilePack};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// Input as text, by target.
const TEXTS: [(&str, &str); 17] = [
    ("run_event", include_str!("seeds/started.json")),
    ("run_event", include_str!("seeds/located.json")),
    ("run_event", include_str!("seeds/finished.json")),
    ("request", include_str!("seeds/start.json")),
    ("words", include_str!("seeds/status.json")),
    ("words", include_str!("seeds/ack.json")),
    ("words", include_str!("seeds/wanted.json")),
    ("import", include_str!("seeds/valetudo.json")),
    ("import", include_str!("seeds/room.geojson")),
    ("import", include_str!("seeds/map.pgm")),
    ("recording", include_str!("seeds/carmen.log")),
    ("recording", include_str!("seeds/scans.csv")),
    ("event", include_str!("seeds/message.json")),
    ("event", include_str!("seeds/presence.json")),
    ("event", include_str!("seeds/stream.json")),
    ("policy", include_str!("seeds/policy.json")),
    ("token", include_str!("seeds/keys.json")),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(
        env::args_os()
            .nth(1)
            .ok_or("give the folder that gets the seeds")?,
    );
    for (place, (target, text)) in TEXTS.iter().enumerate() {
        keep(&folder, target, &format!("text-{place}"), text.as_bytes())?;
    }
    keep(&folder, "tile_pack", "two-tiles", &pack().encode())?;
    keep(&folder, "live_batch", "running", &batch().encode())?;
    keep(
        &folder,
        "settings",
        "one-floor",
        &wire::settings::encode(&settings())?,
    )?;
    let watch = RobotRequest::Live(LiveRequest {
        pairing: pairing(),
        lease: LeaseId::from_u128(5),
        for_ms: 60_000,
    });
    keep(&folder, "request", "watch", &watch.encode())?;
    keep(
        &folder,
        "topic",
        "commands",
        b"cmd/robot_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    )?;
    keep(&folder, "stored_map", "run-tile", &tile().encode())?;
    let mut home = HomeTile::new();
    home.vote(&tile(), 1);
    keep(&folder, "stored_map", "home-tile", &home.encode())?;
    keep(&folder, "outbox", "one-run", &outbox(&folder)?)?;
    let issuer = LocalIssuer::open(&folder)?;
    let token = issuer.issue(PersonId::from_u128(4), true, NOW)?.token;
    Ok(keep(&folder, "token", "of-another-issuer", token.as_bytes())?)
}

fn keep(folder: &Path, target: &str, name: &str, bytes: &[u8]) -> io::Result<()> {
    let folder = folder.join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), bytes)
}

fn pairing() -> PairingId {
    PairingId::from_u128(2)
}

fn run() -> RunId {
    RunId::from_u128(3)
}

/// A tile with a wall along free floor.
fn tile() -> RunTile {
    let mut tile = RunTile::new();
    for at in 0..40 {
        tile.set(at, 20, RunCell::Occupied);
        tile.set(at, 21, RunCell::Free);
    }
    tile
}

fn pack() -> TilePack {
    let packed = |x| PackedTile {
        index: TileIndex { x, y: -1 },
        rev: Rev(7),
        cells: tile().encode(),
    };
    TilePack {
        pairing: pairing(),
        run: run(),
        tiles: vec![packed(0), packed(1)],
    }
}

fn batch() -> LiveBatch {
    let pose = mapping::pose::Pose::new(1.0, -2.0, 0.5);
    LiveBatch {
        is_whole: true,
        state: RobotState::Running,
        clock: 12_345,
        run: Some(run()),
        poses: vec![LivePose::new(500, &pose), LivePose::new(0, &pose)],
        tiles: pack().encode(),
    }
}

fn settings() -> Settings {
    Settings::initial(pairing()).with_layer(PermanentLayer {
        floor: FloorId::from_u128(6),
        n: 2,
        rooms_version: 1,
        tiles: vec![(TileIndex { x: 0, y: 0 }, tile().encode())],
    })
}

/// The file of an outbox with a run that waits.
fn outbox(folder: &Path) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    fs::create_dir_all(folder)?;
    let path = folder.join("outbox.log");
    let mut outbox = Outbox::open(&path)?;
    outbox.put_tiles(run(), pack().tiles, Progress::default())?;
    outbox.put_finished(run(), b"the end".to_vec())?;
    drop(outbox);
    let bytes = fs::read(&path)?;
    fs::remove_file(path)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A seed that is refused at its first byte would lead a fuzzer nowhere.
    #[test]
    fn what_targets_begin_with_is_read() {
        for (target, text) in TEXTS {
            let bytes = text.as_bytes();
            let is_read = match target {
                "run_event" => wire::run_event::decode(bytes).is_ok(),
                "request" => RobotRequest::decode(bytes).is_ok(),
                "words" => {
                    wire::status::StatusReport::decode(bytes).is_ok()
                        || wire::ack::Ack::decode(bytes).is_ok()
                        || wire::receipt::decode(bytes).is_ok()
                }
                "import" => {
                    mapping::formats::valetudo::ValetudoMap::read(bytes).is_ok()
                        || mapping::formats::geojson::read(bytes).is_ok()
                        || mapping::formats::pgm::read(bytes).is_ok()
                }
                "recording" => mapping::logs::open_bytes(bytes).is_ok(),
                "event" => serde_json::from_slice::<serde_json::Value>(bytes).is_ok(),
                "policy" => policy::PolicyDocument::from_json(text).is_ok(),
                "token" => access::KeySet::from_jwks(text).is_ok(),
                other => panic!("{other}: nothing reads it"),
            };
            assert!(is_read, "{target}: {text}");
        }
    }
}
