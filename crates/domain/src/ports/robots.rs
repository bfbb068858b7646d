use async_trait::async_trait;

use super::StoreError;
use crate::access::HomeScope;
use crate::claim::{Claim, ClaimCode};
use crate::id::{ClaimId, RobotId};
use crate::page::{Page, PageRequest};
use crate::robot::Robot;
use crate::settings::Settings;

/// Keeps robots and which home they belong to.
#[async_trait]
pub trait RobotStore: Send + Sync {
    /// The robot; `None` when it is not known. MUST be a consistent read.
    async fn robot(&self, robot: RobotId) -> Result<Option<Robot>, StoreError>;

    /// Stores `robot` if what is stored equals `expected`, where `None` means that nothing is there.
    ///
    /// Anything else MUST be a [`StoreError::Conflict`] and change nothing. The home's list of robots MUST follow in
    /// the same write: a robot that is paired is in it, one that is not is not. When a pairing ends, the robot's
    /// settings and health MUST go in the same write; the fleet still lists it.
    async fn put_robot(&self, robot: &Robot, expected: Option<&Robot>) -> Result<(), StoreError>;

    /// The robots of a home, in the order of their ids.
    async fn robots(&self, scope: &HomeScope, page: &PageRequest) -> Result<Page<Robot>, StoreError>;
}

/// Keeps the open requests of robots to be claimed, until they expire.
#[async_trait]
pub trait ClaimStore: Send + Sync {
    /// Stores a new claim; an open claim with the same code MUST be a [`StoreError::Conflict`].
    async fn open_claim(&self, claim: &Claim) -> Result<(), StoreError>;

    /// The claim that the code belongs to.
    async fn claim_by_code(&self, code: &ClaimCode) -> Result<Option<Claim>, StoreError>;

    /// The claim itself.
    async fn claim(&self, claim: ClaimId) -> Result<Option<Claim>, StoreError>;

    /// Stores the claim's outcome, once: a claim that has one MUST be a [`StoreError::Conflict`], so that a code
    /// is used a single time.
    async fn settle_claim(&self, claim: &Claim) -> Result<(), StoreError>;
}

/// Keeps the settings of robots.
#[async_trait]
pub trait SettingsStore: Send + Sync {
    /// The settings; `None` before the robot was first paired. MUST be a consistent read, since changes are made from
    /// it.
    async fn settings(&self, robot: RobotId) -> Result<Option<Settings>, StoreError>;

    /// Stores `settings` if the stored version is `expected`, where `None` means that nothing is there.
    ///
    /// Another version MUST be a [`StoreError::Conflict`] and change nothing.
    async fn put_settings(
        &self,
        robot: RobotId,
        settings: &Settings,
        expected: Option<u64>,
    ) -> Result<(), StoreError>;
}
