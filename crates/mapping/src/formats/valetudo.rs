//! ValetudoMap, the map format of Valetudo and of the Home Assistant cards that draw its maps.
//!
//! Layers hold pixels of 5 cm, y down from the top left corner; entities hold whole centimetres. Layers may overlap,
//! so each keeps a cell set of its own.

use serde_json::{Map, Value};

use crate::class_grid::CellClass;
use crate::formats::valetudo_json;
use crate::grid::MAX_GRID_CELLS;
use crate::run_map::RunMap;
use crate::run_tile::RunCell;
use crate::tile::CellIndex;
use crate::view::{FloorView, NO_ROOM};

/// Largest map file that is looked at, in bytes.
pub const MAX_VALETUDO_BYTES: usize = 16 * 1024 * 1024;
/// Most layers that a map may have.
pub const MAX_VALETUDO_LAYERS: usize = 512;
/// Pixels along each side that a map may have at most.
pub const MAX_VALETUDO_SIDE: u32 = 65_535;

const CELL_CENTIMETRES: u32 = 5;
/// Clear pixels around an exported map.
const MARGIN: i32 = 10;

/// Why a map was refused.
#[derive(Debug, thiserror::Error)]
pub enum ValetudoError {
    /// More bytes than any map has.
    #[error("a map of {0} bytes is larger than {MAX_VALETUDO_BYTES} bytes")]
    TooLarge(usize),
    /// The JSON is not a map.
    #[error("the map is not valid JSON of its kind")]
    Json(#[from] serde_json::Error),
    /// A field holds a value out of its limits.
    #[error("{field} is {value}, not {expected}")]
    Field {
        /// The field's name.
        field: &'static str,
        /// What it holds.
        value: String,
        /// What it may hold.
        expected: &'static str,
    },
}

/// What a layer shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LayerKind {
    /// Floor that belongs to no room.
    Floor,
    /// Walls and other obstacles.
    Wall,
    /// One room.
    Segment,
}

/// Pixels next to each other in one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PixelRun {
    /// Row, from the top.
    pub y: u32,
    /// First column, from the left.
    pub x: u32,
    /// How many pixels.
    pub count: u32,
}

/// A set of pixels as runs in reading order that neither overlap nor touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PixelSet {
    runs: Vec<PixelRun>,
}

impl PixelSet {
    /// The set of all pixels in `runs`, which may overlap and come in any order.
    pub fn new(mut runs: Vec<PixelRun>) -> Self {
        runs.sort_unstable();
        let mut merged: Vec<PixelRun> = Vec::with_capacity(runs.len());
        for run in runs.into_iter().filter(|run| run.count > 0) {
            match merged.last_mut() {
                Some(last) if last.y == run.y && run.x <= last.x + last.count => {
                    last.count = last.count.max(run.x + run.count - last.x);
                }
                _ => merged.push(run),
            }
        }
        Self { runs: merged }
    }

    /// The runs in reading order.
    pub fn runs(&self) -> &[PixelRun] {
        &self.runs
    }

    /// All pixels as (column, row) in reading order.
    pub fn pixels(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.runs
            .iter()
            .flat_map(|run| (run.x..run.x + run.count).map(|x| (x, run.y)))
    }

    /// Number of pixels.
    pub fn len(&self) -> usize {
        self.runs.iter().map(|run| run.count as usize).sum()
    }

    /// Whether there is no pixel.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }
}

impl FromIterator<(u32, u32)> for PixelSet {
    fn from_iter<I: IntoIterator<Item = (u32, u32)>>(pixels: I) -> Self {
        Self::new(
            pixels
                .into_iter()
                .map(|(x, y)| PixelRun { x, y, count: 1 })
                .collect(),
        )
    }
}

/// One layer of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// What it shows.
    pub kind: LayerKind,
    /// Its pixels.
    pub pixels: PixelSet,
    /// Everything else said of it: `segmentId`, `name`, `active`, `material`.
    pub metadata: Map<String, Value>,
}

impl Layer {
    /// The room's id, for a segment.
    pub fn segment_id(&self) -> Option<&str> {
        self.metadata.get("segmentId").and_then(Value::as_str)
    }

    /// The room's name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.metadata.get("name").and_then(Value::as_str)
    }
}

/// A thing on the map: the charger, the robot, a path, a restriction.
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// `PointMapEntity`, `LineMapEntity`, `PathMapEntity` or `PolygonMapEntity`.
    pub class: String,
    /// What it is, such as `charger_location` or `no_go_area`.
    pub kind: String,
    /// x and y in turn, in centimetres from the top left corner.
    pub points: Vec<i32>,
    /// Everything else said of it.
    pub metadata: Map<String, Value>,
}

/// How a map's pixels are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValetudoVersion {
    /// Each pixel by itself, as Valetudo wrote until 2022.
    One,
    /// Runs of pixels.
    Two,
}

