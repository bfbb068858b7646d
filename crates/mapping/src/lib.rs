//! Maps of a home: run tiles, the home map that learns over many runs, map formats and recorded logs.
//!
//! Everything here is pure: bytes and numbers in, bytes and numbers out. Frames are metres at the dock, x forward out
//! of it and y to the left, angles in radians counter-clockwise; a cell is 5 cm and a tile 64 × 64 cells.

pub mod align;
pub mod class_grid;
pub mod components;
pub mod coverage;
pub mod deflate;
pub mod distance;
pub mod floor_plan;
pub mod formats;
pub mod grid;
pub mod home_map;
pub mod home_tile;
pub mod localizer;
pub mod logs;
mod normal;
pub mod objects;
pub mod outline;
pub mod permanence;
pub mod pose;
mod ray;
pub mod rooms;
pub mod run_map;
pub mod run_mapper;
pub mod run_tile;
pub mod scan;
pub mod sheet;
mod sightings;
pub mod solid;
mod surface;
pub mod tile;
pub mod view;

pub use align::{AlignError, Aligner, Alignment};
pub use class_grid::{CellClass, ClassGrid, ClassedCell};
pub use deflate::InflateError;
pub use floor_plan::FloorPlan;
pub use grid::{Grid, GridError, MAX_GRID_CELLS};
pub use home_map::{HomeMap, HomeMapError, MAX_HOME_TILE, ballot};
pub use home_tile::{HomeCell, HomeTile, HomeTileError};
pub use localizer::{Localizer, LocalizerError, LocalizerSettings};
pub use pose::Pose;
pub use run_map::{CellBounds, CellCounts, RunMap};
pub use run_mapper::{MAX_RUN_TILES, RunMapper};
pub use run_tile::{RunCell, RunTile, TileError};
pub use scan::{Scan, ScanError};
pub use sheet::SheetIndex;
pub use tile::{CELL_METRES, CellIndex, TILE_AREA, TILE_CELLS, TileIndex};
pub use view::{FloorView, ViewCell, ViewError};
