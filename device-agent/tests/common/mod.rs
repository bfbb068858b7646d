//! A robot's agent on a table: its directory, a clock that is turned by hand, and a cloud that keeps what arrives.

#![allow(dead_code, reason = "each test uses some of it")]

pub mod floor;
pub mod recording;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use device_agent::core::message::{Outgoing, Received};
use device_agent::core::{Agent, AgentParts, Input, Output};
use device_agent::credentials::Credentials;
use device_agent::driver::{Capability, DriverOrder, Observation, Observed, Profile, RobotCondition, Sweep};
use device_agent::identity::Endpoint;
use device_agent::storage::DiskStorage;
use domain::Timestamp;
use domain::command::{CommandKind, CommandNumber, Scope};
use domain::id::{CommandId, PairingId, PersonId, RobotId, RunId};
use domain::receipt::{Receipt, ReceiptKind};
use domain::run::{Rev, RunEventKind, RunReport};
use domain::settings::{Preferences, Settings};
use domain::status::{Battery, RobotError, RobotState};
use mapping::pose::Pose;
use mapping::run_map::RunMap;
use mapping::tile::TileIndex;
use wire::ack::Ack;
use wire::command::{CommandMessage, RobotRequest};
use wire::status::StatusReport;
use wire::tile_pack::{PackedTile, TilePack};
use wire::topic::Downlink;
use wire::{receipt, run_event, settings};

pub const SERVER_TIME: Timestamp = Timestamp::from_millis(1_800_000_000_000);

pub fn endpoint() -> Endpoint {
    Endpoint {
        robot: RobotId::from_u128(11),
        pairing: PairingId::from_u128(22),
        stage: "test".into(),
        host: "localhost".into(),
        port: 1,
    }
}

pub fn start_agent(dir: &Path, seed: u64) -> Agent {
    start_able(
        dir,
        seed,
        &[Capability::Pause, Capability::Zones, Capability::Locate],
    )
}

pub fn start_able(dir: &Path, seed: u64, capabilities: &[Capability]) -> Agent {
    let credentials = Credentials {
        certificate_pem: String::new(),
        key_pem: String::new(),
    };
    start_with(dir, seed, capabilities, credentials)
}

pub fn start_with(dir: &Path, seed: u64, capabilities: &[Capability], credentials: Credentials) -> Agent {
    let (storage, memory) = DiskStorage::open(dir).unwrap();
    Agent::start(AgentParts {
        endpoint: endpoint(),
        credentials,
        profile: Profile {
            model: "test".into(),
            capabilities: capabilities.to_vec(),
        },
        storage: Box::new(storage),
        memory,
        guessed_time: Timestamp::from_millis(0),
        seed,
    })
    .unwrap()
}

pub fn condition(state: RobotState) -> RobotCondition {
    let battery = Battery::try_from(90).unwrap();
    RobotCondition {
        state,
        error: RobotError::NoError,
        vendor_error: None,
        battery,
    }
}

pub fn command(number: u64, kind: CommandKind) -> CommandMessage {
    CommandMessage {
        id: CommandId::from_u128(number.into()),
        pairing: endpoint().pairing,
        number: CommandNumber(number),
        kind,
        scope: (kind == CommandKind::Start).then_some(Scope::WholeHome),
        issuer: PersonId::from_u128(33),
        issued_at: SERVER_TIME,
        expires_at: SERVER_TIME.plus(Duration::from_secs(60)),
        rooms_version: 0,
        plan: None,
        correlation: None,
        run: None,
    }
}

/// A round room of 2 m seen from `x` metres along it.
pub fn sweep(x: f64) -> Sweep {
    let ranges = (0..360)
        .map(|i| 2.0 + 0.2 * f32::sin(i as f32 * 0.1) + x as f32 * 0.01)
        .collect();
    let angle_step = std::f64::consts::TAU / 360.0;
    Sweep {
        pose: Pose::new(x, 0.0, 0.0),
        start_angle: 0.0,
        angle_step,
        max_range: 6.0,
        ranges,
    }
}

/// The agent, what it said, and the robot below it.
pub struct Table {
    pub agent: Agent,
    pub uptime: Duration,
    pub robot_time: Duration,
    pub said: Vec<Outgoing>,
    pub orders: Vec<DriverOrder>,
    pub connections: Vec<Credentials>,
}

impl Table {
    pub fn new(dir: &Path) -> Self {
        Self::with(start_agent(dir, 5))
    }

    pub fn with(agent: Agent) -> Self {
        Self {
            agent,
            uptime: Duration::ZERO,
            robot_time: Duration::ZERO,
            said: Vec::new(),
            orders: Vec::new(),
            connections: Vec::new(),
        }
    }

    /// A docked robot, connected, that knows the time.
    pub fn ready(dir: &Path) -> Self {
        Self::new(dir).made_ready()
    }

    /// A ready robot that can do these things.
    pub fn able(dir: &Path, capabilities: &[Capability]) -> Self {
        Self::with(start_able(dir, 5, capabilities)).made_ready()
    }

    pub fn made_ready(self) -> Self {
        let mut table = self;
        table.observe(Observation::State(condition(RobotState::Docked)));
        table.put(Input::Connected);
        table.answer_time();
        table
    }

