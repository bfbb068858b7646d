use async_trait::async_trait;
use domain::access::HomeScope;
use domain::floor_map::FloorMap;
use domain::id::{FloorId, RunId};
use domain::object::ObjectList;
use domain::placement::{Candidates, Placed};
use domain::ports::{FloorStore, KeptPlan, PlacementStore, StoreError};

use super::{Memory, conflict};

#[async_trait]
impl FloorStore for Memory {
    async fn floor_map(&self, _: &HomeScope, floor: FloorId) -> Result<Option<FloorMap>, StoreError> {
        Ok(self.open()?.floor_maps.get(&floor).cloned())
    }

    async fn put_floor_map(
        &self,
        _: &HomeScope,
        floor: FloorId,
        map: &FloorMap,
        expected: Option<u64>,
    ) -> Result<(), StoreError> {
        let mut shelves = self.write().await?;
        if shelves.floor_maps.get(&floor).map(|stored| stored.revision) != expected {
            return conflict("floor map");
        }
        shelves.floor_maps.insert(floor, map.clone());
        Ok(())
    }

    async fn objects(&self, _: &HomeScope, floor: FloorId) -> Result<ObjectList, StoreError> {
        Ok(self.open()?.objects.get(&floor).cloned().unwrap_or_default())
    }

    async fn put_objects(
        &self,
        _: &HomeScope,
        floor: FloorId,
        objects: &ObjectList,
    ) -> Result<(), StoreError> {
        let mut shelves = self.write().await?;
        let is_newer = shelves
            .objects
            .get(&floor)
            .is_none_or(|stored| stored.n < objects.n);
        if is_newer {
            shelves.objects.insert(floor, objects.clone());
        }
        Ok(())
    }

    async fn plan(&self, _: &HomeScope, floor: FloorId) -> Result<Option<KeptPlan>, StoreError> {
        let shelves = self.open()?;
        let plans = if self.is_stale() {
            &shelves.plans_before
        } else {
            &shelves.plans
        };
        Ok(plans.get(&floor).cloned())
    }

    async fn put_plan(&self, _: &HomeScope, floor: FloorId, plan: &KeptPlan) -> Result<(), StoreError> {
        let mut shelves = self.write().await?;
        let stored = shelves.plans.get(&floor).cloned();
        if stored
            .as_ref()
            .is_none_or(|stored| stored.plan.n() <= plan.plan.n())
        {
            shelves.plans.insert(floor, plan.clone());
            stored.and_then(|stored| shelves.plans_before.insert(floor, stored));
        }
        Ok(())
    }
}

#[async_trait]
impl PlacementStore for Memory {
    async fn place(&self, _: &HomeScope, run: RunId) -> Result<Option<Placed>, StoreError> {
        Ok(self.open()?.places.get(&run).copied())
    }

    async fn settle_place(&self, _: &HomeScope, run: RunId, placed: &Placed) -> Result<Placed, StoreError> {
        let mut shelves = self.write().await?;
        Ok(*shelves.places.entry(run).or_insert(*placed))
    }

    async fn candidates(&self, _: &HomeScope) -> Result<Candidates, StoreError> {
        Ok(self.open()?.candidates.clone())
    }

    async fn put_candidates(&self, _: &HomeScope, candidates: &Candidates) -> Result<(), StoreError> {
        let mut shelves = self.write().await?;
        if shelves.candidates.revision + 1 != candidates.revision {
            return conflict("candidates");
        }
        shelves.candidates = candidates.clone();
        Ok(())
    }
}
