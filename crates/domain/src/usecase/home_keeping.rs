//! People make homes.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::membership::check_may_own_more;
use super::{UseCaseError, number_of, unless_conflict};
use crate::Timestamp;
use crate::access::HomeScope;
use crate::home::{Home, Membership, Name, Role};
use crate::id::{HomeId, PersonId};
use crate::ports::HomeStore;

/// Makes homes.
#[derive(Clone)]
pub struct HomeKeeping {
    /// Where homes are.
    pub homes: Arc<dyn HomeStore>,
}

impl HomeKeeping {
    /// Makes a home that `owner` owns, once for each idempotency key.
    ///
    /// The same key gives the same home; with another name it is [`UseCaseError::KeyReused`]. Who owns
    /// [`MAX_OWNED_HOMES`](crate::home::MAX_OWNED_HOMES) gets [`UseCaseError::TooManyHomes`]; requests at the same moment may together pass it.
    pub async fn create(
        &self,
        owner: PersonId,
        idempotency_key: &str,
        name: Name,
        now: Timestamp,
    ) -> Result<Home, UseCaseError> {
        let home = Home {
            id: home_id(owner, idempotency_key),
            name,
            created_at: now,
        };
        if let Some(made) = self.made_before(owner, &home).await? {
            return Ok(made);
        }
        check_may_own_more(&*self.homes, owner).await?;
        let membership = Membership {
            home: home.id,
            person: owner,
            role: Role::Owner,
        };
        match unless_conflict(self.homes.create_home(&home, &membership).await)? {
            Some(()) => Ok(home),
            // Made by the same request at the same moment, or erased since.
            None => {
                let made = self.made_before(owner, &home).await?;
                made.ok_or(UseCaseError::NotFound { what: "home" })
            }
        }
    }

    async fn made_before(&self, owner: PersonId, wanted: &Home) -> Result<Option<Home>, UseCaseError> {
        let Some(membership) = self.homes.membership(owner, wanted.id).await? else {
            return Ok(None);
        };
        let scope = HomeScope::of_member(&membership, Role::Owner);
        let scope = scope.ok_or(UseCaseError::NotFound { what: "home" })?;
        let made = self.homes.home(&scope).await?;
        // Its membership was written with it, so this read is only too early.
        let made = made.ok_or_else(|| UseCaseError::contended("home"))?;
        (made.name == wanted.name)
            .then_some(Some(made))
            .ok_or(UseCaseError::KeyReused)
    }
}

/// The id that a key stands for: it follows from the person as well, so that nobody can meet another's home.
fn home_id(owner: PersonId, idempotency_key: &str) -> HomeId {
    let mut hash = Sha256::new();
    hash.update("home");
    hash.update(owner.as_u128().to_le_bytes());
    hash.update(idempotency_key);
    HomeId::from_u128(number_of(hash))
}
