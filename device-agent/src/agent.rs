//! Runs the core between a robot and the cloud.

use std::future::Future;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use domain::Timestamp;
use thiserror::Error;
use tokio::time::{Instant, sleep_until};

use crate::core::{Agent, AgentParts, Input, Output};
use crate::driver::{Driver, Observed};
use crate::identity::{IdentityError, RobotIdentity};
use crate::link::{Link, LinkError, LinkEvent, MqttLink, MqttLinkConfig, SUBSCRIBE_TIMEOUT};
use crate::storage::{DiskStorage, StorageError};

/// A time that has passed: this version's source is younger.
pub const BUILT_AFTER: Timestamp = Timestamp::from_millis(1_790_000_000_000);

/// How an agent runs.
#[derive(Debug, Clone)]
pub struct AgentConfig {
    /// The agent's directory: identity, state, settings, outbox.
    pub dir: PathBuf,
    /// How often the broker hears of a silent robot.
    pub keep_alive: Duration,
    /// Whether to end once the driver has no more to say and the cloud has confirmed everything.
    pub ends_with_driver: bool,
}

impl AgentConfig {
    /// An agent in `dir` that runs until it is told to stop.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            keep_alive: crate::link::KEEP_ALIVE,
            ends_with_driver: false,
        }
    }
}

/// Why an agent could not start.
#[derive(Debug, Error)]
pub enum AgentError {
    /// The robot has no usable identity.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The agent's files cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The link cannot be made.
    #[error(transparent)]
    Link(#[from] LinkError),
}

/// Runs the agent of the robot that is paired in the directory, until `shutdown`.
///
/// # Errors
/// [`AgentError`] when it cannot start; what fails later is tried again.
pub async fn run(
    config: &AgentConfig,
    driver: impl Driver,
    shutdown: impl Future<Output = ()>,
) -> Result<(), AgentError> {
    let identity = RobotIdentity::load(&config.dir)?;
    let (endpoint, credentials) = (identity.endpoint.clone(), identity.credentials.clone());
    let (storage, memory) = DiskStorage::open(&config.dir)?;
    let not_before = BUILT_AFTER.max(memory.state.last_server_time);
    let link = MqttLink::start(&MqttLinkConfig {
        identity,
        not_before,
        keep_alive: config.keep_alive,
        subscribe_timeout: SUBSCRIBE_TIMEOUT,
    })?;
    let parts = AgentParts {
        endpoint,
        credentials,
        profile: driver.profile(),
        storage: Box::new(storage),
        memory,
        guessed_time: not_before.max(system_time()),
        seed: rand::random(),
    };
    let mut runtime = Runtime {
        agent: Agent::start(parts)?,
        driver,
        link,
        started: Instant::now(),
    };
    runtime.run(config.ends_with_driver, shutdown).await;
    Ok(())
}

/// The robot's own clock, which may be wrong: good enough to date a run that no server was asked about.
fn system_time() -> Timestamp {
    let since_epoch = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::default().plus(since_epoch)
}

/// Runs a core that is made already, over any link.
pub async fn run_with(
    agent: Agent,
    driver: impl Driver,
    link: impl Link,
    shutdown: impl Future<Output = ()>,
) {
    let mut runtime = Runtime {
        agent,
        driver,
        link,
        started: Instant::now(),
    };
    runtime.run(false, shutdown).await;
}

struct Runtime<D, L> {
    agent: Agent,
    driver: D,
    link: L,
    started: Instant,
}

/// What the loop woke up for.
enum Wake {
    Shutdown,
    Driver(Option<Observed>),
    Link(LinkEvent),
    Time,
}

impl<D: Driver, L: Link> Runtime<D, L> {
    async fn run(&mut self, ends_with_driver: bool, shutdown: impl Future<Output = ()>) {
        let mut shutdown = std::pin::pin!(shutdown);
        let mut has_driver = true;
        self.take(Input::Tick).await;
        while has_driver || !ends_with_driver || self.agent.is_busy() {
            let deadline = self.agent.next_tick().map(|tick| self.started + tick);
            let wake = tokio::select! {
                biased;
                () = &mut shutdown => Wake::Shutdown,
                event = self.link.next() => Wake::Link(event),
                observed = self.driver.next(), if has_driver => Wake::Driver(observed),
                () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => Wake::Time,
            };
            match wake {
                Wake::Shutdown => break,
                Wake::Link(LinkEvent::Up) => self.take(Input::Connected).await,
                Wake::Link(LinkEvent::Down) => self.take(Input::Disconnected).await,
                Wake::Link(LinkEvent::Received(message)) => self.take(Input::Received(message)).await,
                Wake::Driver(Some(observed)) => self.take(Input::Observed(observed)).await,
                Wake::Driver(None) => has_driver = false,
                Wake::Time => self.take(Input::Tick).await,
            }
        }
        self.link.close().await;
    }

    /// Hands `input` to the core and does what it says; an order that the robot refuses is the next input.
    async fn take(&mut self, input: Input) {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            for output in self.agent.handle(self.started.elapsed(), input) {
                match output {
                    Output::Publish(message) => self.link.publish(message),
                    Output::Connect(credentials) => {
                        if let Err(error) = self.link.switch(&credentials) {
                            tracing::error!(%error, "the certificate cannot be used");
                        }
                    }
                    Output::Order(order) => {
                        if let Err(error) = self.driver.order(order.clone()).await {
                            tracing::warn!(%error, "the robot did not take an order");
                            inputs.push(Input::OrderFailed(order));
                        }
                    }
                }
            }
        }
    }
}
