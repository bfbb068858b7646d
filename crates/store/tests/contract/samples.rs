//! Records to store.

use domain::Timestamp;
use domain::access::HomeScope;
use domain::claim::{Claim, ClaimCode};
use domain::command::{
    Chosen, Command, CommandKind, CommandNumber, CommandState, Corner, Order, Scope, Zone,
};
use domain::home::{Home, Membership, Name, Role};
use domain::id::{ClaimId, CommandId, FloorId, HomeId, PairingId, PersonId, RobotId, RunId};
use domain::presence::Presence;
use domain::robot::{Certificate, Pairing, Robot};
use domain::run::{Initiator, Manifest, Outcome, Rev, Run, RunReport, RunState};
use domain::status::{Battery, Capabilities, RobotError, RobotState, Status, StatusOrder};
use mapping::run_tile::{RunCell, RunTile};
use mapping::tile::TileIndex;

pub const AT: Timestamp = Timestamp::from_millis(1_790_000_000_000);

pub fn robot_id(n: u128) -> RobotId {
    RobotId::new(AT, n)
}

pub fn run_id(n: u128) -> RunId {
    RunId::new(AT, n)
}

pub fn home_id(n: u128) -> HomeId {
    HomeId::new(AT, n)
}

pub fn floor_id(n: u128) -> FloorId {
    FloorId::new(AT, n)
}

pub fn person_id(n: u128) -> PersonId {
    PersonId::new(AT, n)
}

pub fn name(text: &str) -> Name {
    Name::new("name", text).unwrap()
}

pub fn owner(person: u128, home: u128) -> Membership {
    Membership {
        home: home_id(home),
        person: person_id(person),
        role: Role::Owner,
    }
}

/// The scope of a member of the home.
pub fn scope(home: u128) -> HomeScope {
    HomeScope::of_member(&owner(1, home), Role::Guest).unwrap()
}

pub fn home(n: u128) -> Home {
    Home {
        id: home_id(n),
        name: name("Lindenstraße 9"),
        created_at: AT,
    }
}

pub fn unpaired(n: u128) -> Robot {
    let certificate = Certificate {
        id: format!("{n:064x}"),
        not_after: AT,
        successor: None,
        quarantine: None,
    };
    Robot {
        id: robot_id(n),
        pairing: None,
        certificate: Some(certificate),
    }
}

pub fn paired(n: u128, home: u128) -> Robot {
    let pairing = Pairing {
        id: PairingId::new(AT, n),
        home: home_id(home),
        name: name("Kitchen robot"),
        floor: None,
        paired_at: AT,
    };
    Robot {
        pairing: Some(pairing),
        ..unpaired(n)
    }
}

pub fn status(boot: u32, seq: u32) -> Status {
    Status {
        order: StatusOrder { boot, seq },
        state: RobotState::Running,
        battery: Battery::try_from(80).unwrap(),
        error: RobotError::NoError,
        vendor_error: None,
        firmware: "1.4.2".into(),
        model: "S5".into(),
        capabilities: Capabilities::new(vec!["rooms".into(), "zones".into()]).unwrap(),
        settings_version: 3,
        run: Some(run_id(1)),
        waiting: 0,
        dropped: 0,
        skipped: None,
        lock_lifted: false,
        received_at: AT,
    }
}

pub fn presence(session: &str, connected: bool) -> Presence {
    let reason = (!connected).then(|| "CONNECTION_LOST".to_owned());
    Presence {
        connected,
        session: session.into(),
        version: 1,
        since: AT,
        reason,
    }
}

pub fn claim(n: u128, code: u64) -> Claim {
    Claim {
        id: ClaimId::new(AT, n),
        code: ClaimCode::new(code),
        secret_hash: "ab".repeat(32),
        robot: robot_id(n),
        csr: "-----BEGIN CERTIFICATE REQUEST-----".into(),
        expires_at: AT.plus(domain::claim::CLAIM_VALID),
        outcome: None,
    }
}

pub fn command(n: u128, robot: u128) -> Command {
    let corners = [(0, 0), (1_000, 0), (1_000, 900)].map(|(x, y)| Corner { x, y });
    let zones = Chosen::new("scope.zones", vec![Zone::try_from(corners.to_vec()).unwrap()]).unwrap();
    Command {
        id: CommandId::new(AT, n),
        home: home_id(1),
        robot: robot_id(robot),
        pairing: PairingId::new(AT, robot),
        number: CommandNumber(7),
        order: Order::new(CommandKind::Start, Some(Scope::Zones { zones })).unwrap(),
        issuer: person_id(1),
        issued_at: AT,
        expires_at: AT.plus(domain::command::COMMAND_VALID),
        rooms_version: 0,
        correlation: Some("c-1".parse().unwrap()),
        planned_seconds: Some(14),
        state: CommandState::Requested,
    }
}

pub fn run(n: u128, robot: u128) -> Run {
    Run {
        id: run_id(n),
        robot: robot_id(robot),
        pairing: PairingId::new(AT, robot),
        state: RunState::Running,
        seq: 0,
        correlation: Some("c-1".parse().unwrap()),
        initiator: Initiator::Schedule,
        started_at: AT,
        updated_at: AT,
        report: None,
        located: None,
        vote: None,
    }
}

/// The run with a report of a track with this many points.
pub fn finished(run: &Run, points: i32) -> Run {
    let tiles = (0..20).map(|x| (TileIndex::new(x, -1), Rev(9))).collect();
    let report = RunReport {
        outcome: Outcome::Completed,
        area_cm2: 421_000,
        duration_ms: 1_900_000,
        manifest: Manifest::new(tiles, [0xA5; 32]).unwrap(),
        track: (0..points)
            .map(|step| (step * 731 % 9_000, step * 1_117 % 7_000))
            .collect(),
    };
    Run {
        state: RunState::Finished,
        seq: run.seq + 1,
        report: Some(report),
        ..run.clone()
    }
}

/// A tile as a room leaves it: a wall along one side, free floor, a few obstacles.
pub fn room_tile() -> RunTile {
    let mut tile = RunTile::new();
    for row in 0..64 {
        (8..64).for_each(|col| tile.set(col, row, RunCell::Free));
        tile.set(7 + usize::from(row % 5 == 0), row, RunCell::Occupied);
    }
    (0..12).for_each(|n| tile.set(20 + n * 3, (n * n) % 60, RunCell::Occupied));
    tile
}

/// A tile that hardly compresses, from `seed`.
pub fn noisy_tile(seed: u64) -> RunTile {
    let mut tile = RunTile::new();
    let mut noise = seed.wrapping_mul(2).wrapping_add(0x9E37_79B9_7F4A_7C15);
    for slot in 0..64 * 64 {
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        let cell = [
            RunCell::Unknown,
            RunCell::Free,
            RunCell::Occupied,
            RunCell::Touched,
        ][noise as usize % 4];
        tile.set(slot % 64, slot / 64, cell);
    }
    tile
}
