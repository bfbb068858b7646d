//! One home with one robot, and the handlers over it.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Timestamp;
use domain::home::Name;
use domain::id::{HomeId, PairingId, RobotId, RunId};
use domain::ports::StoredRunTile;
use domain::robot::{Pairing, Robot};
use domain::run::{Initiator, Manifest, Outcome, Rev, Run, RunEvent, RunEventKind, RunReport};
use domain::settings::Settings;
use domain::usecase::{
    Authorizing, Folding, Ingesting, PresenceTracking, Renewing, RunEvents, Sealing, Settling, StatusTracking,
};
use functions::{CommandOutcome, Fold, MapIngest, PresenceEvents, Renewals, RunReports, StatusReports};
use mapping::run_map::RunMap;
use mapping::run_tile::{RunCell, RunTile};
use mapping::tile::TileIndex;
use memory_store::Memory;
use serde_json::{Value, json};
use wire::tile_pack::{PackedTile, TilePack};

pub const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

pub struct World {
    pub memory: Arc<Memory>,
    pub home: HomeId,
    pub robot: RobotId,
    pub pairing: PairingId,
    pub run: RunId,
}

impl World {
    pub fn new() -> Self {
        let (home, robot) = (HomeId::new(NOW, 1), RobotId::new(NOW, 2));
        let (pairing, run) = (PairingId::new(NOW, 3), RunId::new(NOW, 4));
        let memory = Arc::new(Memory::default());
        let name = Name::new("name", "Kitchen robot").unwrap();
        let paired = Pairing {
            id: pairing,
            home,
            name,
            floor: None,
            paired_at: NOW,
        };
        let known = Robot {
            id: robot,
            pairing: Some(paired),
            certificate: None,
        };
        memory.look().robots.insert(robot, known);
        memory.look().settings.insert(robot, Settings::initial(pairing));
        Self {
            memory,
            home,
            robot,
            pairing,
            run,
        }
    }

    pub fn authorizing(&self) -> Authorizing {
        Authorizing {
            homes: self.memory.clone(),
            robots: self.memory.clone(),
        }
    }

    pub fn sealing(&self) -> Sealing {
        Sealing {
            runs: self.memory.clone(),
            tiles: self.memory.clone(),
            mailbox: self.memory.clone(),
        }
    }

    pub fn map_ingest(&self) -> MapIngest {
        let ingesting = Ingesting {
            authorizing: self.authorizing(),
            sealing: self.sealing(),
        };
        MapIngest::new(ingesting, self.memory.clone())
    }

    pub fn run_reports(&self) -> RunReports {
        let run_events = RunEvents {
            authorizing: self.authorizing(),
            sealing: self.sealing(),
        };
        RunReports::new(run_events, self.memory.clone())
    }

    pub fn status_reports(&self) -> StatusReports {
        let tracking = StatusTracking {
            robots: self.memory.clone(),
            health: self.memory.clone(),
            settings: self.memory.clone(),
            mailbox: self.memory.clone(),
        };
        StatusReports::new(tracking, self.memory.clone())
    }

    pub fn command_outcome(&self) -> CommandOutcome {
        let settling = Settling {
            authorizing: self.authorizing(),
            commands: self.memory.clone(),
            mailbox: self.memory.clone(),
        };
        CommandOutcome::new(settling, self.memory.clone())
    }

    pub fn renewals(&self) -> Renewals {
        let renewing = Renewing {
            authorizing: self.authorizing(),
            robots: self.memory.clone(),
            registry: self.memory.clone(),
            mailbox: self.memory.clone(),
        };
        Renewals::new(renewing, self.memory.clone())
    }

    pub fn presence_events(&self) -> PresenceEvents {
        PresenceEvents::new(
            PresenceTracking {
                health: self.memory.clone(),
            },
            self.memory.clone(),
        )
    }

    pub fn fold(&self) -> Fold {
        let folding = Folding::new(&self.memory, self.memory.clone());
        Fold::new(folding, self.memory.clone())
    }

    /// The same home over a copy of all that is stored.
    pub fn copy(&self) -> Self {
        Self {
            memory: Arc::new(self.memory.copy()),
            ..*self
        }
    }

