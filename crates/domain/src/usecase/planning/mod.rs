//! The way to clean a floor, some of its rooms, or some zones on it.

mod making;

use std::sync::Arc;

use futures_util::future::try_join_all;
use mapping::coverage::PlanError;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::UseCaseError;
use crate::FieldError;
use crate::access::HomeScope;
use crate::command::{Corner, Scope};
use crate::floor_map::FloorMap;
use crate::id::FloorId;
use crate::page::every;
use crate::plan::CleaningPlan;
use crate::ports::{FloorStore, KeptPlan, RobotStore, SettingsStore, StoreError};
use crate::robot::Robot;
use crate::settings::Restriction;
use making::make;

/// Minutes of cleaning that a charge is taken to last for.
pub const MINUTES_PER_CHARGE: f64 = 120.0;
/// A plan for the whole floor is kept until minutes would change by more than this share.
const PACE_STEP: f64 = 0.05;
/// All of a battery, percent.
const FULL: u8 = 100;

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum NoPlan {
    /// No run has voted on the floor.
    #[error("no run has made a map of the floor yet")]
    NoMap,
    /// The map is too young for rooms.
    #[error("the map shows no rooms yet")]
    NoRooms,
    /// The map allows none.
    #[error("{0}")]
    Impossible(PlanError),
    /// It would be larger than a robot takes.
    #[error("{0}")]
    TooLarge(FieldError),
}

/// What to plan.
#[derive(Debug, Clone, Copy)]
pub struct PlanWanted<'a> {
    /// What to clean.
    pub scope: &'a Scope,
    /// The list that rooms were chosen from, if the caller knows it.
    pub rooms_version: Option<u64>,
    /// Where the robot must not go.
    pub restrictions: &'a [Restriction],
    /// Charge of the battery, percent; full when absent.
    pub battery: Option<u8>,
}

/// Makes plans, and keeps the one for each whole floor.
#[derive(Clone)]
pub struct Planning {
    floors: Arc<dyn FloorStore>,
    robots: Arc<dyn RobotStore>,
    settings: Arc<dyn SettingsStore>,
}

impl Planning {
    /// Over one store of everything.
    pub fn new<S: FloorStore + RobotStore + SettingsStore + 'static>(store: &Arc<S>) -> Self {
        Self {
            floors: store.clone(),
            robots: store.clone(),
            settings: store.clone(),
        }
    }

    /// The plan for what is wanted, with the map it was made from.
    ///
    /// Errors: [`UseCaseError::RoomsChanged`] for a room or a list that is not there any more, [`UseCaseError::Refused`]
    /// for a zone that cannot be used, [`UseCaseError::NoPlan`].
    pub async fn plan(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        wanted: &PlanWanted<'_>,
    ) -> Result<(CleaningPlan, FloorMap), UseCaseError> {
        let Some(map) = self.floors.floor_map(scope, floor).await? else {
            return Err(without_map(wanted));
        };
        if wanted
            .rooms_version
            .is_some_and(|version| version != map.rooms.version())
        {
            return Err(UseCaseError::RoomsChanged);
        }
        let plan = match wanted.scope {
            Scope::WholeHome => self.whole(scope, floor, &map, wanted).await?,
            Scope::Rooms { .. } | Scope::Zones { .. } => make(floor, &map, wanted)?,
        };
        Ok((plan, map))
    }

    /// What the robots that were last on a floor must keep out of.
    pub async fn restrictions(
        &self,
        scope: &HomeScope,
        floor: FloorId,
    ) -> Result<Vec<Restriction>, StoreError> {
        let robots = every(|page| async move { self.robots.robots(scope, &page).await }).await?;
        let is_here = |robot: &Robot| {
            robot
                .pairing
                .as_ref()
                .is_some_and(|pairing| pairing.floor == Some(floor))
        };
        let here = robots.into_iter().filter(is_here);
        let settings = try_join_all(here.map(|robot| self.settings.settings(robot.id))).await?;
        let preferences = settings
            .into_iter()
            .flatten()
            .map(|settings| settings.preferences);
        Ok(preferences
            .flat_map(|preferences| preferences.restrictions)
            .collect())
    }

    /// Makes the plan for the whole floor anew if it is not the present one.
    pub(super) async fn refresh(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        map: &FloorMap,
    ) -> Result<(), UseCaseError> {
        let wanted = PlanWanted {
            scope: &Scope::WholeHome,
            rooms_version: None,
            restrictions: &self.restrictions(scope, floor).await?,
            battery: None,
        };
        match self.whole(scope, floor, map, &wanted).await {
            Ok(_) | Err(UseCaseError::NoPlan(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The kept plan if it is the present one and the battery lasts for it; otherwise it is made.
    async fn whole(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        map: &FloorMap,
        wanted: &PlanWanted<'_>,
    ) -> Result<CleaningPlan, UseCaseError> {
        let key = key(map, wanted.restrictions);
        let kept = self
            .floors
            .plan(scope, floor)
            .await?
            .filter(|kept| kept.key == key);
        let charged = PlanWanted {
            battery: None,
            ..*wanted
        };
        let plan = match kept {
            Some(kept) => kept.plan,
            None => {
                let plan = make(floor, map, &charged)?;
                self.keep(scope, floor, key, &plan).await?;
                plan
            }
        };
        let lasts = plan.recharges() == 0 && plan.minutes() <= minutes_left(wanted.battery);
        if wanted.battery.is_none() || lasts {
            Ok(plan)
        } else {
            make(floor, map, wanted)
        }
    }

    async fn keep(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        key: [u8; 32],
        plan: &CleaningPlan,
    ) -> Result<(), StoreError> {
        let plan = plan.clone();
        self.floors.put_plan(scope, floor, &KeptPlan { key, plan }).await
    }
}

/// What is wrong with a wish on a floor without a map.
fn without_map(wanted: &PlanWanted<'_>) -> UseCaseError {
    match wanted.scope {
        Scope::WholeHome | Scope::Zones { .. } => UseCaseError::NoPlan(NoPlan::NoMap),
        Scope::Rooms { .. } => UseCaseError::RoomsChanged,
    }
}

/// All that a plan for a whole floor depends on.
fn key(map: &FloorMap, restrictions: &[Restriction]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(map.layer);
    hash.update(map.rooms.version().to_le_bytes());
    hash.update(((map.pace.factor() / PACE_STEP).round() as u64).to_le_bytes());
    let Corner { x, y } = map.dock;
    hash.update([x.to_le_bytes(), y.to_le_bytes()].concat());
    hash.update(serde_json::to_vec(restrictions).unwrap_or_default());
    hash.finalize().into()
}

fn minutes_left(battery: Option<u8>) -> f64 {
    f64::from(battery.unwrap_or(FULL).clamp(1, FULL)) / f64::from(FULL) * MINUTES_PER_CHARGE
}
