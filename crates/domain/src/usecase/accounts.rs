//! Accounts of the local issuer, and staying signed in with them.

use std::sync::Arc;

use super::{UseCaseError, unless_conflict};
use crate::Timestamp;
use crate::id::{PersonId, SessionId};
use crate::ports::{Account, AccountStore, SessionStore, StoreError};
use crate::session::Session;

/// Knows accounts and their sessions.
#[derive(Clone)]
pub struct Accounts {
    accounts: Arc<dyn AccountStore>,
    sessions: Arc<dyn SessionStore>,
}

impl Accounts {
    /// Over one store of everything.
    pub fn new<S: AccountStore + SessionStore + 'static>(store: &Arc<S>) -> Self {
        Self {
            accounts: store.clone(),
            sessions: store.clone(),
        }
    }

    /// The account of an e-mail address in lower case.
    pub async fn account(&self, email: &str) -> Result<Option<Account>, StoreError> {
        self.accounts.account(email).await
    }

    /// Begins a session whose first refresh token has the hash `token_hash`.
    pub async fn begin(
        &self,
        account: &Account,
        id: SessionId,
        token_hash: String,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let session = Session {
            id,
            person: account.person,
            email: account.email.clone(),
            token_hash,
            begun_at: now,
            used_at: now,
        };
        self.sessions.begin_session(&session).await
    }

    /// Uses the refresh token with the hash `used` up and puts `next` in its place; gives whose it was.
    ///
    /// A token that is not its session's last was stolen or is the thief's: nobody can tell, so the session ends
    /// (RFC 9700 section 4.14.2, which knows no time in which a token is good twice).
    pub async fn refresh(
        &self,
        person: PersonId,
        session: SessionId,
        used: &str,
        next: String,
        now: Timestamp,
    ) -> Result<Account, UseCaseError> {
        let over = UseCaseError::NotFound { what: "session" };
        let Some(known) = self.sessions.session(person, session).await? else {
            return Err(over);
        };
        if known.token_hash == used {
            let rotated = self
                .sessions
                .rotate_session(&known.rotated(next, now), used)
                .await;
            let account = self.accounts.account(&known.email).await?;
            let account = account.filter(|account| account.person == person);
            if let (Some(()), Some(account)) = (unless_conflict(rotated)?, account) {
                return Ok(account);
            }
        } else {
            tracing::warn!("a refresh token was used twice, its session ends");
        }
        self.end(person, session).await?;
        Err(over)
    }

    /// Deletes the account of a person with all of its sessions.
    pub async fn remove(&self, person: PersonId) -> Result<(), StoreError> {
        self.accounts.remove_account(person).await
    }

    /// Ends a session, if it is there.
    pub async fn end(&self, person: PersonId, session: SessionId) -> Result<(), StoreError> {
        self.sessions.end_session(person, session).await
    }
}