    /// Another robot of the home.
    pub fn add_robot(&self, n: u128) -> RobotId {
        let mut shelves = self.memory.look();
        let first = shelves.robots[&self.robot].clone();
        let robot = Robot {
            id: RobotId::new(NOW, n),
            ..first
        };
        shelves.settings.insert(robot.id, Settings::initial(self.pairing));
        shelves.robots.insert(robot.id, robot.clone());
        robot.id
    }

    /// Stores a run that a robot has sent whole, and gives its record's event.
    pub fn seal(&self, robot: RobotId, n: u32, map: &RunMap) -> Value {
        let sealed = self.sealed(robot, n, map);
        let run = sealed.id;
        let mut shelves = self.memory.look();
        shelves.runs.insert(run, sealed);
        shelves.run_tiles.extend(map.tiles().map(|(index, cells)| {
            let (rev, cells) = (Rev(1), cells.clone());
            ((run, index), StoredRunTile { index, rev, cells })
        }));
        self.changed(robot, run)
    }

    /// A run that a robot has sent whole.
    pub fn sealed(&self, robot: RobotId, n: u32, map: &RunMap) -> Run {
        let at = NOW.plus(Duration::from_secs(u64::from(n) * 3600));
        let run = RunId::new(at, u128::from(n));
        let revs = map.tiles().map(|(index, _)| (index, Rev(1))).collect();
        let RunEventKind::Finished(report) = self.finish().kind else {
            unreachable!()
        };
        let report = RunReport {
            manifest: Manifest::new(revs, map.digest()).unwrap(),
            ..report
        };
        let finished = RunEvent {
            run,
            at,
            kind: RunEventKind::Finished(report),
            ..self.finish()
        };
        Run::first_seen(robot, &finished).sealed().unwrap()
    }

    /// What the table's stream says of a run's record in this home.
    pub fn changed(&self, robot: RobotId, run: RunId) -> Value {
        let keys = json!({
            "pk": {"S": format!("H#{}", self.home)},
            "sk": {"S": format!("RUN#{robot}#{run}")},
        });
        json!({"Records": [{"eventName": "MODIFY", "dynamodb": {"Keys": keys, "SequenceNumber": "1"}}]})
    }

    /// The event that the rule makes of a payload of this robot.
    pub fn event(&self, payload: &[u8]) -> Value {
        let robot = self.robot.to_string();
        json!({
            "data": STANDARD.encode(payload),
            "clientId": robot,
            "robot": robot,
            "principal": "1f",
            "trace": "t-1",
            "ts": NOW.millis(),
        })
    }

    /// A pack with one tile that has something in it.
    pub fn pack(&self) -> TilePack {
        let tile = PackedTile {
            index: TileIndex { x: 0, y: 0 },
            rev: Rev(1),
            cells: some_tile().encode(),
        };
        TilePack {
            pairing: self.pairing,
            run: self.run,
            tiles: vec![tile],
        }
    }

    /// The end of the run whose only tile is that of [`World::pack`].
    pub fn finish(&self) -> RunEvent {
        let index = TileIndex { x: 0, y: 0 };
        let mut map = RunMap::new();
        map.replace(index, some_tile());
        let manifest = Manifest::new(vec![(index, Rev(1))], map.digest()).unwrap();
        let (outcome, track) = (Outcome::Completed, vec![(0, 0), (500, 0)]);
        let report = RunReport {
            outcome,
            area_cm2: 10_000,
            duration_ms: 60_000,
            manifest,
            track,
        };
        RunEvent {
            run: self.run,
            pairing: self.pairing,
            seq: 1,
            initiator: Initiator::Button,
            correlation: None,
            started_at: NOW,
            at: NOW,
            kind: RunEventKind::Finished(report),
        }
    }

    /// The fields and reasons of all recorded incidents, after a check that each says who sent what to whom.
    pub fn refusals(&self, handler: &str) -> Vec<String> {
        let shelves = self.memory.look();
        let text = |incident: &domain::incident::Incident| {
            assert_eq!(incident.handler, handler);
            assert!(!incident.reason.is_empty());
            format!("{}: {}", incident.field, incident.reason)
        };
        shelves.incidents.iter().map(text).collect()
    }
}

fn some_tile() -> RunTile {
    let mut tile = RunTile::new();
    for col in 0..20 {
        tile.set(col, 3, RunCell::Free);
        tile.set(col, 4, RunCell::Occupied);
    }
    tile
}
