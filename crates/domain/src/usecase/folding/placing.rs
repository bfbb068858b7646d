//! Which floor a run was driven on: one that is known, a new one, or none until another run agrees.

use mapping::run_map::RunMap;

use super::{Folding, founding_place};
use crate::access::HomeScope;
use crate::id::FloorId;
use crate::page::every;
use crate::placement::{Candidates, Placed, RunRef};
use crate::ports::StoreError;
use crate::run::Run;
use crate::usecase::{MAX_ATTEMPTS, UseCaseError, unless_conflict};

/// Where a run belongs, by the maps and the candidates as they are.
enum Placement {
    /// On a floor that is known.
    On(Placed),
    /// Perhaps on the floor that another run has yet to found.
    After(RunRef),
    /// The home has no floor: it founds the first.
    First,
    /// On none.
    Nowhere,
}

impl Folding {
    /// Settles where a run votes; `None` parks it.
    pub(super) async fn settled(
        &self,
        scope: &HomeScope,
        this: RunRef,
        run: &Run,
        map: &RunMap,
    ) -> Result<Option<Placed>, UseCaseError> {
        for _ in 0..MAX_ATTEMPTS {
            let candidates = self.placements.candidates(scope).await?;
            let placed = match self.placement(scope, this, run, map, &candidates).await? {
                Placement::On(placed) => Some(placed),
                Placement::First => self.claim_first(scope, this, &candidates).await?,
                Placement::After(founder) => {
                    self.help(scope, founder, &candidates).await?;
                    None
                }
                Placement::Nowhere if self.park(scope, this, &candidates).await? => return Ok(None),
                Placement::Nowhere => None,
            };
            if let Some(placed) = placed {
                return Ok(Some(
                    self.placements.settle_place(scope, this.run, &placed).await?,
                ));
            }
        }
        Err(UseCaseError::contended("place of the run"))
    }

    async fn placement(
        &self,
        scope: &HomeScope,
        this: RunRef,
        run: &Run,
        map: &RunMap,
        candidates: &Candidates,
    ) -> Result<Placement, UseCaseError> {
        let last = self.last_floor(run).await?;
        let floors = self.floors(scope).await?;
        self.finish_open(scope, &floors).await?;
        if let Some(placed) = self.on_known_floor(scope, last, &floors, map).await? {
            return Ok(Placement::On(placed));
        }
        match candidates.founder {
            None if floors.is_empty() => return Ok(Placement::First),
            Some(founder) if founder == this => return Ok(Placement::On(founding_place(this))),
            Some(founder) if !self.sealed.has_voted(scope, founder).await? => {
                return Ok(Placement::After(founder));
            }
            _ => {}
        }
        Ok(self.with_parked(scope, this, map, candidates).await?)
    }

    /// Around the dock of the floor where the robot was last, then anywhere on any.
    async fn on_known_floor(
        &self,
        scope: &HomeScope,
        last: Option<FloorId>,
        floors: &[FloorId],
        map: &RunMap,
    ) -> Result<Option<Placed>, StoreError> {
        let last = last.filter(|last| floors.contains(last));
        if let Some(floor) = last
            && let Some(alignment) = self.aligning.on_own_floor(scope, floor, map).await?
        {
            return Ok(Some(Placed { floor, alignment }));
        }
        for floor in floors.iter().copied().filter(|floor| Some(*floor) != last) {
            if let Some(alignment) = self.aligning.on_floor(scope, floor, map).await? {
                return Ok(Some(Placed { floor, alignment }));
            }
        }
        Ok(None)
    }

    /// The newest parked run that agrees founds a floor with this one.
    async fn with_parked(
        &self,
        scope: &HomeScope,
        this: RunRef,
        map: &RunMap,
        candidates: &Candidates,
    ) -> Result<Placement, StoreError> {
        for parked in candidates.parked().iter().rev().filter(|parked| **parked != this) {
            let Some((other, seen)) = self.sealed.map(scope, *parked).await? else {
                continue;
            };
            if other.vote.is_none() && self.aligning.agree(&seen, map) {
                return Ok(Placement::After(*parked));
            }
        }
        Ok(Placement::Nowhere)
    }

    /// Claims to found the home's first floor; `None` when somebody else was faster.
    async fn claim_first(
        &self,
        scope: &HomeScope,
        this: RunRef,
        candidates: &Candidates,
    ) -> Result<Option<Placed>, StoreError> {
        let claimed = candidates.with_founder(Some(this));
        let written = self.placements.put_candidates(scope, &claimed).await;
        Ok(unless_conflict(written)?.map(|()| founding_place(this)))
    }

    /// Lets another run found its floor, whoever was to do it; one that cannot is no candidate any more.
    async fn help(
        &self,
        scope: &HomeScope,
        founder: RunRef,
        candidates: &Candidates,
    ) -> Result<(), UseCaseError> {
        let place = founding_place(founder);
        let is_there = self.sealed.map(scope, founder).await?.is_some();
        if is_there && self.placements.settle_place(scope, founder.run, &place).await? == place {
            return self.vote_at(scope, founder, &place).await;
        }
        let left = candidates.without(founder);
        let left = left.unwrap_or_else(|| candidates.with_founder(None));
        unless_conflict(self.placements.put_candidates(scope, &left).await)?;
        Ok(())
    }

    /// A run that founded a floor waits for no other any more.
    pub(super) async fn leave_parked(&self, scope: &HomeScope, founder: RunRef) -> Result<(), UseCaseError> {
        for _ in 0..MAX_ATTEMPTS {
            let candidates = self.placements.candidates(scope).await?;
            let Some(left) = candidates.without(founder) else {
                return Ok(());
            };
            if unless_conflict(self.placements.put_candidates(scope, &left).await)?.is_some() {
                return Ok(());
            }
        }
        Err(UseCaseError::contended("candidates"))
    }

    /// Parks a run; says whether it is parked.
    async fn park(
        &self,
        scope: &HomeScope,
        this: RunRef,
        candidates: &Candidates,
    ) -> Result<bool, StoreError> {
        let Some(parked) = candidates.with_parked(this) else {
            return Ok(true);
        };
        let written = self.placements.put_candidates(scope, &parked).await;
        Ok(unless_conflict(written)?.is_some())
    }

    /// Finishes what is open on any floor, so that no run is laid on half a vote.
    async fn finish_open(&self, scope: &HomeScope, floors: &[FloorId]) -> Result<(), UseCaseError> {
        for floor in floors {
            if let Some(open) = self.maps.fold_state(scope, *floor).await?.open {
                self.finish(scope, *floor, &open).await?;
            }
        }
        Ok(())
    }

    /// The floor where the robot was last under the run's pairing.
    async fn last_floor(&self, run: &Run) -> Result<Option<FloorId>, StoreError> {
        let robot = self.robots.robot(run.robot).await?;
        let pairing = robot.and_then(|robot| robot.pairing);
        Ok(pairing
            .filter(|pairing| pairing.id == run.pairing)
            .and_then(|pairing| pairing.floor))
    }

    async fn floors(&self, scope: &HomeScope) -> Result<Vec<FloorId>, StoreError> {
        let floors = every(|page| async move { self.homes.floors(scope, &page).await }).await?;
        Ok(floors.into_iter().map(|floor| floor.id).collect())
    }
}
