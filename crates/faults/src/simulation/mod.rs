//! One simulation: robots, line and cloud on one clock, with all that goes wrong drawn from a seed.

mod agenda;
mod cloudside;
mod troubles;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use device_agent::core::Input;
use device_agent::core::message::Outgoing;
use domain::Timestamp;
use domain::receipt::{Receipt, ReceiptKind};
use domain::run::RunEventKind;
use mapping::pose::Pose;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use wire::run_event;

use crate::bug::Bug;
use crate::climate::Climate;
use crate::cloud::{Cloud, Invocation};
use crate::disk;
use crate::flaky::Weather;
use crate::flat;
use crate::home::{self, EPOCH, Function};
use crate::oracle;
use crate::robot::{LOOK_EVERY, Robot};

use agenda::{Agenda, Happening};

/// How long everything may take to arrive once nothing goes wrong any more.
const PATIENCE: Duration = Duration::from_secs(24 * 3600);
/// The longest time on the way when nothing goes wrong.
const FAIR_DELAY: Duration = Duration::from_millis(200);

/// What a simulation did.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Figures {
    /// Tile reports that the robots' disks promised to keep.
    pub reports: u64,
    /// Kills of agents, and of broker and handlers together.
    pub kills: u64,
    /// Calls of the store.
    pub calls: u64,
    /// Messages that nobody can read.
    pub poison: u64,
    /// Simulated time of all robots together, until the last report had arrived.
    pub robot_time: Duration,
    /// How long it took until the last report had arrived, after the last trouble.
    pub settled_after: Duration,
    /// The most messages of one robot in one second.
    pub peak: u64,
}

impl Figures {
    /// Adds what another simulation did.
    pub fn add(&mut self, other: &Self) {
        self.reports += other.reports;
        self.kills += other.kills;
        self.calls += other.calls;
        self.poison += other.poison;
        self.robot_time += other.robot_time;
        self.settled_after = self.settled_after.max(other.settled_after);
        self.peak = self.peak.max(other.peak);
    }
}

/// A simulation under way.
pub struct Simulation {
    climate: Climate,
    random: StdRng,
    now: Duration,
    agenda: Agenda,
    robots: Vec<Robot>,
    cloud: Cloud,
    clock_offset: i64,
    is_calm: bool,
    figures: Figures,
    poison: Vec<Vec<u8>>,
    second: (u64, u64),
}

impl Simulation {
    /// Plays `seed` in `climate`, with the robots' disks below `dir`; gives what it did and what is wrong in the end.
    ///
    /// # Errors
    /// When the simulation itself cannot go on, or not everything arrives in the end.
    pub fn play(climate: &Climate, seed: u64, dir: &Path) -> anyhow::Result<(Figures, Vec<String>)> {
        let mut simulation = Self::new(climate.clone(), seed, dir)?;
        simulation.begin();
        while let Some((at, what)) = simulation.agenda.next_before(climate.hours) {
            simulation.step(at, what)?;
        }
        simulation.settle()?;
        let problems = oracle::problems(&simulation.cloud, &simulation.robots, &simulation.poison)?;
        Ok((simulation.figures(), problems))
    }

    fn new(climate: Climate, seed: u64, dir: &Path) -> anyhow::Result<Self> {
        let weather = Weather::random(seed, climate.store_faults);
        let robots = (0..climate.robots).map(|number| Robot::new(number, dir, climate.bug));
        Ok(Self {
            random: StdRng::seed_from_u64(seed),
            now: Duration::ZERO,
            agenda: Agenda::default(),
            robots: robots.collect::<anyhow::Result<_>>()?,
            cloud: Cloud::new(climate.robots, weather, climate.bug)?,
            clock_offset: 0,
            is_calm: false,
            figures: Figures::default(),
            poison: Vec::new(),
            second: (0, 0),
            climate,
        })
    }

