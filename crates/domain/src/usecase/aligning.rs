//! Which floor a run was driven on, and where its frame lies in the floor's.

use std::sync::Arc;

use mapping::align::{AlignError, Aligner};
use mapping::pose::Pose;
use mapping::run_map::RunMap;

use super::{Deriving, UseCaseError};
use crate::access::HomeScope;
use crate::id::FloorId;
use crate::page::{Page, PageRequest};
use crate::ports::{HomeStore, StoreError};

/// A run's place on a floor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    /// The floor.
    pub floor: FloorId,
    /// The run's frame in the floor's.
    pub alignment: Pose,
}

/// Where a run belongs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Placement {
    /// On a floor that is known.
    On(Placed),
    /// On none that is known, and the robot has none yet: its frame is that of a new floor.
    NewFloor,
    /// On none; it is parked rather than smeared into a map.
    Nowhere,
}

/// Finds the places of runs.
#[derive(Clone)]
pub struct Aligning {
    /// Where floors are.
    pub homes: Arc<dyn HomeStore>,
    /// Reads their maps.
    pub deriving: Deriving,
}

impl Aligning {
    /// Places a run on the floor where its robot was last, around the dock first, and else on any floor of the home.
    pub async fn place(
        &self,
        scope: &HomeScope,
        last: Option<FloorId>,
        run: &RunMap,
    ) -> Result<Placement, UseCaseError> {
        if let Some(floor) = last
            && let Some(alignment) = self.on_own_floor(scope, floor, run).await?
        {
            return Ok(Placement::On(Placed { floor, alignment }));
        }
        let floors = self.other_floors(scope, last).await?;
        for floor in floors {
            if let Some(alignment) = self.on_floor(scope, floor, run).await? {
                return Ok(Placement::On(Placed { floor, alignment }));
            }
        }
        Ok(if last.is_some() {
            Placement::Nowhere
        } else {
            Placement::NewFloor
        })
    }

    /// A floor that has nothing permanent yet has the frame that its robot starts from.
    async fn on_own_floor(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        run: &RunMap,
    ) -> Result<Option<Pose>, StoreError> {
        let Some(aligner) = self.aligner(scope, floor).await? else {
            return Ok(Some(Pose::IDENTITY));
        };
        let from_dock = || {
            aligner
                .fit(run, &Pose::IDENTITY)
                .agrees()
                .then_some(Pose::IDENTITY)
        };
        Ok(aligner
            .align(run, Pose::IDENTITY)
            .ok()
            .map(|found| found.pose)
            .or_else(from_dock))
    }

    async fn on_floor(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        run: &RunMap,
    ) -> Result<Option<Pose>, StoreError> {
        let aligner = self.aligner(scope, floor).await?;
        Ok(aligner
            .and_then(|aligner| aligner.align_anywhere(run).ok())
            .map(|found| found.pose))
    }

    /// `None` when the floor has nothing permanent to align with.
    async fn aligner(&self, scope: &HomeScope, floor: FloorId) -> Result<Option<Aligner>, StoreError> {
        let classes = self.deriving.map(scope, floor).await?.classes();
        match Aligner::new(&classes.cells().map(|cell| cell.class)) {
            Ok(aligner) => Ok(Some(aligner)),
            Err(AlignError::EmptyMap | AlignError::TooFewObstacles(_) | AlignError::Misfit(_)) => Ok(None),
        }
    }

    async fn other_floors(
        &self,
        scope: &HomeScope,
        last: Option<FloorId>,
    ) -> Result<Vec<FloorId>, StoreError> {
        let mut floors = Vec::new();
        let mut page = PageRequest::first();
        loop {
            let Page { items, next } = self.homes.floors(scope, &page).await?;
            floors.extend(
                items
                    .into_iter()
                    .map(|floor| floor.id)
                    .filter(|floor| Some(*floor) != last),
            );
            match next {
                Some(cursor) => page = PageRequest::new(page.limit(), Some(cursor)),
                None => return Ok(floors),
            }
        }
    }
}
