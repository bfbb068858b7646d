use async_trait::async_trait;

use super::StoreError;
use crate::access::HomeScope;
use crate::home::{Floor, Home, Membership, Name};
use crate::id::{FloorId, HomeId, PersonId};
use crate::page::{Page, PageRequest};

/// Keeps homes, their floors and their members.
#[async_trait]
pub trait HomeStore: Send + Sync {
    /// Stores a new home together with the membership of its owner.
    ///
    /// Both MUST become visible at once, and a home that exists MUST be a [`StoreError::Conflict`].
    async fn create_home(&self, home: &Home, owner: &Membership) -> Result<(), StoreError>;

    /// The home itself; `None` when it is not there.
    async fn home(&self, scope: &HomeScope) -> Result<Option<Home>, StoreError>;

    /// The memberships of a person, in the order of their homes.
    async fn memberships(&self, person: PersonId, page: &PageRequest)
    -> Result<Page<Membership>, StoreError>;

    /// The membership of a person in a home; MUST be a consistent read, so that a revocation acts at once.
    async fn membership(&self, person: PersonId, home: HomeId) -> Result<Option<Membership>, StoreError>;

    /// Stores a floor unless one with its id is there, which MUST be left as it is and is no error.
    async fn add_floor(&self, scope: &HomeScope, floor: &Floor) -> Result<(), StoreError>;

    /// Gives a floor another name; a floor that is not there MUST be a [`StoreError::Conflict`].
    async fn rename_floor(&self, scope: &HomeScope, floor: FloorId, name: &Name) -> Result<(), StoreError>;

    /// The floors of a home, in the order of their ids; MUST be a consistent read, since runs are placed by it.
    async fn floors(&self, scope: &HomeScope, page: &PageRequest) -> Result<Page<Floor>, StoreError>;

    /// One floor; `None` when it is not there.
    async fn floor(&self, scope: &HomeScope, floor: FloorId) -> Result<Option<Floor>, StoreError>;
}
