//! A home is erased for good: first nobody can read it, then its robots leave it, then all that it had is swept away.
//!
//! Each step can be taken again, so that a kill between any two writes leaves something that the next attempt finishes.

use std::sync::Arc;

use super::{MAX_ATTEMPTS, Pairings, RobotAccess, UseCaseError, unless_conflict};
use crate::access::HomeScope;
use crate::erasure::Erasure;
use crate::home::Name;
use crate::id::{HomeId, PersonId};
use crate::page::every;
use crate::ports::{
    ClaimStore, DeviceRegistry, ErasureStore, FloorStore, HomeStore, LabelStore, RobotMailbox, RobotStore,
    SettingsStore,
};
use crate::robot::Robot;
use crate::{FieldError, Timestamp};

/// Erases homes.
#[derive(Clone)]
pub struct Erasing {
    erasures: Arc<dyn ErasureStore>,
    homes: Arc<dyn HomeStore>,
    robots: Arc<dyn RobotStore>,
    pairings: Pairings,
}

impl Erasing {
    /// Over one store of everything, what revokes certificates, and the way to robots.
    pub fn new<S>(store: &Arc<S>, registry: Arc<dyn DeviceRegistry>, mailbox: Arc<dyn RobotMailbox>) -> Self
    where
        S: ClaimStore
            + ErasureStore
            + FloorStore
            + HomeStore
            + LabelStore
            + RobotStore
            + SettingsStore
            + 'static,
    {
        Self {
            erasures: store.clone(),
            homes: store.clone(),
            robots: store.clone(),
            pairings: Pairings::new(store, registry, mailbox),
        }
    }

    /// Ends the home for everybody, at once; `confirmed` must be its name. What it has is swept afterwards.
    pub async fn begin(
        &self,
        scope: &HomeScope,
        owner: PersonId,
        confirmed: &Name,
        now: Timestamp,
    ) -> Result<Erasure, UseCaseError> {
        let missing = || UseCaseError::NotFound { what: "home" };
        let home = self.homes.home(scope).await?.ok_or_else(missing)?;
        if home.name != *confirmed {
            return Err(FieldError::new("name", "is not the name of the home").into());
        }
        self.begin_unasked(scope, owner, now).await?;
        self.erasure(owner, home.id).await
    }

    /// The same for an owner who has said otherwise that they mean it.
    pub(super) async fn begin_unasked(
        &self,
        scope: &HomeScope,
        owner: PersonId,
        now: Timestamp,
    ) -> Result<(), UseCaseError> {
        let erasure = Erasure::asked(scope.home(), owner, now);
        self.erasures.bury(scope, &erasure).await?;
        tracing::info!("home erased");
        Ok(())
    }

    /// The erasure of a home by this person.
    pub async fn erasure(&self, person: PersonId, home: HomeId) -> Result<Erasure, UseCaseError> {
        let erasure = self.erasures.erasure(person, home).await?;
        erasure.ok_or(UseCaseError::NotFound { what: "erasure" })
    }

    /// Unpairs the robots and deletes what the home has.
    ///
    /// A request that was under way when the home ended may write once more; sweep again when none can be.
    pub async fn sweep(&self, scope: &HomeScope, person: PersonId) -> Result<(), UseCaseError> {
        for _ in 0..MAX_ATTEMPTS {
            self.let_robots_go(scope).await?;
            let swept = unless_conflict(self.erasures.sweep(scope, person).await)?;
            if swept == Some(0) {
                return Ok(());
            }
        }
        Err(UseCaseError::contended("home"))
    }

    /// Notes that nothing is left; an erasure that is closed stays as it is.
    pub async fn close(
        &self,
        scope: &HomeScope,
        person: PersonId,
        now: Timestamp,
    ) -> Result<(), UseCaseError> {
        Ok(self.erasures.close_erasure(person, scope.home(), now).await?)
    }

    async fn let_robots_go(&self, scope: &HomeScope) -> Result<(), UseCaseError> {
        let listed = every(|page| async move { self.robots.robots(scope, &page).await }).await?;
        for Robot { id, .. } in listed {
            let Some(robot) = self.robots.robot(id).await? else {
                continue;
            };
            let pairing = robot
                .pairing
                .clone()
                .filter(|pairing| pairing.home == scope.home());
            let Some(pairing) = pairing else {
                continue;
            };
            let access = RobotAccess {
                robot,
                pairing,
                scope: *scope,
            };
            match self.pairings.unpair(&access).await {
                // Its record was changed meanwhile; the next attempt reads it anew.
                Ok(()) | Err(UseCaseError::VersionMismatch) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
