//! The robot of the standard day: the simulated body and the real agent over the real link, on a clock of their own.
//!
//! Time passes only here. Before it does, the cloud has handled all that the robot sent; before the agent would ask
//! again for want of an answer, the answer is waited for. So nothing is sent twice because a machine is slow.

use std::path::Path;
use std::time::Duration;

use anyhow::ensure;
use device_agent::agent::BUILT_AFTER;
use device_agent::core::{Agent, AgentParts, Input, Output};
use device_agent::driver::{Driver, Observed};
use device_agent::identity::RobotIdentity;
use device_agent::link::{KEEP_ALIVE, Link, LinkEvent, MqttLink, MqttLinkConfig, SUBSCRIBE_TIMEOUT};
use device_agent::storage::DiskStorage;
use domain::id::RobotId;
use simulator::robot::SimRobot;
use tokio::time::{Instant, sleep, timeout};

use crate::clock;
use crate::stack::rules::Rules;

/// How much slower than the simulated robot the standard one is, which takes an hour for its 100 m².
pub const SLOWNESS: f64 = 1.6;
/// How long the cloud may take to answer, by the clock on the wall.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the cloud may take to handle what the robot sent, by the clock on the wall.
const HANDLING_LIMIT: Duration = Duration::from_secs(60);
/// How long it is listened whether more comes, by the clock on the wall.
const LISTEN: Duration = Duration::from_millis(2);
/// After this long without a word the cloud has said what it had to, by the clock on the wall.
const QUIET: Duration = Duration::from_millis(50);
const BETWEEN_LOOKS: Duration = Duration::from_millis(1);
/// Decides over the agent's ids.
const SEED: u64 = 7;

/// A robot whose time is simulated.
pub struct DayRobot<'a> {
    agent: Agent,
    body: SimRobot,
    link: MqttLink,
    rules: &'a Rules,
    id: RobotId,
    uptime: Duration,
    sent: u64,
    sent_before: u64,
    is_connected: bool,
    is_watched: bool,
}

impl<'a> DayRobot<'a> {
    /// The robot that is paired in `dir`, once it is connected.
    pub async fn connect(rules: &'a Rules, dir: &Path, body: SimRobot) -> anyhow::Result<Self> {
        let identity = RobotIdentity::load(dir)?;
        let (endpoint, credentials) = (identity.endpoint.clone(), identity.credentials.clone());
        let (storage, memory) = DiskStorage::open(dir)?;
        let link = MqttLink::start(&MqttLinkConfig {
            identity,
            not_before: BUILT_AFTER.max(memory.state.last_server_time),
            keep_alive: KEEP_ALIVE,
            subscribe_timeout: SUBSCRIBE_TIMEOUT,
        })?;
        let id = endpoint.robot;
        let agent = Agent::start(AgentParts {
            endpoint,
            credentials,
            profile: body.profile(),
            storage: Box::new(storage),
            memory,
            guessed_time: clock::now(),
            seed: SEED,
        })?;
        let mut robot = Self {
            agent,
            body,
            link,
            rules,
            id,
            uptime: Duration::ZERO,
            sent: rules.published().messages,
            sent_before: 0,
            is_connected: false,
            is_watched: false,
        };
        robot.pass(Duration::from_secs(30)).await?;
        while !robot.is_connected {
            ensure!(
                robot.hear(PATIENCE).await?,
                "the robot was not connected within {PATIENCE:?}"
            );
        }
        robot.pass(Duration::from_secs(30)).await?;
        Ok(robot)
    }

    /// Who it is.
    pub fn id(&self) -> RobotId {
        self.id
    }

    /// How long it has been on.
    pub fn uptime(&self) -> Duration {
        self.uptime
    }

    /// Whether a run is under way, or reports or answers wait for the cloud.
    pub fn is_busy(&self) -> bool {
        self.agent.is_busy()
    }