/// A map as Valetudo gives it.
#[derive(Clone, Debug, PartialEq)]
pub struct ValetudoMap {
    /// Side of a pixel, in centimetres.
    pub pixel_centimetres: u32,
    /// Width and height, in centimetres.
    pub size_centimetres: (u32, u32),
    /// The layers, which may overlap.
    pub layers: Vec<Layer>,
    /// The things on the map.
    pub entities: Vec<Entity>,
    /// Everything else said of the map, without its version.
    pub metadata: Map<String, Value>,
}

/// A room's number in a view, with the id and name to export it under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomLabel {
    /// Its number in the view.
    pub number: u8,
    /// Its id.
    pub id: String,
    /// Its name, if the owner gave one.
    pub name: Option<String>,
}

impl ValetudoMap {
    /// Reads a map of version 1 or 2.
    ///
    /// # Errors
    /// [`ValetudoError`] if the JSON is no map, or a size or a pixel is out of its limits.
    pub fn read(json: &[u8]) -> Result<Self, ValetudoError> {
        if json.len() > MAX_VALETUDO_BYTES {
            return Err(ValetudoError::TooLarge(json.len()));
        }
        valetudo_json::read(json)
    }

    /// Writes the map in version 2.
    ///
    /// # Errors
    /// [`ValetudoError::Json`] if the JSON cannot be written.
    pub fn write(&self) -> Result<String, ValetudoError> {
        self.write_as(ValetudoVersion::Two)
    }

    /// Writes the map in the version asked for.
    ///
    /// # Errors
    /// [`ValetudoError::Json`] if the JSON cannot be written.
    pub fn write_as(&self, version: ValetudoVersion) -> Result<String, ValetudoError> {
        valetudo_json::write(self, version)
    }

    /// The map as cells in the frame of the charger, x to the right and y up, where walls cover floor; a map without a
    /// charger is taken from where the robot is, and one without either from its centre.
    ///
    /// # Errors
    /// [`ValetudoError::Field`] if a pixel is not 5 cm.
    pub fn to_run(&self) -> Result<RunMap, ValetudoError> {
        if self.pixel_centimetres != CELL_CENTIMETRES {
            let value = self.pixel_centimetres.to_string();
            return Err(ValetudoError::Field {
                field: "pixelSize",
                value,
                expected: "5 cm",
            });
        }
        let mut run = RunMap::new();
        let is_wall = |layer: &&Layer| layer.kind == LayerKind::Wall;
        let floors = self
            .layers
            .iter()
            .filter(|layer| !is_wall(layer))
            .map(|layer| (layer, RunCell::Free));
        let walls = self
            .layers
            .iter()
            .filter(is_wall)
            .map(|layer| (layer, RunCell::Occupied));
        for (layer, state) in floors.chain(walls) {
            self.cells(layer).for_each(|cell| run.set(cell, state));
        }
        Ok(run)
    }

    /// The cells of one of its layers, in the frame of [`ValetudoMap::to_run`].
    pub fn cells<'l>(&self, layer: &'l Layer) -> impl Iterator<Item = CellIndex> + use<'l> {
        let (x0, y0) = self.origin_pixel();
        let pixels = layer.pixels.pixels();
        pixels.map(move |(x, y)| CellIndex::new(x as i32 - x0, y0 - y as i32))
    }

    /// The map of a floor: a segment for each room, a floor layer for what is in none, permanent things as walls, the
    /// dock as the charger.
    pub fn from_view(view: &FloorView, rooms: &[RoomLabel]) -> Self {
        let frame = ExportFrame::around(view);
        let pixels = |take: &dyn Fn(CellClass, u8) -> bool| -> PixelSet {
            let taken = view
                .cells()
                .iter()
                .filter(|(_, cell)| take(cell.class, cell.room));
            taken.map(|(cell, _)| frame.pixel(cell)).collect()
        };
        let labelled = |number: u8| rooms.iter().any(|room| room.number == number);
        let mut layers = vec![
            layer(
                LayerKind::Floor,
                pixels(&|class, room| class.is_traversable() && !labelled(room)),
                Map::new(),
            ),
            layer(
                LayerKind::Wall,
                pixels(&|class, _| class == CellClass::Permanent),
                Map::new(),
            ),
        ];
        layers.extend(rooms.iter().filter(|room| room.number != NO_ROOM).map(|room| {
            let cells = pixels(&|class, number| class.is_traversable() && number == room.number);
            layer(LayerKind::Segment, cells, room_metadata(room))
        }));
        layers.retain(|layer| !layer.pixels.is_empty());
        Self {
            pixel_centimetres: CELL_CENTIMETRES,
            size_centimetres: frame.size_centimetres(),
            layers,
            entities: vec![frame.charger()],
            metadata: Map::new(),
        }
    }

    /// Column and row of the pixel that the charger stands on.
    fn origin_pixel(&self) -> (i32, i32) {
        let point = |kind: &str| self.entities.iter().find(|entity| entity.kind == kind);
        let entity = point("charger_location").or_else(|| point("robot_position"));
        let (x, y) = match entity.map(|entity| entity.points.as_slice()) {
            Some([x, y, ..]) => (*x, *y),
            _ => (
                (self.size_centimetres.0 / 2) as i32,
                (self.size_centimetres.1 / 2) as i32,
            ),
        };
        let side = self.pixel_centimetres.max(1) as i32;
        let limit = MAX_VALETUDO_SIDE as i32;
        (
            x.div_euclid(side).clamp(-limit, limit),
            y.div_euclid(side).clamp(-limit, limit),
        )
    }
}

