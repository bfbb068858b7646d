//! A flat of two rooms that the world's robot has driven through.

use std::ops::Range;

use domain::Timestamp;
use domain::access::HomeScope;
use domain::id::{CommandId, RunId};
use domain::placement::RunRef;
use domain::ports::{RunStore, RunTileStore, SentRunTile};
use domain::robot::Robot;
use domain::run::{Initiator, Manifest, Outcome, Rev, Run, RunEvent, RunEventKind, RunReport};
use mapping::run_map::RunMap;
use mapping::run_tile::RunCell;
use mapping::tile::CellIndex;
use serde_json::Value;

use crate::world::{AT, Person, World};

/// What drives a run.
#[derive(Clone, Copy)]
pub struct Drive {
    /// Tells runs apart; also hours since the first.
    pub n: u32,
    /// What asked for it; the robot's button otherwise.
    pub command: Option<CommandId>,
    /// How long it took.
    pub minutes: u64,
}

/// A run that nobody asked for.
pub fn drive(n: u32) -> Drive {
    Drive {
        n,
        command: None,
        minutes: 20,
    }
}

/// Two rooms of 4 m × 5 m with a door between them, walls around, and `things` of 40 cm.
pub fn two_rooms(things: &[(i32, i32)]) -> RunMap {
    drawn(-20..140, -30..70, &[60], things)
}

/// Three rooms in a row, another floor.
pub fn attic() -> RunMap {
    drawn(-60..140, -25..45, &[0, 85], &[])
}

/// Floor, walls around it, and walls across with a door in each.
fn drawn(across: Range<i32>, along: Range<i32>, walls: &[i32], things: &[(i32, i32)]) -> RunMap {
    let mut run = RunMap::new();
    let columns = across.start - 1..=across.end;
    for (x, y) in columns.flat_map(|x| (along.start - 1..=along.end).map(move |y| (x, y))) {
        let is_edge = !across.contains(&x) || !along.contains(&y);
        let is_wall = walls.contains(&x) && !(0..16).contains(&y);
        let is_thing = things
            .iter()
            .any(|(col, row)| [x - col, y - row].iter().all(|far| (0..8).contains(far)));
        let occupied = is_edge || is_wall || is_thing;
        run.set(
            CellIndex::new(x, y),
            if occupied {
                RunCell::Occupied
            } else {
                RunCell::Free
            },
        );
    }
    run
}

impl World {
    /// Stores a run that the world's robot has sent whole, and lets it vote.
    pub async fn fold(&self, drive: Drive, map: &RunMap) -> Run {
        self.fold_of(&self.paired(), drive, map).await
    }

    /// Stores a run that a paired robot has sent whole, and lets it vote.
    pub async fn fold_of(&self, robot: &Robot, drive: Drive, map: &RunMap) -> Run {
        let scope = HomeScope::of_robot(robot).unwrap();
        let at = Timestamp::from_millis(AT.millis() + i64::from(drive.n) * 3_600_000);
        let this = RunRef {
            robot: robot.id,
            run: RunId::new(at, drive.n.into()),
        };
        let initiator = match drive.command {
            Some(command) => Initiator::Command { command },
            None => Initiator::Button,
        };
        let revs = map.tiles().map(|(index, _)| (index, Rev(1))).collect();
        let report = RunReport {
            outcome: Outcome::Completed,
            area_cm2: 400_000,
            duration_ms: drive.minutes * 60_000,
            manifest: Manifest::new(revs, map.digest()).unwrap(),
            track: vec![],
        };
        let finished = RunEvent {
            run: this.run,
            pairing: robot.pairing.as_ref().unwrap().id,
            seq: 1,
            initiator,
            correlation: None,
            started_at: at,
            at,
            kind: RunEventKind::Finished(report),
        };
        let sealed = Run::first_seen(robot.id, &finished).sealed().unwrap();
        self.store.put_run(&scope, &sealed, None).await.unwrap();
        for (index, cells) in map.tiles() {
            let (rev, cells) = (Rev(1), cells.into());
            let tile = SentRunTile { index, rev, cells };
            self.store.put_tiles(&scope, this.run, &[tile]).await.unwrap();
        }
        self.folding().fold(&scope, this).await.unwrap();
        self.store
            .run(&scope, this.robot, this.run)
            .await
            .unwrap()
            .unwrap()
    }

    /// The path of the home's first floor and what follows.
    pub async fn at_floor(&self, rest: &str) -> String {
        let floors = self.get(Person::Anna, &self.at_home("/floors")).await.json();
        let floor = floors["items"][0]["id"].as_str().unwrap().to_owned();
        self.at_home(&format!("/floors/{floor}{rest}"))
    }

    /// The rooms of the home's first floor, those farthest left first.
    pub async fn rooms(&self) -> Vec<Value> {
        let list = self
            .get(Person::Anna, &self.at_floor("/rooms").await)
            .await
            .json();
        let mut rooms = list["items"].as_array().unwrap().clone();
        let left = |room: &Value| {
            let ring = room["outlines"][0].as_array().unwrap();
            ring.iter().map(|corner| corner["x"].as_i64().unwrap()).min()
        };
        rooms.sort_by_key(left);
        rooms
    }
}
