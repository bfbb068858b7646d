//! Maps as JSON: one byte per cell, base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::floor_map::FloorMap;
use domain::id::FloorId;
use domain::object::ObjectList;
use mapping::class_grid::CellClass;
use mapping::grid::Grid;
use mapping::run_map::RunMap;
use mapping::run_tile::RunCell;
use mapping::tile::{CELL_METRES, CellIndex};
use mapping::view::ViewCell;
use serde::Serialize;
use utoipa::ToSchema;

use super::objects::{ObjectBody, object_bodies};
use super::room_body::{RoomBody, room_bodies};
use crate::problem::{Code, Problem};

const FLOOR_CLASSES: [&str; 4] = ["unknown", "free", "movable", "permanent"];
const RUN_CLASSES: [&str; 4] = ["unknown", "free", "occupied", "touched"];

/// The smallest cell of a map.
#[derive(Serialize, ToSchema)]
struct Origin {
    x: i32,
    y: i32,
}

/// Cells of one frame.
#[derive(Serialize, ToSchema)]
struct GridBody {
    /// Always `m`.
    unit: &'static str,
    /// The side of a cell.
    cell_metres: f64,
    /// The smallest cell, in cells from the frame's origin.
    origin: Origin,
    width: usize,
    height: usize,
    /// What the numbers in `cells` mean.
    classes: [&'static str; 4],
    /// Base64 of one byte per cell, rows from the smallest y.
    cells: String,
}

/// The map of a floor.
#[derive(Serialize, ToSchema)]
pub(crate) struct FloorMapBody {
    #[schema(value_type = String)]
    floor: FloorId,
    /// How many runs it was made from; 0 before the first.
    version: u32,
    /// Always `home`: metres from the dock of the floor's first run.
    frame: &'static str,
    #[serde(flatten)]
    grid: GridBody,
    /// Base64 of one byte per cell, percent of the runs in which a movable cell was occupied.
    presence: String,
    /// Base64 of one byte per cell, the number of its room, 0 for none.
    room: String,
    /// What the numbers in `room` mean.
    rooms: Vec<RoomBody>,
    /// Changes only when rooms do, not with their names; 0 before the first.
    rooms_version: u64,
    /// The movable things, the largest first.
    objects: Vec<ObjectBody>,
}

/// The map of one run.
#[derive(Serialize, ToSchema)]
pub(crate) struct RunMapBody {
    /// Always `run`: metres from the dock.
    frame: &'static str,
    #[serde(flatten)]
    grid: GridBody,
}

impl FloorMapBody {
    /// The map of a floor, with all that is found in it.
    pub(crate) fn new(floor: FloorId, map: &FloorMap, objects: ObjectList) -> Self {
        let class = |cell: ViewCell| match cell.class {
            CellClass::Unknown => 0,
            CellClass::Free => 1,
            CellClass::Movable => 2,
            CellClass::Permanent => 3,
        };
        let percent = |cell: ViewCell| (u32::from(cell.presence) * 100 / 255) as u8;
        Self {
            floor,
            version: map.n,
            frame: "home",
            grid: GridBody::new(&map.view.cells().map(class), FLOOR_CLASSES),
            presence: STANDARD.encode(map.view.cells().map(percent).cells()),
            room: STANDARD.encode(map.labels().cells()),
            rooms: room_bodies(map),
            rooms_version: map.rooms.version(),
            objects: object_bodies(objects),
        }
    }
}

impl RunMapBody {
    /// What one run saw.
    pub(crate) fn new(run: &RunMap) -> Result<Self, Problem> {
        let mut grid = match run.bounds() {
            None => Grid::empty(),
            Some(bounds) => Grid::over(bounds, 0)
                .map_err(|error| Problem::new(Code::Internal, "the map cannot be shown").because(error))?,
        };
        run.known()
            .for_each(|(cell, state)| grid.set(cell, number(state)));
        Ok(Self {
            frame: "run",
            grid: GridBody::new(&grid, RUN_CLASSES),
        })
    }
}

fn number(cell: RunCell) -> u8 {
    match cell {
        RunCell::Unknown => 0,
        RunCell::Free => 1,
        RunCell::Occupied => 2,
        RunCell::Touched => 3,
    }
}

impl GridBody {
    fn new(grid: &Grid<u8>, classes: [&'static str; 4]) -> Self {
        let CellIndex { x, y } = grid.origin();
        Self {
            unit: "m",
            cell_metres: CELL_METRES,
            origin: Origin { x, y },
            width: grid.width(),
            height: grid.height(),
            classes,
            cells: STANDARD.encode(grid.cells()),
        }
    }
}
