use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::Timestamp;
use crate::access::HomeScope;
use crate::id::{LeaseId, PersonId, SessionId};
use crate::lease::Lease;
use crate::session::Session;

/// A person of the local issuer; with another identity provider there are none.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Who it is.
    pub person: PersonId,
    /// What they sign in with, in lower case.
    pub email: String,
    /// The Argon2 hash of their password, in its PHC text form.
    pub password_hash: String,
    /// Whether they see the fleet.
    pub operator: bool,
}

/// Keeps the accounts of the local issuer.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// The account of an e-mail address in lower case.
    async fn account(&self, email: &str) -> Result<Option<Account>, StoreError>;

    /// Stores an account unless its address has one, which MUST be a [`StoreError::Conflict`].
    async fn add_account(&self, account: &Account) -> Result<(), StoreError>;

    /// Deletes the account of a person with all of its sessions, if there is one; can be taken again after a failure.
    async fn remove_account(&self, person: PersonId) -> Result<(), StoreError>;
}

/// Remembers who has gone, as long as a token of theirs may still be good.
#[async_trait]
pub trait PersonStore: Send + Sync {
    /// Notes that a person has gone, until `until`.
    async fn bury_person(&self, person: PersonId, until: Timestamp) -> Result<(), StoreError>;

    /// Whether the person has gone. MUST be a consistent read.
    async fn is_gone(&self, person: PersonId) -> Result<bool, StoreError>;
}

/// Keeps the sessions of the local issuer, until they are over.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Stores a new session.
    async fn begin_session(&self, session: &Session) -> Result<(), StoreError>;

    /// The session; `None` when it is not known or over. MUST be a consistent read.
    async fn session(&self, person: PersonId, session: SessionId) -> Result<Option<Session>, StoreError>;

    /// Stores the session with its next token; one whose token is no longer `used` MUST be a
    /// [`StoreError::Conflict`], and nothing changes.
    async fn rotate_session(&self, next: &Session, used: &str) -> Result<(), StoreError>;

    /// Ends the session, if it is there.
    async fn end_session(&self, person: PersonId, session: SessionId) -> Result<(), StoreError>;
}

/// Keeps the leases of live views, until they expire.
#[async_trait]
pub trait LeaseStore: Send + Sync {
    /// Stores a new lease, so that it is found among those of its person in the home.
    async fn open_lease(&self, scope: &HomeScope, lease: &Lease) -> Result<(), StoreError>;

    /// The leases that a person opened in a home within [`VIEWED_AT_MOST`](crate::lease::VIEWED_AT_MOST), also those that
    /// have ended. MUST be a consistent read.
    async fn leases_of(&self, scope: &HomeScope, person: PersonId) -> Result<Vec<LeaseId>, StoreError>;

    /// Stores the renewal of a lease, or its end.
    async fn put_lease(&self, lease: &Lease) -> Result<(), StoreError>;

    /// The lease; `None` when it is not known. MUST be a consistent read.
    async fn lease(&self, lease: LeaseId) -> Result<Option<Lease>, StoreError>;
}
