use async_trait::async_trait;

use super::StoreError;
use crate::access::HomeScope;
use crate::id::RunId;
use crate::placement::{Candidates, Placed};

/// Keeps where runs belong.
#[async_trait]
pub trait PlacementStore: Send + Sync {
    /// Where the run votes; `None` before that is settled. MUST be a consistent read.
    async fn place(&self, scope: &HomeScope, run: RunId) -> Result<Option<Placed>, StoreError>;

    /// Stores where the run votes unless that is settled, which MUST be left as it is, and gives what is stored.
    async fn settle_place(
        &self,
        scope: &HomeScope,
        run: RunId,
        placed: &Placed,
    ) -> Result<Placed, StoreError>;

    /// The runs of the home that floors may be made from; none before the first. MUST be a consistent read.
    async fn candidates(&self, scope: &HomeScope) -> Result<Candidates, StoreError>;

    /// Stores `candidates` if the stored revision is the one before theirs.
    ///
    /// Another revision MUST be a [`StoreError::Conflict`] and change nothing.
    async fn put_candidates(&self, scope: &HomeScope, candidates: &Candidates) -> Result<(), StoreError>;
}
