use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::StoreError;
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
    /// Stores a lease, or its renewal.
    async fn put_lease(&self, lease: &Lease) -> Result<(), StoreError>;

    /// The lease; `None` when it is not known. MUST be a consistent read.
    async fn lease(&self, lease: LeaseId) -> Result<Option<Lease>, StoreError>;
}