    pub fn put(&mut self, input: Input) {
        for output in self.agent.handle(self.uptime, input) {
            match output {
                Output::Publish(message) => self.said.push(message),
                Output::Order(order) => self.orders.push(order),
                Output::Connect(credentials) => self.connections.push(credentials),
            }
        }
    }

    pub fn wait(&mut self, time: Duration) {
        self.uptime += time;
        self.put(Input::Tick);
    }

    pub fn observe(&mut self, what: Observation) {
        self.put(Input::Observed(Observed {
            at: self.robot_time,
            what,
        }));
    }

    pub fn command(&mut self, command: &CommandMessage) {
        self.request(command, false);
    }

    pub fn request(&mut self, command: &CommandMessage, retained: bool) {
        let topic = Downlink::Commands(endpoint().robot);
        let payload = RobotRequest::Command(command.clone()).encode();
        self.put(Input::Received(Received {
            topic,
            payload,
            retained,
        }));
    }

    pub fn configure(&mut self, settings: &Settings) {
        self.put(Input::Received(Received {
            topic: Downlink::Settings(endpoint().robot),
            payload: settings::encode(settings).unwrap(),
            retained: true,
        }));
    }

    /// The owner chooses anew, in this version of the settings.
    pub fn choose(&mut self, version: u64, preferences: Preferences) {
        self.configure(&Settings {
            version,
            preferences,
            chosen_in: version,
            ..Settings::initial(endpoint().pairing)
        });
    }

    pub fn receipt(&mut self, kind: ReceiptKind) {
        let receipt = Receipt {
            pairing: Some(endpoint().pairing),
            kind,
        };
        let topic = Downlink::Receipts(endpoint().robot);
        self.put(Input::Received(Received {
            topic,
            payload: receipt::encode(&receipt),
            retained: false,
        }));
    }

    pub fn answer_time(&mut self) {
        self.answer_time_at(SERVER_TIME);
    }

    pub fn answer_time_at(&mut self, now: Timestamp) {
        let asked: Vec<String> = self
            .statuses()
            .into_iter()
            .filter_map(|status| status.nonce)
            .collect();
        let nonce = asked.last().unwrap().clone();
        self.receipt(ReceiptKind::Time { nonce, now });
    }

    /// Drives 4 m in 20 s.
    pub fn drive(&mut self) {
        for step in 0..100 {
            self.robot_time += Duration::from_millis(200);
            self.observe(Observation::Sweep(sweep(f64::from(step) * 0.04)));
        }
    }

    pub fn statuses(&self) -> Vec<StatusReport> {
        self.on("/status")
            .map(|payload| StatusReport::decode(payload).unwrap())
            .collect()
    }

    pub fn acks(&self) -> Vec<Ack> {
        self.on("/ack")
            .map(|payload| Ack::decode(payload).unwrap())
            .collect()
    }

    pub fn events(&self) -> Vec<domain::run::RunEvent> {
        self.on("/run")
            .map(|payload| run_event::decode(payload).unwrap())
            .collect()
    }

    pub fn on<'a>(&'a self, end: &'static str) -> impl Iterator<Item = &'a [u8]> {
        let mine = self
            .said
            .iter()
            .filter(move |message| message.topic.ends_with(end));
        mine.map(|message| message.payload.as_slice())
    }
}

/// What the cloud keeps of runs, and what it answers.
#[derive(Default)]
pub struct Cloud {
    pub tiles: BTreeMap<RunId, BTreeMap<TileIndex, PackedTile>>,
    pub finished: BTreeMap<RunId, RunReport>,
}

impl Cloud {
    /// Stores a message; gives the answer to it.
    pub fn take(&mut self, message: &Outgoing) -> Option<ReceiptKind> {
        if message.topic.ends_with("/tiles") {
            let pack = TilePack::decode(&message.payload).unwrap();
            let stored = self.tiles.entry(pack.run).or_default();
            for tile in pack.tiles {
                if stored.get(&tile.index).is_none_or(|have| have.rev < tile.rev) {
                    stored.insert(tile.index, tile);
                }
            }
            return None;
        }
        if message.topic.ends_with("/ack") {
            return Some(ReceiptKind::Settled {
                command: Ack::decode(&message.payload).unwrap().command,
            });
        }
        if !message.topic.ends_with("/run") {
            return None;
        }
        let event = run_event::decode(&message.payload).unwrap();
        let RunEventKind::Finished(report) = event.kind else {
            return None;
        };
        let stored = self.tiles.entry(event.run).or_default();
        let revs: BTreeMap<TileIndex, Rev> = stored.iter().map(|(index, tile)| (*index, tile.rev)).collect();
        let missing = report.manifest.missing_from(&revs);
        if !missing.is_empty() {
            return Some(ReceiptKind::Wanted {
                run: event.run,
                tiles: missing,
            });
        }
        self.finished.insert(event.run, report);
        Some(ReceiptKind::Confirmed { run: event.run })
    }

    /// The map of a run, as it arrived.
    pub fn map(&self, run: RunId) -> RunMap {
        self.tiles[&run]
            .values()
            .map(|tile| (tile.index, tile.unpack().unwrap()))
            .collect()
    }
}
