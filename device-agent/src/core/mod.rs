//! The agent's rules, without I/O: time and events go in, messages and orders come out.
//!
//! Only what must be on the disk before it is acted on is called for directly, through [`Storage`]. The clock is the
//! caller's: [`Uptime`] since the agent's start, and the driver's own time on what it observed.

mod acks;
mod clock;
pub mod commands;
mod coverage;
mod ending;
mod live;
pub mod locating;
pub mod message;
mod obey;
mod packing;
mod plans;
mod receipts;
mod renewing;
pub mod repeat;
mod run;
mod runs;
mod scheduled;
pub mod scheduler;
mod settings;
pub mod status;
mod track;
mod whereabouts;

use std::collections::BTreeMap;
use std::time::Duration;

use domain::Timestamp;
use domain::id::RunId;
use domain::settings::{Preferences, Settings};
use domain::status::RobotState;
use mapping::pose::Pose;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use wire::topic::{Downlink, Uplink};

use crate::credentials::Credentials;
use crate::driver::{DriverOrder, Observation, Observed, Profile, RobotCondition};
use crate::identity::Endpoint;
use crate::kept_plan::KeptPlan;
use crate::storage::{Memory, Storage, StorageError};

use clock::Clock;
use ending::Endings;
use live::Live;
use locating::Locating;
use message::{Delivery, Outgoing, Received};
use obey::Pursuit;
use renewing::Renewing;
use repeat::Repeat;
use run::CurrentRun;
use scheduler::Scheduler;
use status::StatusLog;

pub use runs::AFTER_TILES;

/// Time since the agent's start, which never runs backwards.
pub type Uptime = Duration;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The link is up and subscribed.
    Connected,
    /// The link is down.
    Disconnected,
    /// The cloud said something.
    Received(Received),
    /// The robot said something.
    Observed(Observed),
    /// The robot did not take an order.
    OrderFailed(DriverOrder),
    /// Time has passed; wanted at [`Agent::next_tick`].
    Tick,
}

/// Something to do, in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Send a message.
    Publish(Outgoing),
    /// Pass an order on to the robot.
    Order(DriverOrder),
    /// Drop the connection and make one with these credentials.
    Connect(Credentials),
}

/// What an agent is made of.
pub struct AgentParts {
    /// Who the robot is.
    pub endpoint: Endpoint,
    /// What it connects with.
    pub credentials: Credentials,
    /// What it is and can.
    pub profile: Profile,
    /// Its durable memory.
    pub storage: Box<dyn Storage>,
    /// What that memory held at the start.
    pub memory: Memory,
    /// The time as far as it is known without the server: no run began before.
    pub guessed_time: Timestamp,
    /// Seed of the ids and nonces it makes.
    pub seed: u64,
}

/// The agent.
pub struct Agent {
    endpoint: Endpoint,
    profile: Profile,
    storage: Box<dyn Storage>,
    state: crate::state::AgentState,
    settings: Option<Settings>,
    scheduler: Scheduler,
    random: StdRng,
    uptime: Uptime,
    connected: bool,
    clock: Clock,
    condition: Option<RobotCondition>,
    pose: Pose,
    locating: Locating,
    kept_plan: Option<KeptPlan>,
    run: Option<CurrentRun>,
    pursuit: Option<Pursuit>,
    live: Live,
    status: StatusLog,
    finished: BTreeMap<RunId, Repeat>,
    endings: Endings,
    ack_repeat: Repeat,
    renewing: Renewing,
    outputs: Vec<Output>,
}

impl Agent {
    /// An agent at its start: counts the boot and ends, as interrupted, the runs that the last one left open.
    ///
    /// # Errors
    /// [`StorageError`] when the boot cannot be counted: without it the cloud would take new reports for old ones.
    pub fn start(parts: AgentParts) -> Result<Self, StorageError> {
        let AgentParts {
            endpoint,
            credentials,
            profile,
            storage,
            memory,
            guessed_time,
            seed,
        } = parts;
        let mut agent = Self {
            endpoint,
            profile,
            storage,
            clock: Clock::new(guessed_time.max(memory.state.last_server_time)),
            state: memory.state,
            settings: memory.settings,
            scheduler: Scheduler::new(&Preferences::initial(), None),
            random: StdRng::seed_from_u64(seed),
            uptime: Uptime::ZERO,
            connected: false,
            condition: None,
            pose: Pose::IDENTITY,
            locating: Locating::default(),
            kept_plan: memory.plan,
            run: None,
            pursuit: None,
            live: Live::default(),
            status: StatusLog::default(),
            finished: memory
                .finished_runs
                .iter()
                .map(|run| (*run, Repeat::due_at(Uptime::ZERO)))
                .collect(),
            endings: Endings::default(),
            ack_repeat: Repeat::due_at(Uptime::ZERO),
            renewing: Renewing::new(credentials, memory.renewal),
            outputs: Vec::new(),
        };
        agent.state.boot += 1;
        agent.state.dropped += memory.damaged;
        memory
            .open_runs
            .into_iter()
            .for_each(|open| agent.close_interrupted(open));
        agent.resume_schedule();
        agent.storage.save_state(&agent.state)?;
        agent.configure_driver();
        Ok(agent)
    }

