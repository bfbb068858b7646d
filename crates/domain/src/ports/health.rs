use async_trait::async_trait;

use super::StoreError;
use crate::fleet::{FleetFilter, FleetSummary, RobotHealth};
use crate::id::RobotId;
use crate::page::{Page, PageRequest};
use crate::presence::Presence;
use crate::quarantine::{Minute, Quarantine};
use crate::status::Status;

/// Keeps what is known of each robot's health.
#[async_trait]
pub trait HealthStore: Send + Sync {
    /// The health of a robot; a robot that was never heard of has one without status and presence.
    async fn health(&self, robot: RobotId) -> Result<RobotHealth, StoreError>;

    /// Stores `status` if its order is above the stored one; says whether it was.
    ///
    /// An older or equal order MUST change nothing. The presence MUST stay as it is.
    async fn put_status(&self, robot: RobotId, status: &Status) -> Result<bool, StoreError>;

    /// Stores `presence` if the stored one equals `expected`, where `None` means that nothing is there.
    ///
    /// Anything else MUST be a [`StoreError::Conflict`] and change nothing. The status MUST stay as it is.
    async fn put_presence(
        &self,
        robot: RobotId,
        presence: &Presence,
        expected: Option<&Presence>,
    ) -> Result<(), StoreError>;

    /// Notes that the robot was cut off, or that it is no more. Status and presence MUST stay as they are.
    async fn put_quarantine(&self, robot: RobotId, quarantine: Option<&Quarantine>)
    -> Result<(), StoreError>;
}

/// Counts what robots send, for those who count it in many processes.
#[async_trait]
pub trait FlowStore: Send + Sync {
    /// Adds to what `robot` sent in `minute`; gives the sum. The store MAY forget a minute once it is an hour ago.
    async fn add_flow(&self, robot: RobotId, minute: Minute, weight: u32) -> Result<u64, StoreError>;
}

/// Reads the health of the whole fleet.
#[async_trait]
pub trait FleetStore: Send + Sync {
    /// The robots that `filter` admits, in an order that pages keep; a page may be short, or even empty, while
    /// `next` says that the list goes on.
    async fn fleet(&self, filter: &FleetFilter, page: &PageRequest) -> Result<Page<RobotHealth>, StoreError>;

    /// Counts over all robots.
    async fn summary(&self) -> Result<FleetSummary, StoreError>;
}
