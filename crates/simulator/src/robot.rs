//! A simulated robot behind the agent's driver trait.

mod follow;
mod orders;
mod outing;
mod scope;

use std::collections::VecDeque;
use std::time::Duration;

use device_agent::driver::{Observation, Observed, RobotCondition};
use domain::command::Scope;
use domain::run::Outcome;
use domain::settings::Preferences;
use domain::status::{Battery, RobotError, RobotState};
use mapping::pose::Pose;
use mapping::tile::CellIndex;
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::time::Instant;

use crate::home::Home;
use crate::layout::Layout;
use crate::route::Reach;
use crate::{lidar, steering};

use outing::Stage;

/// Simulated time from one sweep to the next.
pub const SWEEP_EVERY: Duration = Duration::from_millis(200);
/// Simulated time between looks at a robot that stands still.
pub const REST_STEP: Duration = Duration::from_secs(5);
/// How long a full battery lasts while cleaning, seconds.
pub const BATTERY_SECONDS: f64 = 100.0 * 60.0;
/// How long charging an empty battery takes, seconds.
pub const CHARGE_SECONDS: f64 = 120.0 * 60.0;
/// Below this charge a run is interrupted for charging, percent.
pub const RECHARGE_BELOW: f64 = 15.0;
/// At this charge a run that the battery interrupted goes on, percent.
pub const RESUME_AT: f64 = 80.0;
/// At this charge a run goes on after a stop that its plan wanted, percent.
pub const FULL: f64 = 100.0;
/// Sweeps that it takes where it was docked or put down.
pub const STANDING_SWEEPS: usize = 10;
/// How far the run's frame may lie from the dock: standard deviations in metres and radians.
const FRAME_NOISE: (f64, f64) = (0.01, 0.005);

/// How a simulated robot is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SimConfig {
    /// How many times faster than the clock its time runs; at most 1,000.
    pub speed: f64,
    /// Decides over noise and furniture.
    pub seed: u64,
    /// Its charge at the start, percent.
    pub battery: u8,
}

impl Default for SimConfig {
    fn default() -> Self {
        Self {
            speed: 1.0,
            seed: 1,
            battery: 100,
        }
    }
}

/// What a robot is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Task {
    /// It stands where it was told to stop.
    Idle,
    /// It is on the dock.
    Docked,
    /// It cleans along its path.
    Clean,
    /// It drives to the dock: for good, or to charge and go on.
    Return(Purpose),
    /// It charges in the middle of a run, up to `charge_to`.
    Recharge,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    EndRun,
    Rest,
    Recharge,
}

/// A robot in its home.
pub struct SimRobot {
    home: Home,
    layout: Layout,
    config: SimConfig,
    random: StdRng,
    preferences: Preferences,
    task: Task,
    is_paused: bool,
    pose: Pose,
    frame: Pose,
    stages: VecDeque<Stage>,
    path: VecDeque<(f64, f64)>,
    set_aside: VecDeque<(f64, f64)>,
    charge: f64,
    charge_to: f64,
    runs: u64,
    clock: Duration,
    wake: Option<Instant>,
    said: Option<RobotCondition>,
    told: VecDeque<Observation>,
}

impl SimRobot {
    /// A robot on its dock.
    pub fn new(home: Home, config: SimConfig) -> Self {
        let pose = home.dock();
        let speed = if config.speed.is_finite() {
            config.speed.clamp(0.01, 1_000.0)
        } else {
            1.0
        };
        let mut robot = Self {
            layout: home.layout(0, &pose),
            random: StdRng::seed_from_u64(config.seed),
            config: SimConfig { speed, ..config },
            preferences: Preferences::initial(),
            task: Task::Docked,
            is_paused: false,
            pose,
            frame: pose,
            stages: VecDeque::new(),
            path: VecDeque::new(),
            set_aside: VecDeque::new(),
            charge: f64::from(config.battery.min(100)),
            charge_to: FULL,
            runs: 0,
            clock: Duration::ZERO,
            wake: None,
            said: None,
            told: VecDeque::new(),
            home,
        };
        robot.begin_frame();
        robot
    }

    /// Where it is in the plan's frame.
    pub fn pose(&self) -> Pose {
        self.pose
    }

    /// Somebody carries it into another home, or to another floor, and puts it down where its dock stands there.
    pub fn carry(&mut self, home: Home) {
        self.stop();
        self.pose = home.dock();
        self.layout = home.layout(self.runs, &self.pose);
        self.home = home;
        self.task = Task::Docked;
        self.begin_frame();
        self.wake = None;
    }

    /// How much simulated time has passed.
    pub fn clock(&self) -> Duration {
        self.clock
    }

    /// Lets simulated time pass; what there is to say is waiting then.
    pub fn step(&mut self) {
        let step = if self.is_moving() { SWEEP_EVERY } else { REST_STEP };
        self.clock += step;
        let seconds = step.as_secs_f64();
        match self.task {
            Task::Clean | Task::Return(_) if !self.is_paused => self.drive(seconds),
            Task::Docked | Task::Recharge => self.recharge(seconds),
            Task::Idle | Task::Clean | Task::Return(_) => {}
        }
        self.say_condition();
    }

    /// What it has to say, with the time of now.
    pub fn take_told(&mut self) -> Option<Observed> {
        self.told
            .pop_front()
            .map(|what| Observed { at: self.clock, what })
    }

    fn is_moving(&self) -> bool {
        !self.is_paused && matches!(self.task, Task::Clean | Task::Return(_))
    }

