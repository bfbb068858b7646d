use async_trait::async_trait;

use super::StoreError;
use crate::Timestamp;
use crate::access::HomeScope;
use crate::erasure::Erasure;
use crate::id::{HomeId, PersonId};

/// Erases homes.
#[async_trait]
pub trait ErasureStore: Send + Sync {
    /// Puts a tombstone in the place of the home, ends all memberships, and stores the erasure with the robots and
    /// members that it counts, in one write.
    ///
    /// A home that is not there, or not owned by who erases it, MUST be a [`StoreError::Conflict`], and nothing
    /// changes. A home of the same id MUST NOT be made again while the erasure is kept.
    async fn bury(&self, scope: &HomeScope, erasure: &Erasure) -> Result<(), StoreError>;

    /// The erasure of a home by this person. MUST be a consistent read.
    async fn erasure(&self, person: PersonId, home: HomeId) -> Result<Option<Erasure>, StoreError>;

    /// Deletes what is left of the home but its tombstone and its robots, and gives how many items that were.
    ///
    /// Each MUST be counted in the write that deletes it, so that a kill between two writes loses no count. A
    /// [`StoreError::Conflict`] says that somebody else wrote in between; what was deleted until then is counted.
    async fn sweep(&self, scope: &HomeScope, person: PersonId) -> Result<u64, StoreError>;

    /// Notes when nothing was left, once.
    async fn close_erasure(&self, person: PersonId, home: HomeId, at: Timestamp) -> Result<(), StoreError>;
}
