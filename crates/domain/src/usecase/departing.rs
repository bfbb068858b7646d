//! A person goes for good: their tokens open nothing any more, their homes are erased, and they leave all others.
//!
//! Each step can be taken again, so that asking anew finishes what was broken off.

use std::sync::Arc;
use std::time::Duration;

use super::{AccessLogging, Erasing, Leasing, MemberKeeping, UseCaseError};
use crate::Timestamp;
use crate::access::HomeScope;
use crate::access_log::AccessAction;
use crate::home::{Membership, Role};
use crate::id::{HomeId, PersonId};
use crate::page::every;
use crate::ports::{HomeStore, PersonStore, StoreError};

/// How long it is remembered that a person has gone: longer than any access token lives that is accepted, which is a
/// day and the leeway of clocks.
pub const TOKENS_END: Duration = Duration::from_secs(25 * 3600);

/// What became of the homes of somebody who has gone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Departure {
    /// Those that they owned, which are being erased.
    pub erased: Vec<HomeId>,
    /// Those that they belonged to, which go on without them.
    pub left: Vec<HomeId>,
}

/// Lets people go.
#[derive(Clone)]
pub struct Departing {
    people: Arc<dyn PersonStore>,
    homes: Arc<dyn HomeStore>,
    members: MemberKeeping,
    erasing: Erasing,
    leasing: Leasing,
    log: AccessLogging,
}

impl Departing {
    /// Over one store of everything, and the use cases that end what a person has.
    pub fn new<S: HomeStore + PersonStore + 'static>(
        store: &Arc<S>,
        members: MemberKeeping,
        erasing: Erasing,
        leasing: Leasing,
        log: AccessLogging,
    ) -> Self {
        Self {
            people: store.clone(),
            homes: store.clone(),
            members,
            erasing,
            leasing,
            log,
        }
    }

    /// Whether the person has gone, so that their tokens are good for nothing.
    pub async fn is_gone(&self, person: PersonId) -> Result<bool, StoreError> {
        self.people.is_gone(person).await
    }

    /// Lets a person go; homes of theirs that others belong to stop that unless they shall be erased as well.
    pub async fn depart(
        &self,
        person: PersonId,
        erase_shared: bool,
        now: Timestamp,
        entropy: u64,
    ) -> Result<Departure, UseCaseError> {
        let homes = &self.homes;
        let all = every(|page| async move { homes.memberships(person, &page).await }).await?;
        if !erase_shared {
            self.check_alone(&all).await?;
        }
        self.people.bury_person(person, now.plus(TOKENS_END)).await?;
        let mut departure = Departure::default();
        for membership in all {
            match HomeScope::of_member(&membership, Role::Owner) {
                Some(scope) => {
                    self.erasing.begin_unasked(&scope, person, now).await?;
                    departure.erased.push(membership.home);
                }
                None => {
                    self.leave(&membership, now, entropy).await?;
                    departure.left.push(membership.home);
                }
            }
        }
        tracing::info!("account deleted");
        Ok(departure)
    }

    async fn check_alone(&self, all: &[Membership]) -> Result<(), UseCaseError> {
        let mut shared = Vec::new();
        for membership in all {
            let Some(scope) = HomeScope::of_member(membership, Role::Owner) else {
                continue;
            };
            if self.members.members(&scope).await?.len() > 1 {
                let home = self.homes.home(&scope).await?;
                shared.extend(home.map(|home| home.name.as_str().to_owned()));
            }
        }
        if shared.is_empty() {
            return Ok(());
        }
        let names = shared.join(", ");
        Err(UseCaseError::HomesShared { names })
    }

    async fn leave(&self, membership: &Membership, now: Timestamp, entropy: u64) -> Result<(), UseCaseError> {
        let Some(scope) = HomeScope::of_member(membership, Role::Guest) else {
            return Ok(());
        };
        let actor = self.log.actor(&scope, membership.person).await?;
        self.members.remove(&scope, membership.person).await?;
        self.leasing.end_all(&scope, membership.person, now).await?;
        let action = AccessAction::Left;
        self.log
            .log_access(&scope, actor, action, None, now, entropy)
            .await;
        Ok(())
    }
}
