//! Where a run's frame lies in a floor's.

use std::sync::Arc;

use mapping::align::Aligner;
use mapping::class_grid::ClassGrid;
use mapping::pose::Pose;
use mapping::run_map::RunMap;

use crate::access::HomeScope;
use crate::id::FloorId;
use crate::ports::{FloorStore, StoreError};

/// Lays runs on floors and on each other.
#[derive(Clone)]
pub struct Aligning {
    /// Where the floors' maps are.
    pub floors: Arc<dyn FloorStore>,
}

impl Aligning {
    /// The run on the floor where its robot was last: around the dock first, then anywhere.
    ///
    /// A floor that has a map but nothing permanent yet has the frame that its robot starts from.
    pub async fn on_own_floor(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        run: &RunMap,
    ) -> Result<Option<Pose>, StoreError> {
        let Some(map) = self.floors.floor_map(scope, floor).await? else {
            return Ok(None);
        };
        let Some(aligner) = aligner(&map.classes()) else {
            return Ok(Some(Pose::IDENTITY));
        };
        let found = aligner.align(run, Pose::IDENTITY).ok().map(|found| found.pose);
        let fits_at_dock = || aligner.fit(run, &Pose::IDENTITY).agrees();
        Ok(found.or_else(|| fits_at_dock().then_some(Pose::IDENTITY)))
    }

    /// The run on another floor of its home.
    pub async fn on_floor(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        run: &RunMap,
    ) -> Result<Option<Pose>, StoreError> {
        let map = self.floors.floor_map(scope, floor).await?;
        let aligner = map.and_then(|map| aligner(&map.classes()));
        Ok(aligner.and_then(|aligner| anywhere(&aligner, run)))
    }

    /// Whether two runs that no floor is made from were driven on the same one.
    pub fn agree(&self, one: &RunMap, other: &RunMap) -> bool {
        let aligner = ClassGrid::of_run(one).ok().and_then(|classes| aligner(&classes));
        aligner.is_some_and(|aligner| anywhere(&aligner, other).is_some())
    }
}

fn anywhere(aligner: &Aligner, run: &RunMap) -> Option<Pose> {
    aligner.align_anywhere(run).ok().map(|found| found.pose)
}

/// `None` when there is nothing permanent to align with.
fn aligner(classes: &ClassGrid) -> Option<Aligner> {
    Aligner::new(&classes.cells().map(|cell| cell.class)).ok()
}
