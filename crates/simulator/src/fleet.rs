//! Many simulated robots in one process, each with the real agent and a directory of its own.

use std::path::PathBuf;
use std::time::Duration;

use device_agent::agent::{self, AgentConfig};
use device_agent::driver::Driver;
use device_agent::identity::{IdentityError, RobotIdentity};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long agents may take to end.
pub const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// One robot of a fleet.
pub struct FleetMember<D> {
    /// Who it is; written into its directory unless one is there.
    pub identity: RobotIdentity,
    /// Its agent's directory.
    pub dir: PathBuf,
    /// The robot itself.
    pub driver: D,
}

/// Agents that run until they are stopped.
pub struct SimulatedFleet {
    stop: watch::Sender<bool>,
    agents: JoinSet<()>,
}

impl SimulatedFleet {
    /// Starts an agent for each member, on the current runtime.
    ///
    /// # Errors
    /// [`IdentityError`] if an identity cannot be written; no agent runs then.
    pub fn start<D: Driver + 'static>(members: Vec<FleetMember<D>>) -> Result<Self, IdentityError> {
        members
            .iter()
            .try_for_each(|member| member.identity.save(&member.dir))?;
        let (stop, stopped) = watch::channel(false);
        let mut agents = JoinSet::new();
        for member in members {
            agents.spawn(run_member(member, stopped.clone()));
        }
        Ok(Self { stop, agents })
    }

    /// Adds a robot to the fleet.
    ///
    /// # Errors
    /// [`IdentityError`] if its identity cannot be written.
    pub fn add<D: Driver + 'static>(&mut self, member: FleetMember<D>) -> Result<(), IdentityError> {
        member.identity.save(&member.dir)?;
        self.agents.spawn(run_member(member, self.stop.subscribe()));
        Ok(())
    }

    /// How many agents run.
    pub fn len(&self) -> usize {
        self.agents.len()
    }

    /// Whether none runs.
    pub fn is_empty(&self) -> bool {
        self.agents.is_empty()
    }

    /// Ends every agent; those that do not end within [`STOP_TIMEOUT`] are cut off, which loses nothing.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        let ended = async { while self.agents.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_TIMEOUT, ended).await.is_err() {
            tracing::warn!("agents were cut off");
        }
    }
}

async fn run_member<D: Driver>(member: FleetMember<D>, mut stop: watch::Receiver<bool>) {
    let robot = member.identity.endpoint.robot;
    let stopped = async move {
        // An error means that the fleet is gone, which is a reason to end too.
        let _ = stop.wait_for(|stop| *stop).await;
    };
    if let Err(error) = agent::run(&AgentConfig::new(member.dir), member.driver, stopped).await {
        tracing::error!(robot.id = %robot, %error, "an agent could not start");
    }
}