    /// What to do about `input`, which happened at `uptime`.
    pub fn handle(&mut self, uptime: Uptime, input: Input) -> Vec<Output> {
        self.uptime = self.uptime.max(uptime);
        match input {
            Input::Connected => self.connect(),
            Input::Disconnected => self.connected = false,
            Input::Received(message) => self.receive(message),
            Input::Observed(observed) => self.observe(observed),
            Input::OrderFailed(order) => self.order_failed(&order),
            Input::Tick => {}
        }
        self.tick_schedule();
        self.tick_endings();
        self.tick_status();
        self.tick_acks();
        self.tick_finished();
        self.tick_live();
        self.tick_renewal();
        std::mem::take(&mut self.outputs)
    }

    /// When [`Input::Tick`] is wanted at the latest.
    pub fn next_tick(&self) -> Option<Uptime> {
        let endings = self.endings.next();
        if !self.connected {
            return [endings, self.schedule_tick(), self.renewal_tick()]
                .into_iter()
                .flatten()
                .min();
        }
        let acks = (!self.state.unsettled.is_empty()).then(|| self.ack_repeat.next());
        let finished = self.finished.values().map(Repeat::next).min();
        let status = self.condition.is_some().then(|| self.status.due());
        let time = self.condition.as_ref().and_then(|_| self.clock.ask_at());
        [
            endings,
            acks,
            finished,
            status,
            time,
            self.live.next(),
            self.schedule_tick(),
            self.renewal_tick(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Whether a run is under way, or reports or answers wait for the cloud.
    pub fn is_busy(&self) -> bool {
        let has_more_to_tell = self.storage.waiting() > 0 || !self.endings.is_empty();
        self.run.is_some() || has_more_to_tell || !self.state.unsettled.is_empty()
    }

    /// Whether the cloud has yet to answer something that is asked again until it does.
    pub fn awaits_answer(&self) -> bool {
        let is_asked = self.finished.values().any(Repeat::is_asked);
        !self.state.unsettled.is_empty() || is_asked || self.clock.ask_at().is_some()
    }

    fn connect(&mut self) {
        self.connected = true;
        self.prove_renewal();
        self.report_status();
        self.ack_repeat = Repeat::due_at(self.uptime);
        let now = self.uptime;
        self.finished
            .values_mut()
            .for_each(|repeat| *repeat = Repeat::due_at(now));
        self.catch_up_run();
    }

    fn receive(&mut self, message: Received) {
        match message.topic {
            Downlink::Commands(robot) if robot == self.endpoint.robot => self.on_request(&message),
            Downlink::Settings(robot) if robot == self.endpoint.robot => self.on_settings(&message.payload),
            Downlink::Receipts(robot) if robot == self.endpoint.robot => self.on_receipt(&message.payload),
            Downlink::Commands(_)
            | Downlink::Settings(_)
            | Downlink::Receipts(_)
            | Downlink::LivePose(_)
            | Downlink::LiveTiles(_) => tracing::warn!(topic = %message.topic, "a message for somebody else"),
        }
    }

    fn observe(&mut self, observed: Observed) {
        match observed.what {
            Observation::Started(initiator) => self.begin_own_run(initiator),
            Observation::Sweep(sweep) => self.take_sweep(&sweep, observed.at),
            Observation::Pose(pose) => {
                self.pose = pose;
                self.sense(observed.at, |run| run.drive_to(&pose, observed.at));
            }
            Observation::Bump(pose) => self.sense(observed.at, |run| run.bump(&pose)),
            Observation::Map(map) => self.sense(observed.at, |run| run.take_map(map)),
            Observation::State(condition) => self.take_condition(condition),
            Observation::Located(is_home) => self.locating.take_word(is_home),
            Observation::NewFrame => self.locating.begin_frame(),
            Observation::Ended(outcome) => self.end_run(outcome),
            Observation::LockLifted => self.lift_lock(),
        }
        let run = self.run.as_ref().map(|run| run.id);
        self.live.note(self.uptime, run, self.pose);
    }

    fn robot_state(&self) -> RobotState {
        self.condition
            .as_ref()
            .map_or(RobotState::Stopped, |condition| condition.state)
    }

    fn now(&self) -> Timestamp {
        self.clock.best(self.uptime)
    }

    fn entropy(&mut self) -> u128 {
        self.random.random()
    }

    fn publish(&mut self, topic: Uplink, payload: Vec<u8>) {
        let topic = topic.publish_topic(&self.endpoint.stage, self.endpoint.robot);
        self.publish_to(topic, payload, Delivery::AtLeastOnce);
    }

    fn publish_to(&mut self, topic: String, payload: Vec<u8>, delivery: Delivery) {
        if self.connected {
            self.outputs.push(Output::Publish(Outgoing {
                topic,
                payload,
                delivery,
            }));
        }
    }

    fn order(&mut self, order: DriverOrder) {
        self.outputs.push(Output::Order(order));
    }

    /// Writes the state; says whether it is on the disk.
    fn save(&mut self) -> bool {
        if let Some(now) = self.clock.server_time(self.uptime) {
            self.state.last_server_time = self.state.last_server_time.max(now);
        }
        self.state.schedule_seen = self.scheduler.seen().or(self.state.schedule_seen);
        match self.storage.save_state(&self.state) {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(robot.id = %self.endpoint.robot, %error, "the state was not saved");
                false
            }
        }
    }
}
