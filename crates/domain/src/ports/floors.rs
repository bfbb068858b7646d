use async_trait::async_trait;

use super::StoreError;
use crate::access::HomeScope;
use crate::floor_map::FloorMap;
use crate::id::FloorId;
use crate::object::ObjectList;
use crate::plan::CleaningPlan;

/// The plan for a whole floor, with what it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPlan {
    /// SHA-256 of all that the plan depends on: another key wants another plan.
    pub key: [u8; 32],
    /// The plan.
    pub plan: CleaningPlan,
}

/// Keeps what is derived from the maps of floors.
#[async_trait]
pub trait FloorStore: Send + Sync {
    /// The floor's map; `None` before the first vote. MUST be a consistent read, since changes are made from it.
    async fn floor_map(&self, scope: &HomeScope, floor: FloorId) -> Result<Option<FloorMap>, StoreError>;

    /// Stores `map` if the stored revision is `expected`, where `None` means that nothing is there.
    ///
    /// Another revision MUST be a [`StoreError::Conflict`] and change nothing.
    async fn put_floor_map(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        map: &FloorMap,
        expected: Option<u64>,
    ) -> Result<(), StoreError>;

    /// The floor's movable things; an empty list before the first vote. MUST be a consistent read.
    async fn objects(&self, scope: &HomeScope, floor: FloorId) -> Result<ObjectList, StoreError>;

    /// Stores the things if the stored ones are from an earlier vote; older ones MUST be left out silently.
    async fn put_objects(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        objects: &ObjectList,
    ) -> Result<(), StoreError>;

    /// The plan for the whole floor; `None` before the first.
    async fn plan(&self, scope: &HomeScope, floor: FloorId) -> Result<Option<KeptPlan>, StoreError>;

    /// Stores the plan unless the stored one is from a later vote; an older one MUST be left out silently.
    async fn put_plan(&self, scope: &HomeScope, floor: FloorId, plan: &KeptPlan) -> Result<(), StoreError>;
}
