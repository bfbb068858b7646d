use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::access::HomeScope;
use crate::id::{LeaseId, PersonId};
use crate::lease::Lease;

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
