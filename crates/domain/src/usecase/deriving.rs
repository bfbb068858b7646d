//! What follows from a floor's map: the view that phones read, and the permanent layer that robots locate
//! themselves on.

use std::collections::BTreeMap;
use std::sync::Arc;

use mapping::class_grid::{CellClass, ClassGrid};
use mapping::grid::Grid;
use mapping::home_map::HomeMap;
use mapping::run_map::RunMap;
use mapping::run_tile::RunCell;
use mapping::tile::TileIndex;
use mapping::view::{FloorView, NO_ROOM};

use super::{MAX_ATTEMPTS, UseCaseError, unless_conflict};
use crate::access::HomeScope;
use crate::id::{FloorId, RobotId};
use crate::ports::{MapStore, RobotMailbox, SettingsStore, StoreError};
use crate::settings::PermanentLayer;

/// Derives views and permanent layers.
#[derive(Clone)]
pub struct Deriving {
    /// Where maps are.
    pub maps: Arc<dyn MapStore>,
    /// Where the robot's settings are.
    pub settings: Arc<dyn SettingsStore>,
    /// How the robot gets them.
    pub mailbox: Arc<dyn RobotMailbox>,
}

impl Deriving {
    /// Stores the view after vote `n`, and brings the permanent layer to the robot when it changed.
    pub async fn derive(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        robot: RobotId,
        n: u32,
    ) -> Result<(), UseCaseError> {
        let classes = self.map(scope, floor).await?.classes();
        let corrupt = |reason: String| StoreError::Corrupt {
            what: "floor map",
            reason,
        };
        let rooms = Grid::filled(classes.origin(), classes.width(), classes.height(), NO_ROOM)
            .map_err(|error| corrupt(error.to_string()))?;
        let view = FloorView::new(&classes, &rooms).map_err(|error| corrupt(error.to_string()))?;
        self.maps.put_view(scope, floor, n, &view).await?;
        self.bring_permanent_layer(
            robot,
            &PermanentLayer {
                floor,
                n,
                rooms_version: 0,
                tiles: permanent_tiles(&classes),
            },
        )
        .await
    }

    /// The floor's map as it is stored.
    pub async fn map(&self, scope: &HomeScope, floor: FloorId) -> Result<HomeMap, StoreError> {
        let mut map = HomeMap::new();
        for stored in self.maps.home_tiles(scope, floor).await? {
            map.insert(stored.index, stored.tile)
                .map_err(|error| StoreError::Corrupt {
                    what: "home tile",
                    reason: error.to_string(),
                })?;
        }
        Ok(map)
    }

    async fn bring_permanent_layer(
        &self,
        robot: RobotId,
        layer: &PermanentLayer,
    ) -> Result<(), UseCaseError> {
        for _ in 0..MAX_ATTEMPTS {
            let Some(stored) = self.settings.settings(robot).await? else {
                return Ok(());
            };
            let known = stored.layer(layer.floor);
            if known.is_some_and(|known| known.tiles == layer.tiles || known.n >= layer.n) {
                return Ok(());
            }
            let next = stored.with_layer(layer.clone());
            let written = self
                .settings
                .put_settings(robot, &next, Some(stored.version))
                .await;
            if unless_conflict(written)?.is_some() {
                return Ok(self.mailbox.post_settings(robot, &next).await?);
            }
        }
        Err(UseCaseError::contended("settings"))
    }
}

/// Permanent cells as occupied and free cells as free, tile by tile; movable things are left unknown, since a robot
/// must not locate itself on a chair.
fn permanent_tiles(classes: &ClassGrid) -> Vec<(TileIndex, Vec<u8>)> {
    let mut layer = RunMap::new();
    for (cell, classed) in classes.cells().iter() {
        match classed.class {
            CellClass::Permanent => layer.set(cell, RunCell::Occupied),
            CellClass::Free => layer.set(cell, RunCell::Free),
            CellClass::Movable | CellClass::Unknown => {}
        }
    }
    let tiles: BTreeMap<TileIndex, Vec<u8>> = layer
        .tiles()
        .map(|(index, tile)| (index, tile.encode()))
        .collect();
    tiles.into_iter().collect()
}
