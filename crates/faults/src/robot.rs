//! A robot of a simulation: the real agent over a disk that is kept when the agent is killed, and the trips it drives.

use std::path::Path;
use std::time::Duration;

use device_agent::core::message::Outgoing;
use device_agent::core::{Agent, AgentParts, Input, Output};
use device_agent::credentials::Credentials;
use device_agent::driver::{Observation, Observed, Profile, RobotCondition};
use domain::Timestamp;
use domain::run::{Initiator, Outcome};
use domain::status::{Battery, RobotError, RobotState};
use mapping::pose::Pose;
use tempfile::TempDir;

use crate::bug::Bug;
use crate::disk::{self, SharedBooks, SimulatedDisk};
use crate::flat;
use crate::home;
use crate::link::{Line, Link};

/// How often the robot looks around on a trip.
pub const LOOK_EVERY: Duration = Duration::from_secs(30);

/// A trip under way.
#[derive(Debug, Clone)]
pub struct Trip {
    variant: usize,
    frame: Pose,
    step: usize,
    steps: usize,
}

/// A robot.
pub struct Robot {
    /// Which of the home's.
    pub number: u8,
    /// What its disk was told to keep.
    pub books: SharedBooks,
    /// Its line.
    pub link: Link,
    /// The trip it drives.
    pub trip: Option<Trip>,
    /// When its next tick is due, by the simulation's clock.
    pub tick_at: Option<Duration>,
    /// How many of the next messages get out before the agent is killed between two of them.
    pub last_words: Option<usize>,
    agent: Option<Agent>,
    booted: Duration,
    battery: Battery,
    dir: TempDir,
}

impl Robot {
    /// A robot that is switched off, with an empty disk below `parent`.
    ///
    /// # Errors
    /// What the file system says.
    pub fn new(number: u8, parent: &Path, bug: Option<Bug>) -> anyhow::Result<Self> {
        let books = SharedBooks::default();
        disk::open(&books).bug = bug;
        Ok(Self {
            number,
            books,
            link: Link::default(),
            trip: None,
            tick_at: None,
            last_words: None,
            agent: None,
            booted: Duration::ZERO,
            battery: Battery::try_from(90)?,
            dir: tempfile::tempdir_in(parent)?,
        })
    }

    /// Whether its agent runs.
    pub fn is_on(&self) -> bool {
        self.agent.is_some()
    }

    /// Whether it has nothing more to tell.
    pub fn is_quiet(&self) -> bool {
        self.agent.as_ref().is_some_and(|agent| !agent.is_busy())
    }

    /// Starts the agent, which takes `guess` for the time.
    ///
    /// # Errors
    /// When the agent cannot start from what is on its disk.
    pub fn boot(&mut self, now: Duration, guess: Timestamp, seed: u64) -> anyhow::Result<Vec<Outgoing>> {
        disk::open(&self.books).power_up();
        let (storage, memory) = SimulatedDisk::mount(self.dir.path(), self.books.clone())?;
        let agent = Agent::start(AgentParts {
            endpoint: home::endpoint(self.number),
            credentials: Credentials {
                certificate_pem: String::new(),
                key_pem: String::new(),
            },
            profile: Profile {
                model: "sim".to_owned(),
                capabilities: Vec::new(),
            },
            storage: Box::new(storage),
            memory,
            guessed_time: guess,
            seed,
        })?;
        self.agent = Some(agent);
        self.booted = now;
        Ok(self.condition(now, RobotState::Docked))
    }

    /// Ends the agent at once; `torn` says which part of its last write a power cut left, if it was one.
    ///
    /// # Errors
    /// What the file system says.
    pub fn kill(&mut self, torn: Option<f64>) -> std::io::Result<()> {
        self.agent = None;
        self.trip = None;
        self.tick_at = None;
        self.last_words = None;
        self.link.line = Line::Down;
        match torn {
            Some(part) => disk::tear(self.dir.path(), &self.books, part),
            None => Ok(()),
        }
    }

    /// Hands `input` to the agent; gives what it publishes. An agent that was killed meanwhile published nothing, or no
    /// more than its last words.
    pub fn take(&mut self, now: Duration, input: Input) -> Vec<Outgoing> {
        let Some(agent) = self.agent.as_mut().filter(|_| !disk::open(&self.books).is_dead) else {
            return Vec::new();
        };
        let outputs = agent.handle(now.saturating_sub(self.booted), input);
        self.tick_at = agent.next_tick().map(|tick| self.booted + tick);
        if disk::open(&self.books).is_dead {
            return Vec::new();
        }
        let published = outputs.into_iter().filter_map(|output| match output {
            Output::Publish(message) => Some(message),
            Output::Order(_) | Output::Connect(_) => None,
        });
        let mut published: Vec<Outgoing> = published.collect();
        if let Some(words) = self.last_words
            && !published.is_empty()
        {
            published.truncate(words);
            disk::open(&self.books).is_dead = true;
        }
        published
    }

    /// Begins a trip of `steps` looks.
    pub fn set_out(&mut self, now: Duration, variant: usize, frame: Pose, steps: usize) -> Vec<Outgoing> {
        self.trip = Some(Trip {
            variant,
            frame,
            step: 0,
            steps,
        });
        let mut said = self.observe(now, Observation::NewFrame);
        said.extend(self.observe(now, Observation::Started(Initiator::Button)));
        said.extend(self.condition(now, RobotState::Running));
        said
    }

    /// Goes on with the trip; ends it after its last look.
    pub fn drive(&mut self, now: Duration) -> Vec<Outgoing> {
        let Some(trip) = &mut self.trip else {
            return Vec::new();
        };
        let sweep = flat::sweep(trip.variant, trip.step, &trip.frame);
        trip.step += 1;
        let is_over = trip.step >= trip.steps;
        let mut said = self.observe(now, Observation::Sweep(sweep));
        if is_over {
            self.trip = None;
            said.extend(self.observe(now, Observation::Ended(Outcome::Completed)));
            said.extend(self.condition(now, RobotState::Docked));
        }
        said
    }

    fn condition(&mut self, now: Duration, state: RobotState) -> Vec<Outgoing> {
        let condition = RobotCondition {
            state,
            error: RobotError::NoError,
            vendor_error: None,
            battery: self.battery,
        };
        self.observe(now, Observation::State(condition))
    }

    fn observe(&mut self, at: Duration, what: Observation) -> Vec<Outgoing> {
        self.take(at, Input::Observed(Observed { at, what }))
    }
}