    /// Whether somebody watches: then what the agent does by the clock is no repetition.
    pub fn set_watched(&mut self, is_watched: bool) {
        self.is_watched = is_watched;
    }

    /// Lets time pass.
    pub async fn pass(&mut self, time: Duration) -> anyhow::Result<()> {
        let until = self.uptime + time;
        while self.uptime < until {
            self.step().await?;
        }
        Ok(())
    }

    /// Lets time pass until nothing is under way, at most `limit`.
    pub async fn finish(&mut self, limit: Duration) -> anyhow::Result<()> {
        let until = self.uptime + limit;
        while self.is_busy() {
            ensure!(self.uptime < until, "the run was not over within {limit:?}");
            self.step().await?;
        }
        Ok(())
    }

    /// Takes what the cloud has said; says whether anything came within `wait`.
    pub async fn hear(&mut self, wait: Duration) -> anyhow::Result<bool> {
        let Ok(event) = timeout(wait, self.link.next()).await else {
            return Ok(false);
        };
        let input = match event {
            LinkEvent::Up => Input::Connected,
            LinkEvent::Down => Input::Disconnected,
            LinkEvent::Received(message) => Input::Received(message),
        };
        match &input {
            Input::Connected => self.is_connected = true,
            Input::Disconnected => self.is_connected = false,
            _ => {}
        }
        self.take(input)?;
        Ok(true)
    }

    /// Takes the next message, which must come, and does what it says.
    pub async fn expect(&mut self, what: &str) -> anyhow::Result<()> {
        ensure!(
            self.hear(PATIENCE).await?,
            "the robot did not get {what} within {PATIENCE:?}"
        );
        self.settle().await
    }

    /// Takes what the cloud says, and does it, until it says no more for a moment.
    pub async fn quiet(&mut self) -> anyhow::Result<()> {
        while self.hear(QUIET).await? {
            self.settle().await?;
        }
        Ok(())
    }

    /// Says goodbye.
    pub async fn leave(mut self) {
        self.link.close().await;
    }

    /// One step of the body, and what the agent does until then.
    async fn step(&mut self) -> anyhow::Result<()> {
        self.body.step();
        let to = self.body.clock().mul_f64(SLOWNESS);
        while let Some(due) = self.agent.next_tick().filter(|due| *due <= to) {
            if self.agent.awaits_answer() && !self.is_watched && self.hear(PATIENCE).await? {
                continue;
            }
            self.advance(due.max(self.uptime));
            self.take(Input::Tick)?;
        }
        self.advance(to);
        while let Some(told) = self.body.take_told() {
            let at = told.at.mul_f64(SLOWNESS);
            self.take(Input::Observed(Observed { at, ..told }))?;
        }
        self.settle().await
    }

    fn advance(&mut self, to: Duration) {
        clock::skip(to.saturating_sub(self.uptime));
        self.uptime = self.uptime.max(to);
    }

    fn take(&mut self, input: Input) -> anyhow::Result<()> {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            for output in self.agent.handle(self.uptime, input) {
                match output {
                    Output::Publish(message) => {
                        self.sent += 1;
                        self.link.publish(message);
                    }
                    Output::Connect(credentials) => self.link.switch(&credentials)?,
                    Output::Order(order) => {
                        if self.body.obey(order.clone()).is_err() {
                            inputs.push(Input::OrderFailed(order));
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Waits until the cloud has handled all that was sent, and takes what it said meanwhile.
    async fn settle(&mut self) -> anyhow::Result<()> {
        while self.sent != self.sent_before {
            let deadline = Instant::now() + HANDLING_LIMIT;
            while self.rules.published().messages < self.sent {
                ensure!(
                    Instant::now() < deadline,
                    "the cloud took longer than {HANDLING_LIMIT:?}"
                );
                sleep(BETWEEN_LOOKS).await;
            }
            self.rules.idle().await;
            self.sent_before = self.sent;
            while self.hear(LISTEN).await? {}
        }
        Ok(())
    }
}
