//! The permanent layers of a home's floors on its robots.

use std::collections::BTreeMap;
use std::sync::Arc;

use mapping::ClassGrid;
use mapping::class_grid::CellClass;
use mapping::run_map::RunMap;
use mapping::run_tile::RunCell;
use mapping::tile::TileIndex;

use crate::access::HomeScope;
use crate::id::FloorId;
use crate::page::every;
use crate::ports::{RobotMailbox, RobotStore, SettingsStore};
use crate::robot::Robot;
use crate::settings::{PermanentLayer, Settings};
use crate::usecase::{MAX_ATTEMPTS, UseCaseError, unless_conflict};

/// Brings permanent layers to robots, as a part of their settings.
#[derive(Clone)]
pub struct Layers {
    robots: Arc<dyn RobotStore>,
    settings: Arc<dyn SettingsStore>,
    mailbox: Arc<dyn RobotMailbox>,
}

impl Layers {
    /// Over one store of everything.
    pub fn new<S: RobotStore + SettingsStore + 'static>(
        store: &Arc<S>,
        mailbox: Arc<dyn RobotMailbox>,
    ) -> Self {
        Self {
            robots: store.clone(),
            settings: store.clone(),
            mailbox,
        }
    }

    /// Brings a floor's layer to every robot of the home that lacks it or has an older one.
    pub async fn bring(&self, scope: &HomeScope, layer: &PermanentLayer) -> Result<(), UseCaseError> {
        self.change(scope, |robot, settings| {
            let is_here = robot
                .pairing
                .as_ref()
                .is_some_and(|pairing| pairing.floor == Some(layer.floor));
            let known = settings.layer(layer.floor);
            let is_newer = known.is_none_or(|known| {
                known.n < layer.n
                    && (known.tiles != layer.tiles || known.rooms_version != layer.rooms_version)
            });
            let is_first = settings
                .layers
                .first()
                .is_some_and(|first| first.floor == layer.floor);
            match (is_here, is_newer) {
                (true, true) => Some(settings.with_layer(layer.clone())),
                (true, false) if !is_first => known.map(|known| settings.with_layer(known.clone())),
                (false, true) => Some(settings.with_other_layer(layer.clone())),
                _ => None,
            }
        })
        .await
    }

    /// Tells every robot of the home that has the floor's layer which room list is the present one.
    pub async fn renumber(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        version: u64,
    ) -> Result<(), UseCaseError> {
        self.change(scope, |_, settings| {
            let known = settings
                .layer(floor)
                .filter(|known| known.rooms_version < version)?;
            let layer = PermanentLayer {
                rooms_version: version,
                ..known.clone()
            };
            Some(settings.with_other_layer(layer))
        })
        .await
    }

    async fn change(
        &self,
        scope: &HomeScope,
        next: impl Fn(&Robot, &Settings) -> Option<Settings> + Send + Sync,
    ) -> Result<(), UseCaseError> {
        let robots = every(|page| async move { self.robots.robots(scope, &page).await }).await?;
        for robot in robots {
            self.change_one(&robot, &next).await?;
        }
        Ok(())
    }

    async fn change_one(
        &self,
        robot: &Robot,
        next: &(impl Fn(&Robot, &Settings) -> Option<Settings> + Sync),
    ) -> Result<(), UseCaseError> {
        for _ in 0..MAX_ATTEMPTS {
            let Some(stored) = self.settings.settings(robot.id).await? else {
                return Ok(());
            };
            let Some(changed) = next(robot, &stored) else {
                return Ok(());
            };
            let written = self
                .settings
                .put_settings(robot.id, &changed, Some(stored.version));
            if unless_conflict(written.await)?.is_some() {
                return Ok(self.mailbox.post_settings(robot.id, &changed).await?);
            }
        }
        Err(UseCaseError::contended("settings"))
    }
}

/// Permanent cells as occupied and free cells as free; movable things are left unknown, since a robot must not locate
/// itself on a chair.
pub(super) fn permanent_layer(classes: &ClassGrid) -> RunMap {
    let mut layer = RunMap::new();
    for (cell, classed) in classes.cells().iter() {
        match classed.class {
            CellClass::Permanent => layer.set(cell, RunCell::Occupied),
            CellClass::Free => layer.set(cell, RunCell::Free),
            CellClass::Movable | CellClass::Unknown => {}
        }
    }
    layer
}

/// The layer tile by tile, as settings carry it.
pub(super) fn tiles(layer: &RunMap) -> Vec<(TileIndex, Vec<u8>)> {
    let tiles: BTreeMap<TileIndex, Vec<u8>> = layer
        .tiles()
        .map(|(index, tile)| (index, tile.encode()))
        .collect();
    tiles.into_iter().collect()
}