/// Where an exported floor lies in its picture.
struct ExportFrame {
    left: i32,
    top: i32,
    width: u32,
    height: u32,
}

impl ExportFrame {
    /// Holds the view, the dock and a margin.
    fn around(view: &FloorView) -> Self {
        let CellIndex { x, y } = view.cells().origin();
        let (right, top) = (x + view.cells().width() as i32, y + view.cells().height() as i32);
        let (left, bottom) = (x.min(0) - MARGIN, y.min(0) - MARGIN);
        let (right, top) = (right.max(1) + MARGIN, top.max(1) + MARGIN);
        Self {
            left,
            top: top - 1,
            width: right.abs_diff(left),
            height: top.abs_diff(bottom),
        }
    }

    fn pixel(&self, cell: CellIndex) -> (u32, u32) {
        (cell.x.abs_diff(self.left), self.top.abs_diff(cell.y))
    }

    fn size_centimetres(&self) -> (u32, u32) {
        (self.width * CELL_CENTIMETRES, self.height * CELL_CENTIMETRES)
    }

    fn charger(&self) -> Entity {
        let (x, y) = self.pixel(CellIndex::new(0, 0));
        let points = vec![(x * CELL_CENTIMETRES) as i32, (y * CELL_CENTIMETRES) as i32];
        Entity {
            class: "PointMapEntity".into(),
            kind: "charger_location".into(),
            points,
            metadata: Map::new(),
        }
    }
}

/// Checks that layers of `cells` pixels in all can be held.
pub(crate) fn check_pixel_count(cells: u64) -> Result<(), ValetudoError> {
    if cells <= MAX_GRID_CELLS as u64 {
        return Ok(());
    }
    Err(ValetudoError::Field {
        field: "layers",
        value: format!("{cells} pixels"),
        expected: "at most 16777216 pixels",
    })
}

fn layer(kind: LayerKind, pixels: PixelSet, metadata: Map<String, Value>) -> Layer {
    Layer {
        kind,
        pixels,
        metadata,
    }
}

fn room_metadata(room: &RoomLabel) -> Map<String, Value> {
    let mut metadata = Map::new();
    metadata.insert("segmentId".into(), room.id.clone().into());
    metadata.insert("active".into(), false.into());
    if let Some(name) = &room.name {
        metadata.insert("name".into(), name.clone().into());
    }
    metadata
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class_grid::{ClassGrid, ClassedCell};
    use crate::grid::Grid;
    use proptest::prelude::*;

    #[test]
    fn a_floor_survives_export_and_import() {
        let classes = [
            CellClass::Permanent,
            CellClass::Free,
            CellClass::Movable,
            CellClass::Free,
        ];
        let cells = classes.map(|class| ClassedCell {
            class,
            presence: 90,
            confidence: 200,
        });
        let grid: ClassGrid = Grid::from_cells(CellIndex::new(-1, 2), 4, 1, cells.to_vec())
            .unwrap()
            .into();
        let rooms = Grid::from_cells(CellIndex::new(-1, 2), 4, 1, vec![0, 1, 1, 0]).unwrap();
        let view = FloorView::new(&grid, &rooms).unwrap();
        let label = RoomLabel {
            number: 1,
            id: "kitchen".into(),
            name: Some("Kitchen".into()),
        };
        let map = ValetudoMap::from_view(&view, &[label]);
        assert_eq!(map.layers[2].name(), Some("Kitchen"));
        assert_eq!(map.layers[2].pixels.len(), 2);
        let read = ValetudoMap::read(map.write().unwrap().as_bytes()).unwrap();
        let run = read.to_run().unwrap();
        assert_eq!(run.get(CellIndex::new(-1, 2)), RunCell::Occupied);
        assert_eq!(run.get(CellIndex::new(2, 2)), RunCell::Free);
        assert_eq!(run.counts().free, 3);
    }

    proptest! {
        #[test]
        fn a_pixel_set_is_the_set_of_its_pixels(pixels in proptest::collection::vec((0u32..12, 0u32..6), 0..80)) {
            let set: PixelSet = pixels.iter().copied().collect();
            let mut expected: Vec<_> = pixels.iter().map(|(x, y)| (*y, *x)).collect();
            expected.sort_unstable();
            expected.dedup();
            prop_assert_eq!(set.pixels().map(|(x, y)| (y, x)).collect::<Vec<_>>(), expected);
        }
    }
}
