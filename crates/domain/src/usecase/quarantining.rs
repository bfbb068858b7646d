//! A robot that sends more than any true one is cut off, and let in again by an operator.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{MAX_ATTEMPTS, UseCaseError, unless_conflict};
use crate::Timestamp;
use crate::id::RobotId;
use crate::ports::{DeviceRegistry, FlowStore, HealthStore, RobotStore};
use crate::quarantine::{MAX_WEIGHT_PER_MINUTE, Minute, Quarantine, QuarantineReason, TOLD_WEIGHT};
use crate::robot::{Certificate, Robot};

/// The most robots whose weight is remembered in one process; all are forgotten when there are more.
const MAX_ROBOTS: usize = 10_000;

/// Watches what robots send, in the memory of this process and from [`TOLD_WEIGHT`] on in the store.
#[derive(Clone)]
pub struct FlowWatching {
    flows: Arc<dyn FlowStore>,
    robots: Arc<dyn RobotStore>,
    untold: Arc<Mutex<HashMap<RobotId, Untold>>>,
}

/// What the store has not been told of one robot.
#[derive(Debug, Clone, Copy)]
struct Untold {
    minute: Minute,
    weight: u32,
}

impl FlowWatching {
    /// Counts in `flows`, and marks robots in `robots`.
    pub fn new(flows: Arc<dyn FlowStore>, robots: Arc<dyn RobotStore>) -> Self {
        Self {
            flows,
            robots,
            untold: Arc::default(),
        }
    }

    /// Weighs what `robot` sent at `at`, by the broker's clock.
    ///
    /// A robot that has sent too much is marked, and is [`UseCaseError::Quarantined`].
    pub async fn weigh(&self, robot: RobotId, weight: u32, at: Timestamp) -> Result<(), UseCaseError> {
        let minute = Minute::of(at);
        let Some(told) = self.to_tell(robot, weight, minute) else {
            return Ok(());
        };
        let sum = self.flows.add_flow(robot, minute, told).await?;
        if sum <= MAX_WEIGHT_PER_MINUTE {
            return Ok(());
        }
        self.mark(robot, at).await
    }

    fn to_tell(&self, robot: RobotId, weight: u32, minute: Minute) -> Option<u32> {
        let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        if untold.len() >= MAX_ROBOTS && !untold.contains_key(&robot) {
            untold.clear();
        }
        let fresh = Untold { minute, weight: 0 };
        let known = untold.entry(robot).or_insert(fresh);
        if known.minute != minute {
            *known = fresh;
        }
        known.weight = known.weight.saturating_add(weight);
        (known.weight >= TOLD_WEIGHT).then(|| std::mem::take(&mut known.weight))
    }

    /// Marks the robot; the change stream hands the mark to who cuts it off. A robot without a certificate is none that
    /// could have sent anything.
    async fn mark(&self, robot: RobotId, now: Timestamp) -> Result<(), UseCaseError> {
        let quarantine = Quarantine {
            since: now,
            reason: QuarantineReason::TooManyMessages,
        };
        for _ in 0..MAX_ATTEMPTS {
            let known = self.robots.robot(robot).await?;
            let Some(known) = known.filter(|known| known.certificate.is_some()) else {
                return Ok(());
            };
            unless_quarantined(&known)?;
            if put(&self.robots, &known, Some(quarantine)).await? {
                let reason = quarantine.reason.as_str();
                tracing::error!(robot.id = %robot, reason, "robot put in quarantine");
                return Err(UseCaseError::Quarantined { since: now });
            }
        }
        Err(UseCaseError::contended("robot"))
    }
}

/// Refuses what comes from a robot that is in quarantine.
pub(super) fn unless_quarantined(robot: &Robot) -> Result<(), UseCaseError> {
    match robot.quarantine() {
        Some(Quarantine { since, .. }) => Err(UseCaseError::Quarantined { since }),
        None => Ok(()),
    }
}

/// Cuts off robots that are marked, and lets them in again.
#[derive(Clone)]
pub struct Quarantining {
    /// Where robots are.
    pub robots: Arc<dyn RobotStore>,
    /// Where their health is kept.
    pub health: Arc<dyn HealthStore>,
    /// Suspends and reinstates certificates.
    pub registry: Arc<dyn DeviceRegistry>,
}

impl Quarantining {
    /// Cuts off `robot` if it is marked; once or often is the same.
    pub async fn enforce(&self, robot: RobotId) -> Result<(), UseCaseError> {
        let known = self.robots.robot(robot).await?;
        let Some(quarantine) = known.as_ref().and_then(Robot::quarantine) else {
            return Ok(());
        };
        self.registry.suspend(robot).await?;
        self.health.put_quarantine(robot, Some(&quarantine)).await?;
        tracing::warn!(robot.id = %robot, reason = quarantine.reason.as_str(), "robot cut off");
        Ok(())
    }

    /// Lets `robot` in again; one that was not cut off, or is not known, stays as it is.
    pub async fn lift(&self, robot: RobotId) -> Result<(), UseCaseError> {
        for _ in 0..MAX_ATTEMPTS {
            let Some(known) = self.robots.robot(robot).await? else {
                return Ok(());
            };
            if known.quarantine().is_some() && !put(&self.robots, &known, None).await? {
                continue;
            }
            self.registry.reinstate(robot).await?;
            self.health.put_quarantine(robot, None).await?;
            tracing::info!(robot.id = %robot, "quarantine lifted");
            return Ok(());
        }
        Err(UseCaseError::contended("robot"))
    }
}

/// Whether the robot was still as it was read.
async fn put(
    robots: &Arc<dyn RobotStore>,
    known: &Robot,
    quarantine: Option<Quarantine>,
) -> Result<bool, UseCaseError> {
    let certificate = known.certificate.clone().map(|certificate| Certificate {
        quarantine,
        ..certificate
    });
    let changed = Robot {
        certificate,
        ..known.clone()
    };
    let written = robots.put_robot(&changed, Some(known)).await;
    Ok(unless_conflict(written)?.is_some())
}
