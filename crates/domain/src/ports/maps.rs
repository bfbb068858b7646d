use std::collections::BTreeMap;

use async_trait::async_trait;
use mapping::SheetIndex;
use mapping::home_tile::HomeTile;
use mapping::pose::Pose;
use mapping::tile::TileIndex;

use super::StoreError;
use crate::access::HomeScope;
use crate::id::{FloorId, RobotId, RunId};

/// The vote that is being written into a floor's map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OpenFold {
    /// Which vote of the floor it is, from 1.
    pub n: u32,
    /// The robot that drove the run.
    pub robot: RobotId,
    /// The run that votes.
    pub run: RunId,
    /// The run's frame in the floor's frame; frozen.
    pub alignment: Pose,
}

/// How far a floor's map has come.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FoldState {
    /// The number of the last vote that is closed; 0 before the first.
    pub closed: u32,
    /// The vote that is being written.
    pub open: Option<OpenFold>,
}

/// The tiles of a floor's map that lie on one sheet, as they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredHomeSheet {
    /// Which sheet.
    pub index: SheetIndex,
    /// The last vote that it holds; 0 before the first.
    pub n: u32,
    /// Their evidence.
    pub tiles: BTreeMap<TileIndex, HomeTile>,
}

impl StoredHomeSheet {
    /// A sheet without evidence.
    pub fn new(index: SheetIndex) -> Self {
        let tiles = BTreeMap::new();
        Self { index, n: 0, tiles }
    }
}

/// Keeps the maps of floors.
#[async_trait]
pub trait MapStore: Send + Sync {
    /// How far a floor's map has come; the default before the first vote. MUST be a consistent read.
    async fn fold_state(&self, scope: &HomeScope, floor: FloorId) -> Result<FoldState, StoreError>;

    /// Opens a vote if none is open and `fold.n` is the one after the last closed.
    ///
    /// Anything else MUST be a [`StoreError::Conflict`] and change nothing.
    async fn open_fold(&self, scope: &HomeScope, floor: FloorId, fold: &OpenFold) -> Result<(), StoreError>;

    /// Closes the open vote `n`. One that is closed already is no error; another open vote MUST be a
    /// [`StoreError::Conflict`].
    async fn close_fold(&self, scope: &HomeScope, floor: FloorId, n: u32) -> Result<(), StoreError>;

    /// All sheets of the map, in the order of their index; MUST be a consistent read of all pages.
    async fn home_sheets(
        &self,
        scope: &HomeScope,
        floor: FloorId,
    ) -> Result<Vec<StoredHomeSheet>, StoreError>;

    /// Stores a sheet if the stored `n` is smaller.
    ///
    /// A stored `n` that is equal or larger MUST be a [`StoreError::Conflict`] and change nothing.
    async fn put_home_sheet(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        sheet: &StoredHomeSheet,
    ) -> Result<(), StoreError>;
}