    fn is_in_run(&self) -> bool {
        matches!(
            self.task,
            Task::Clean | Task::Recharge | Task::Return(Purpose::EndRun | Purpose::Recharge)
        )
    }

    /// What is left of the run, or the way home.
    fn go_on(&mut self) {
        match self.stages.pop_front() {
            None => self.head_home(Purpose::EndRun),
            Some(stage) if stage.recharge_first && self.charge < FULL => {
                self.set_aside = stage.path.into();
                self.charge_to = FULL;
                self.head_home(Purpose::Recharge);
            }
            Some(stage) => self.path = stage.path.into(),
        }
    }

    /// The robot takes the dock, or wherever it was put down, for the origin, as well as it can tell.
    fn begin_frame(&mut self) {
        let mut noise = |deviation: f64| lidar::normal(&mut self.random) * deviation;
        let (dx, dy, turn) = (noise(FRAME_NOISE.0), noise(FRAME_NOISE.0), noise(FRAME_NOISE.1));
        self.frame = self.home.dock().compose(&Pose::new(dx, dy, turn));
        let here = self.frame.relative(&self.pose);
        self.told.extend([Observation::NewFrame, Observation::Pose(here)]);
        (0..STANDING_SWEEPS).for_each(|_| self.sense());
    }

    fn head_home(&mut self, purpose: Purpose) {
        if self.task == Task::Docked {
            return;
        }
        let dock = self.home.dock();
        let goal = CellIndex::of_metres(dock.x, dock.y);
        self.path = self.way_to(goal);
        self.path.push_back((dock.x, dock.y));
        self.task = Task::Return(purpose);
    }

    fn drive(&mut self, seconds: f64) {
        let arrived = steering::advance(&mut self.pose, &mut self.path, seconds);
        self.charge = (self.charge - seconds / BATTERY_SECONDS * 100.0).max(0.0);
        self.sense();
        match self.task {
            Task::Clean if arrived => self.go_on(),
            Task::Clean if self.charge < RECHARGE_BELOW => {
                self.set_aside = std::mem::take(&mut self.path);
                self.charge_to = RESUME_AT;
                self.head_home(Purpose::Recharge);
            }
            Task::Return(purpose) if arrived => self.arrive(purpose),
            Task::Idle | Task::Docked | Task::Clean | Task::Return(_) | Task::Recharge => {}
        }
    }

    fn arrive(&mut self, purpose: Purpose) {
        self.pose = self.home.dock();
        self.task = if purpose == Purpose::Recharge {
            Task::Recharge
        } else {
            Task::Docked
        };
        match purpose {
            Purpose::EndRun => {
                self.told.push_back(Observation::Ended(Outcome::Completed));
                self.begin_frame();
            }
            Purpose::Rest => self.begin_frame(),
            Purpose::Recharge => {
                let here = self.frame.relative(&self.pose);
                self.told.push_back(Observation::Pose(here));
            }
        }
    }

    fn recharge(&mut self, seconds: f64) {
        self.charge = (self.charge + seconds / CHARGE_SECONDS * 100.0).min(100.0);
        if self.task == Task::Recharge && self.charge >= self.charge_to {
            let next = self.set_aside.front().copied();
            let way = next.map(|(x, y)| self.way_to(CellIndex::of_metres(x, y)));
            self.path = way.unwrap_or_default();
            self.path.append(&mut self.set_aside);
            self.task = Task::Clean;
        }
    }

    fn sense(&mut self) {
        let seen_as = self.frame.relative(&self.pose);
        let sweep = lidar::sweep(&self.layout, &self.pose, seen_as, &mut self.random);
        self.told.push_back(Observation::Sweep(sweep));
    }

    fn say_condition(&mut self) {
        let condition = self.condition();
        if let Some(condition) = condition.filter(|now| self.said.as_ref() != Some(now)) {
            self.said = Some(condition.clone());
            self.told.push_back(Observation::State(condition));
        }
    }

    fn condition(&self) -> Option<RobotCondition> {
        let state = match self.task {
            _ if self.is_paused => RobotState::Paused,
            Task::Idle => RobotState::Stopped,
            Task::Docked if self.charge >= 100.0 => RobotState::Docked,
            Task::Docked | Task::Recharge => RobotState::Charging,
            Task::Clean => RobotState::Running,
            Task::Return(_) => RobotState::SeekingCharger,
        };
        let battery = Battery::try_from(self.charge.round().clamp(0.0, 100.0) as u8).ok()?;
        Some(RobotCondition {
            state,
            error: RobotError::NoError,
            vendor_error: None,
            battery,
        })
    }

    /// The shortest way that the owner allows; against a restriction only where there is no other.
    fn way_to(&self, goal: CellIndex) -> VecDeque<(f64, f64)> {
        let outing = self.outing_from_here(Scope::WholeHome, None);
        let way = |reach: Reach| reach.way(self.cell(), |cell| cell == goal);
        let way = way(outing.reach())
            .or_else(|| way(outing.reach_of_all()))
            .unwrap_or_default();
        way.into_iter().map(CellIndex::centre_metres).collect()
    }

    fn cell(&self) -> CellIndex {
        CellIndex::of_metres(self.pose.x, self.pose.y)
    }

    /// When the next step is due, by the clock.
    fn next_wake(&mut self) -> Instant {
        let step = if self.is_moving() { SWEEP_EVERY } else { REST_STEP };
        let speed = self.config.speed;
        *self
            .wake
            .get_or_insert_with(|| Instant::now() + step.div_f64(speed))
    }
}
