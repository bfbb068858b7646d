//! The permanent layers of a home's floors on its robots.

use std::collections::BTreeMap;
use std::sync::Arc;

use mapping::ClassGrid;
use mapping::class_grid::CellClass;
use mapping::run_map::RunMap;
use mapping::run_tile::{RunCell, RunTile};
use mapping::tile::TileIndex;

use crate::access::HomeScope;
use crate::floor_map::FloorMap;
use crate::id::FloorId;
use crate::page::every;
use crate::ports::{FloorStore, HomeStore, RobotMailbox, RobotStore, SettingsStore, StoreError};
use crate::robot::Robot;
use crate::settings::{PermanentLayer, Settings};
use crate::usecase::{MAX_ATTEMPTS, UseCaseError, unless_conflict};

/// A robot gets a layer anew when more than this share of its cells are others: fewer do not change where it finds
/// itself, while each publication costs as much as a dozen writes.
pub const OTHER_SHARE: f64 = 0.03;

/// Brings permanent layers to robots, as a part of their settings.
#[derive(Clone)]
pub struct Layers {
    homes: Arc<dyn HomeStore>,
    floors: Arc<dyn FloorStore>,
    robots: Arc<dyn RobotStore>,
    settings: Arc<dyn SettingsStore>,
    mailbox: Arc<dyn RobotMailbox>,
}

impl Layers {
    /// Over one store of everything.
    pub fn new<S>(store: &Arc<S>, mailbox: Arc<dyn RobotMailbox>) -> Self
    where
        S: HomeStore + FloorStore + RobotStore + SettingsStore + 'static,
    {
        Self {
            homes: store.clone(),
            floors: store.clone(),
            robots: store.clone(),
            settings: store.clone(),
            mailbox,
        }
    }

    /// Brings a floor's layer to every robot of the home that lacks it, or has one with other rooms or with more than
    /// `OTHER_SHARE` of other cells.
    pub async fn bring(&self, scope: &HomeScope, layer: &PermanentLayer) -> Result<(), UseCaseError> {
        self.change(scope, |robot, settings| {
            let is_here = robot
                .pairing
                .as_ref()
                .is_some_and(|pairing| pairing.floor == Some(layer.floor));
            let known = settings.layer(layer.floor);
            let is_newer = known.is_none_or(|known| {
                known.n < layer.n
                    && (known.rooms_version != layer.rooms_version || is_another(&known.tiles, &layer.tiles))
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

    /// Brings the layers of all floors to a robot that has just joined the home, together with its settings.
    ///
    /// The settings MUST be stored before: a vote meanwhile then brings its layer itself.
    pub async fn welcome(&self, scope: &HomeScope, robot: &Robot) -> Result<(), UseCaseError> {
        let known = self.known(scope).await?;
        let lacking = |_: &Robot, settings: &Settings| {
            let lacks = |layer: &&PermanentLayer| settings.layer(layer.floor).is_none();
            let mut layers = known.iter().filter(lacks).peekable();
            layers.peek()?;
            Some(layers.fold(settings.clone(), |settings, layer| {
                settings.with_other_layer(layer.clone())
            }))
        };
        self.change_one(robot, &lacking).await?;
        match self.settings.settings(robot.id).await? {
            Some(settings) => Ok(self.mailbox.post_settings(robot.id, &settings).await?),
            None => Ok(()),
        }
    }

    /// The layers of the home's floors that have a map.
    async fn known(&self, scope: &HomeScope) -> Result<Vec<PermanentLayer>, StoreError> {
        let floors = every(|page| async move { self.homes.floors(scope, &page).await }).await?;
        let mut layers = Vec::new();
        for floor in floors {
            let map = self.floors.floor_map(scope, floor.id).await?;
            layers.extend(map.map(|map| layer_of(floor.id, &map)));
        }
        Ok(layers)
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

/// The permanent layer that a floor's map was made with.
fn layer_of(floor: FloorId, map: &FloorMap) -> PermanentLayer {
    PermanentLayer {
        floor,
        n: map.n,
        rooms_version: map.rooms.version(),
        tiles: tiles(&permanent_layer(&map.classes())),
    }
}

/// Whether a layer shows enough else than the one that a robot has.
fn is_another(known: &[(TileIndex, Vec<u8>)], new: &[(TileIndex, Vec<u8>)]) -> bool {
    let (known, new) = (map_of(known), map_of(new));
    let gone = known
        .known()
        .filter(|(cell, _)| new.get(*cell) == RunCell::Unknown)
        .count();
    let changed = new.known().filter(|(cell, now)| known.get(*cell) != *now).count();
    let all = new.known().count() + gone;
    (changed + gone) as f64 > OTHER_SHARE * all as f64
}

/// The layer of encoded tiles; one that cannot be read shows nothing, and so is another.
fn map_of(tiles: &[(TileIndex, Vec<u8>)]) -> RunMap {
    let mut map = RunMap::new();
    for (index, cells) in tiles {
        map.replace(*index, RunTile::decode(cells).unwrap_or_default());
    }
    map
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