    fn begin(&mut self) {
        for robot in 0..self.robots.len() {
            self.agenda.add(Duration::ZERO, Happening::Boot(robot));
            let first = self.within(Duration::from_secs(60), self.climate.run_every / 2);
            self.agenda.add(first, Happening::SetOut(robot));
            self.plan_troubles(robot);
        }
        self.plan_next(self.climate.broker_kill_every, Happening::BrokerKill);
        let jumps = (!self.climate.clock_jump.is_zero()).then_some(Duration::from_secs(3600));
        self.plan_next(jumps, Happening::ClockJump);
    }

    fn step(&mut self, at: Duration, what: Happening) -> anyhow::Result<()> {
        self.now = self.now.max(at);
        match what {
            Happening::Tick(robot) => self.tick(robot, at)?,
            Happening::SetOut(robot) => self.set_out(robot)?,
            Happening::Drive(robot) => self.drive(robot)?,
            Happening::Arrive(call) => self.invoke(call),
            Happening::ReadStream => self.read_stream(),
            Happening::Deliver(robot, message) => self.deliver(robot, message)?,
            Happening::Boot(robot) => self.boot(robot)?,
            Happening::LinkUp(robot) => self.link_up(robot)?,
            trouble => self.trouble(trouble)?,
        }
        Ok(())
    }

    /// Ends all troubles and waits until nobody has anything to say.
    fn settle(&mut self) -> anyhow::Result<()> {
        self.calm_down();
        let since = self.now;
        while !self.is_quiet() {
            let Some((at, what)) = self.agenda.next_before(since + PATIENCE) else {
                bail!("after {} h not everything has arrived", PATIENCE.as_secs() / 3600);
            };
            self.step(at, what)?;
            if self.cloud.has_read_all() {
                self.cloud.redrive(self.server_time());
            }
        }
        self.figures.settled_after = self.now - since;
        Ok(())
    }

    fn is_quiet(&self) -> bool {
        self.cloud.has_read_all()
            && self
                .robots
                .iter()
                .all(|robot| robot.is_quiet() && robot.trip.is_none())
            && !self.agenda.has_messages()
    }

    fn figures(&self) -> Figures {
        let reports = self.robots.iter().map(|robot| disk::open(&robot.books).reports);
        Figures {
            reports: reports.sum(),
            calls: self.cloud.store.weather().calls(),
            poison: self.poison.len() as u64,
            robot_time: self.now * u32::from(self.climate.robots),
            ..self.figures
        }
    }

    fn robot(&mut self, robot: usize) -> anyhow::Result<&mut Robot> {
        self.robots.get_mut(robot).context("there is no such robot")
    }

    fn tick(&mut self, robot: usize, at: Duration) -> anyhow::Result<()> {
        if self.robot(robot)?.tick_at.is_some_and(|due| due <= at) {
            self.put(robot, Input::Tick)?;
        }
        Ok(())
    }

    /// Hands `input` to the robot's agent and sees to what follows.
    fn put(&mut self, robot: usize, input: Input) -> anyhow::Result<()> {
        let now = self.now;
        let said = self.robot(robot)?.take(now, input);
        self.follow(robot, said)
    }

    /// Sees to what a robot did: what it said, when it wants its next tick, and whether it was killed.
    fn follow(&mut self, robot: usize, said: Vec<Outgoing>) -> anyhow::Result<()> {
        for message in said {
            self.send_up(robot, message)?;
        }
        let this = self.robot(robot)?;
        if disk::open(&this.books).is_dead && this.is_on() {
            return self.die(robot);
        }
        if let Some(at) = this.tick_at {
            self.agenda.add(at.max(self.now), Happening::Tick(robot));
        }
        Ok(())
    }

