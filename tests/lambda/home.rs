//! A home with one robot in the table, and what that robot sends.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Timestamp;
use domain::access::HomeScope;
use domain::home::Name;
use domain::id::{HomeId, PairingId, RobotId, RunId};
use domain::ports::{RobotStore, RunStore, RunTileStore, SentRunTile, SettingsStore};
use domain::robot::{Certificate, Pairing, Robot};
use domain::run::{Initiator, Manifest, Outcome, Rev, Run, RunEvent, RunEventKind, RunReport};
use domain::settings::Settings;
use mapping::run_map::RunMap;
use mapping::run_tile::{RunCell, RunTile};
use mapping::tile::TileIndex;
use serde_json::Value;
use wire::tile_pack::{PackedTile, TilePack};

use crate::aws_events::recorded;
use crate::cloud::{Cloud, now};
use crate::emulator::Function;

const INDEX: TileIndex = TileIndex { x: 0, y: 0 };
/// The certificate ends soon enough to be renewed.
const CERTIFICATE_LEFT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

pub struct Home {
    pub cloud: Cloud,
    pub robot: Robot,
    pub pairing: PairingId,
    pub run: RunId,
    at: Timestamp,
}

impl Home {
    pub async fn new() -> Self {
        let (cloud, at) = (Cloud::start().await, now());
        let pairing = PairingId::new(at, 3);
        let robot = robot(pairing, at);
        cloud.store.put_robot(&robot, None).await.unwrap();
        let settings = Settings::initial(pairing);
        cloud.store.put_settings(robot.id, &settings, None).await.unwrap();
        Self {
            cloud,
            robot,
            pairing,
            run: RunId::new(at, 4),
            at,
        }
    }

    /// The function `program`, if it can be started here.
    pub fn function(&self, program: &str) -> Option<Function> {
        Function::start(program, &self.cloud.variables())
    }

    pub fn scope(&self) -> HomeScope {
        HomeScope::of_robot(&self.robot).unwrap()
    }

    /// The recorded event of a rule, with the robot as its client and `payload` in it.
    pub fn event(&self, payload: &[u8]) -> Option<Value> {
        let mut event = recorded("iot_rule_lambda_binary_payload.json")?;
        let robot = self.robot.id.to_string();
        event["clientId"] = robot.clone().into();
        event["robot"] = robot.into();
        event["data"] = STANDARD.encode(payload).into();
        event["ts"] = self.at.millis().into();
        Some(event)
    }

    /// A pack with the only tile of the run.
    pub fn pack(&self) -> TilePack {
        let tile = PackedTile {
            index: INDEX,
            rev: Rev(1),
            cells: tile().encode(),
        };
        TilePack {
            pairing: self.pairing,
            run: self.run,
            tiles: vec![tile],
        }
    }

    /// The end of the run.
    pub fn finish(&self) -> RunEvent {
        let mut map = RunMap::new();
        map.replace(INDEX, tile());
        let report = RunReport {
            outcome: Outcome::Completed,
            area_cm2: 10_000,
            duration_ms: 60_000,
            manifest: Manifest::new(vec![(INDEX, Rev(1))], map.digest()).unwrap(),
            track: vec![(0, 0), (500, 0)],
        };
        RunEvent {
            run: self.run,
            pairing: self.pairing,
            seq: 1,
            correlation: None,
            initiator: Initiator::Button,
            started_at: self.at,
            at: self.at,
            kind: RunEventKind::Finished(report),
        }
    }

    /// Puts the tile of the run into the table.
    pub async fn keep_tile(&self) {
        let sent = SentRunTile {
            index: INDEX,
            rev: Rev(1),
            cells: (&tile()).into(),
        };
        let store = &self.cloud.store;
        store.put_tiles(&self.scope(), self.run, &[sent]).await.unwrap();
    }

    /// Puts the run into the table, whole and sealed.
    pub async fn keep_sealed_run(&self) {
        self.keep_tile().await;
        let sealed = Run::first_seen(self.robot.id, &self.finish()).sealed().unwrap();
        let store = &self.cloud.store;
        store.put_run(&self.scope(), &sealed, None).await.unwrap();
    }

    /// The run as the table has it.
    pub async fn kept_run(&self) -> Option<Run> {
        let store = &self.cloud.store;
        store.run(&self.scope(), self.robot.id, self.run).await.unwrap()
    }
}

fn robot(pairing: PairingId, at: Timestamp) -> Robot {
    Robot {
        id: RobotId::new(at, 2),
        pairing: Some(Pairing {
            id: pairing,
            home: HomeId::new(at, 1),
            name: Name::new("name", "Kitchen robot").unwrap(),
            floor: None,
            paired_at: at,
        }),
        certificate: Some(Certificate {
            id: "old".into(),
            not_after: at.plus(CERTIFICATE_LEFT),
            successor: None,
            quarantine: None,
        }),
    }
}

fn tile() -> RunTile {
    let mut tile = RunTile::new();
    for col in 0..20 {
        tile.set(col, 3, RunCell::Free);
        tile.set(col, 4, RunCell::Occupied);
    }
    tile
}
