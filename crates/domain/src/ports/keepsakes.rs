use async_trait::async_trait;

use super::StoreError;
use crate::access::HomeScope;
use crate::keepsake::Keepsake;

/// Takes floors that come from another installation.
#[async_trait]
pub trait KeepsakeStore: Send + Sync {
    /// Stores the floors, at most [`MAX_BROUGHT_FLOORS`](crate::keepsake::MAX_BROUGHT_FLOORS), in a home that has had
    /// none brought.
    ///
    /// They MUST become visible together or not at all. A home that was brought floors before MUST be a
    /// [`StoreError::Conflict`].
    async fn bring_floors(&self, scope: &HomeScope, floors: &[Keepsake]) -> Result<(), StoreError>;
}