    fn set_out(&mut self, robot: usize) -> anyhow::Result<()> {
        if self.is_calm {
            return Ok(());
        }
        let again = self.now + self.within(self.climate.run_every / 2, self.climate.run_every * 3 / 2);
        self.agenda.add(again, Happening::SetOut(robot));
        let (variant, steps) = (
            self.random.random_range(0..flat::VARIANTS),
            self.random.random_range(3..110),
        );
        let mut jitter = || self.random.random_range(-0.04..0.04);
        let frame = Pose::new(jitter(), jitter(), jitter());
        let now = self.now;
        let this = self.robot(robot)?;
        if this.trip.is_some() || !this.is_on() {
            return Ok(());
        }
        let said = this.set_out(now, variant, frame, steps);
        self.agenda.add(now + LOOK_EVERY, Happening::Drive(robot));
        self.follow(robot, said)
    }

    fn drive(&mut self, robot: usize) -> anyhow::Result<()> {
        let now = self.now;
        let this = self.robot(robot)?;
        let said = this.drive(now);
        if this.trip.is_some() {
            self.agenda.add(now + LOOK_EVERY, Happening::Drive(robot));
        }
        self.follow(robot, said)
    }

    /// Takes a message to the cloud, or not, or twice.
    fn send_up(&mut self, robot: usize, message: Outgoing) -> anyhow::Result<()> {
        self.count_message();
        let this = self.robot(robot)?;
        let (id, passes) = (home::robot(this.number), this.link.line == crate::link::Line::Up);
        let Some(function) = Function::behind(&message.topic) else {
            return Ok(());
        };
        if self.climate.bug == Some(Bug::TrustsBroker) {
            self.confirm_too_early(robot, &message)?;
        }
        let copies = if passes { self.copies() } else { 0 };
        for _ in 0..copies {
            let (at, time) = (self.arrival(), self.server_time());
            let event = home::message_event(id, &message.payload, time);
            let call = Invocation {
                function,
                event,
                tried: 0,
            };
            self.agenda.add(at, Happening::Arrive(call));
        }
        if passes && !self.is_calm && self.random.random_bool(self.climate.poison) {
            self.send_poison(id, function, &message.payload);
        }
        Ok(())
    }

    /// What an agent would do that takes a PUBACK for a promise.
    fn confirm_too_early(&mut self, robot: usize, message: &Outgoing) -> anyhow::Result<()> {
        let Ok(event) = run_event::decode(&message.payload) else {
            return Ok(());
        };
        if matches!(event.kind, RunEventKind::Finished(_)) {
            let kind = ReceiptKind::Confirmed { run: event.run };
            let pairing = Some(event.pairing);
            let id = home::robot(self.robot(robot)?.number);
            let received = cloudside::receipt(id, &Receipt { pairing, kind });
            self.agenda.add(self.now, Happening::Deliver(robot, received));
        }
        Ok(())
    }

    fn count_message(&mut self) {
        let second = self.now.as_secs();
        let count = if self.second.0 == second {
            self.second.1 + 1
        } else {
            1
        };
        self.second = (second, count);
        self.figures.peak = self.figures.peak.max(count);
    }

    /// How often a message arrives.
    fn copies(&mut self) -> usize {
        match () {
            () if self.is_calm => 1,
            () if self.random.random_bool(self.climate.loss) => 0,
            () if self.random.random_bool(self.climate.doubled) => 2,
            () => 1,
        }
    }

    /// When a message that is sent now arrives: mostly soon, now and then late.
    fn arrival(&mut self) -> Duration {
        let longest = if self.is_calm {
            FAIR_DELAY
        } else {
            self.climate.delay
        };
        let part: f64 = self.random.random();
        self.now + Duration::from_millis(20) + longest.mul_f64(part.powi(4))
    }

    fn within(&mut self, least: Duration, most: Duration) -> Duration {
        least + most.saturating_sub(least).mul_f64(self.random.random())
    }

    fn server_time(&self) -> Timestamp {
        let millis = i64::try_from(self.now.as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(EPOCH.millis() + millis + self.clock_offset)
    }
}
