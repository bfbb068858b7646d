//! What follows from a floor's votes: its map with the rooms, its movable things, the permanent layer that robots
//! locate themselves on, and the plan for the whole floor.
//!
//! Each document says which vote it was made from and is never replaced by an older one, so that whoever derives
//! again after a kill writes what is missing and leaves the rest.

mod layers;
mod objects;
mod rooms;

use std::sync::Arc;

use mapping::home_map::HomeMap;
use mapping::run_map::RunMap;
use mapping::view::FloorView;

pub use layers::Layers;

use super::{MAX_ATTEMPTS, Planning, UseCaseError, unless_conflict};
use crate::Timestamp;
use crate::access::HomeScope;
use crate::command::Corner;
use crate::floor_map::FloorMap;
use crate::id::FloorId;
use crate::pace::Pace;
use crate::ports::{
    FloorStore, HomeStore, MapStore, RobotMailbox, RobotStore, SettingsStore, StoreError, StoredHomeSheet,
};
use crate::room::RoomList;
use crate::run::Vote;
use crate::settings::PermanentLayer;

/// How far a run's dock may lie from the one that is known before it counts as moved, millimetres.
pub const DOCK_MOVED_MM: u32 = 300;

/// The vote that everything is derived after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Voted {
    /// The vote.
    pub vote: Vote,
    /// When the run ended.
    pub ended: Timestamp,
    /// Seconds that the run was planned to take and that it took, if it kept to a plan to its end.
    pub timed: Option<(u32, u32)>,
}

/// Derives what phones and robots read.
#[derive(Clone)]
pub struct Deriving {
    maps: Arc<dyn MapStore>,
    floors: Arc<dyn FloorStore>,
    layers: Layers,
    planning: Planning,
}

impl Deriving {
    /// Over one store of everything, and the way to robots.
    pub fn new<S>(store: &Arc<S>, mailbox: Arc<dyn RobotMailbox>) -> Self
    where
        S: MapStore + FloorStore + HomeStore + RobotStore + SettingsStore + 'static,
    {
        Self {
            maps: store.clone(),
            floors: store.clone(),
            layers: Layers::new(store, mailbox),
            planning: Planning::new(store),
        }
    }

    /// Stores all that follows from `votes`, a floor's up to this one, and brings the permanent layer to the home's
    /// robots.
    pub async fn derive(
        &self,
        scope: &HomeScope,
        voted: &Voted,
        votes: &HomeMap,
    ) -> Result<(), UseCaseError> {
        let floor = voted.vote.floor;
        let evidence = votes.evidence();
        let classes = mapping::permanence::classify(&evidence);
        let layer = layers::permanent_layer(&classes);
        // Phones keep the things with the map's tag, so that a tag must not be seen before its things are there.
        self.derive_objects(scope, voted, &classes, &evidence).await?;
        let map = self.derive_map(scope, voted, &classes, &layer).await?;
        let layer = PermanentLayer {
            floor,
            n: map.n,
            rooms_version: map.rooms.version(),
            tiles: layers::tiles(&layer),
        };
        self.layers.bring(scope, &layer).await?;
        self.planning.refresh(scope, floor, &map).await
    }

    /// The floor's votes as they are stored.
    pub async fn votes(&self, scope: &HomeScope, floor: FloorId) -> Result<HomeMap, StoreError> {
        votes_on(self.maps.home_sheets(scope, floor).await?)
    }

    async fn derive_map(
        &self,
        scope: &HomeScope,
        voted: &Voted,
        classes: &mapping::ClassGrid,
        layer: &RunMap,
    ) -> Result<FloorMap, UseCaseError> {
        let floor = voted.vote.floor;
        for _ in 0..MAX_ATTEMPTS {
            let stored = self.floors.floor_map(scope, floor).await?;
            if let Some(stored) = stored.as_ref().filter(|stored| stored.n >= voted.vote.n) {
                return Ok(stored.clone());
            }
            let map = next_map(stored.as_ref(), voted, classes, layer.digest())?;
            let expected = stored.map(|stored| stored.revision);
            let written = self.floors.put_floor_map(scope, floor, &map, expected).await;
            if unless_conflict(written)?.is_some() {
                return Ok(map);
            }
        }
        Err(UseCaseError::contended("floor map"))
    }
}

/// The votes on all sheets of a floor.
pub(super) fn votes_on(sheets: impl IntoIterator<Item = StoredHomeSheet>) -> Result<HomeMap, StoreError> {
    let mut map = HomeMap::new();
    for (index, tile) in sheets.into_iter().flat_map(|sheet| sheet.tiles) {
        map.insert(index, tile)
            .map_err(|error| corrupt("home tile", error))?;
    }
    Ok(map)
}

/// The map after a vote; rooms are found again only when the permanent layer is another.
fn next_map(
    stored: Option<&FloorMap>,
    voted: &Voted,
    classes: &mapping::ClassGrid,
    layer: [u8; 32],
) -> Result<FloorMap, StoreError> {
    let known = stored.map(|stored| (stored.labels(), stored.rooms.clone()));
    let (labels, rooms) = match known {
        Some(known) if stored.is_some_and(|stored| stored.layer == layer) => known,
        known => {
            let (earlier, list) = known.unwrap_or((mapping::Grid::empty(), RoomList::default()));
            rooms::found(classes, &earlier, &list, voted).map_err(|error| corrupt("rooms", error))?
        }
    };
    let pace = stored.map_or_else(Pace::default, |stored| stored.pace);
    Ok(FloorMap {
        n: voted.vote.n,
        revision: stored.map_or(0, |stored| stored.revision) + 1,
        layer,
        dock: dock(stored, voted),
        pace: voted
            .timed
            .map_or(pace, |(planned, driven)| pace.after(planned, driven)),
        view: FloorView::new(classes, &labels).map_err(|error| corrupt("floor map", error))?,
        rooms,
    })
}

/// Where runs begin; stays where it is known to be while alignments only jitter.
fn dock(stored: Option<&FloorMap>, voted: &Voted) -> Corner {
    let begun = Corner::of_metres(voted.vote.alignment.x, voted.vote.alignment.y);
    match stored.map(|stored| stored.dock) {
        Some(known) if known.x.abs_diff(begun.x).max(known.y.abs_diff(begun.y)) <= DOCK_MOVED_MM => known,
        _ => begun,
    }
}

fn corrupt(what: &'static str, error: impl std::error::Error) -> StoreError {
    let reason = error.to_string();
    StoreError::Corrupt { what, reason }
}
