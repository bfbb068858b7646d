//! A floor with its rooms, as every map format can give and take it.

use std::collections::BTreeMap;

use geo::{BoundingRect, Polygon};

use crate::class_grid::{CellClass, ClassGrid, ClassedCell};
use crate::components::Components;
use crate::coverage::area::cells_within;
use crate::floor_plan::FloorPlan;
use crate::formats::geojson::{FeatureKind, MapFeature};
use crate::formats::valetudo::{LayerKind, RoomLabel, ValetudoError, ValetudoMap};
use crate::grid::{Grid, GridError};
use crate::outline::outlines;
use crate::run_map::{CellBounds, RunMap};
use crate::run_tile::RunCell;
use crate::tile::CellIndex;
use crate::view::{FloorView, NO_ROOM, ViewCell, ViewError};

/// What stands between a room's id and the number of one of its further parts in a feature's id.
const PART_MARK: char = '#';
const ALWAYS: f64 = 255.0;

/// Why a map has no floor.
#[derive(Debug, thiserror::Error)]
pub enum LabelledFloorError {
    /// The floor is too large.
    #[error("the map is too large")]
    View(#[from] ViewError),
    /// The floor is too large.
    #[error("the map is too large")]
    Grid(#[from] GridError),
    /// The ValetudoMap cannot be laid on cells.
    #[error("the ValetudoMap does not fit")]
    Valetudo(#[from] ValetudoError),
    /// There are more rooms than numbers.
    #[error("the map has {0} rooms, at most 255 may be")]
    TooManyRooms(usize),
}

/// The cells of a floor and what its rooms are called.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledFloor {
    /// What each cell is.
    pub view: FloorView,
    /// The rooms, by their numbers in the view.
    pub rooms: Vec<RoomLabel>,
}

impl LabelledFloor {
    /// What one run or a recorded map shows: whatever is occupied counts as permanent.
    ///
    /// # Errors
    /// [`LabelledFloorError`] if the cells are too far apart.
    pub fn from_run(run: &RunMap) -> Result<Self, LabelledFloorError> {
        Self::of_cells(run, &Grid::empty(), Vec::new())
    }

    /// The layers of a ValetudoMap; of segments that overlap a cell belongs to the last.
    ///
    /// # Errors
    /// [`LabelledFloorError`] if the map is too large, has too many rooms or other pixels than 5 cm.
    pub fn from_valetudo(map: &ValetudoMap) -> Result<Self, LabelledFloorError> {
        let run = map.to_run()?;
        let Some(bounds) = run.bounds() else {
            return Self::from_run(&run);
        };
        let mut numbers = Grid::over(bounds, NO_ROOM)?;
        let mut rooms = Vec::new();
        let segments = map.layers.iter().filter(|layer| layer.kind == LayerKind::Segment);
        for (place, layer) in segments.enumerate() {
            let number = room_number(place)?;
            map.cells(layer).for_each(|cell| numbers.set(cell, number));
            rooms.push(RoomLabel {
                number,
                id: layer
                    .segment_id()
                    .map_or_else(|| number.to_string(), str::to_owned),
                name: layer.name().map(str::to_owned),
            });
        }
        Self::of_cells(&run, &numbers, rooms)
    }

    /// The walls and the floor of a plan.
    ///
    /// # Errors
    /// [`LabelledFloorError`] if the plan is too large.
    pub fn from_plan(plan: &FloorPlan) -> Result<Self, LabelledFloorError> {
        let mut run = RunMap::new();
        for (cell, free) in plan.free().iter() {
            let state = if free { RunCell::Free } else { RunCell::Occupied };
            run.set(cell, state);
        }
        Self::from_run(&run)
    }

    /// The cells whose centres lie in polygons; walls cover things, and things cover rooms.
    ///
    /// # Errors
    /// [`LabelledFloorError`] if the features reach too far or there are too many rooms.
    pub fn from_features(features: &[MapFeature]) -> Result<Self, LabelledFloorError> {
        let Some(bounds) = bounds_of(features) else {
            return Self::from_run(&RunMap::new());
        };
        let mut cells = Grid::over(bounds, ViewCell::default())?;
        let mut rooms = Rooms::default();
        let mut painted: Vec<&MapFeature> = features.iter().collect();
        painted.sort_by_key(|feature| paint_order(feature.kind));
        for feature in painted {
            let room = match feature.kind {
                FeatureKind::Room => rooms.number_of(feature)?,
                _ => NO_ROOM,
            };
            for cell in cells_within(&cells, &feature.polygon) {
                let below = cells.get(cell).unwrap_or_default();
                cells.set(cell, painted_over(feature, room, below));
            }
        }
        Ok(Self {
            view: view_of(&cells)?,
            rooms: rooms.labels,
        })
    }

    /// Every cell in polygons whose sides run along the cells, so that [`Self::from_features`] gives them back; a
    /// room in several parts has a feature for each, with the part's number behind its id.
    pub fn features(&self) -> Vec<MapFeature> {
        let cells = self.view.cells();
        let class = |class: CellClass| cells.map(|cell| cell.class == class);
        let labelled = |number: u8| self.rooms.iter().any(|room| room.number == number);
        let bare = cells.map(|cell| cell.class.is_traversable() && !labelled(cell.room));
        let rooms = self.rooms.iter().flat_map(|room| self.room_features(room));
        let floor = outlines(&bare)
            .into_iter()
            .map(|polygon| plain(FeatureKind::Floor, polygon));
        let walls = outlines(&class(CellClass::Permanent))
            .into_iter()
            .map(|polygon| plain(FeatureKind::Wall, polygon));
        rooms.chain(floor).chain(walls).chain(self.things()).collect()
    }

    /// The floor with its rooms as segments.
    pub fn to_valetudo(&self) -> ValetudoMap {
        ValetudoMap::from_view(&self.view, &self.rooms)
    }

    /// The class and presence of each cell.
    pub fn classes(&self) -> ClassGrid {
        self.view
            .cells()
            .map(|cell| ClassedCell {
                class: cell.class,
                presence: cell.presence,
                confidence: 0,
            })
            .into()
    }

    fn of_cells(run: &RunMap, numbers: &Grid<u8>, rooms: Vec<RoomLabel>) -> Result<Self, LabelledFloorError> {
        Ok(Self {
            view: FloorView::new(&ClassGrid::of_run(run)?, numbers)?,
            rooms,
        })
    }

    fn room_features(&self, room: &RoomLabel) -> Vec<MapFeature> {
        let cells = self.view.cells();
        let set = cells.map(|cell| cell.class.is_traversable() && cell.room == room.number);
        let parts = outlines(&set).into_iter().zip(1..);
        parts
            .map(|(polygon, part)| MapFeature {
                id: Some(part_id(&room.id, part)),
                name: room.name.clone(),
                ..plain(FeatureKind::Room, polygon)
            })
            .collect()
    }

    /// The parts of what is there at times, each with its mean presence.
    fn things(&self) -> Vec<MapFeature> {
        let set = self.view.cells().map(|cell| cell.class == CellClass::Movable);
        let presences = self.presences(&Components::of::<4>(&set));
        let things = outlines(&set).into_iter().zip(presences);
        things
            .map(|(polygon, presence)| MapFeature {
                presence: Some(presence),
                ..plain(FeatureKind::Object, polygon)
            })
            .collect()
    }

    fn presences(&self, parts: &Components) -> Vec<f64> {
        let mut sums = vec![0.0; parts.sizes.len()];
        for (cell, label) in parts.labels.iter() {
            let sum = (label as usize)
                .checked_sub(1)
                .and_then(|part| sums.get_mut(part));
            if let Some(sum) = sum {
                *sum += f64::from(self.view.get(cell).presence) / ALWAYS;
            }
        }
        let mean = |(sum, size): (f64, &usize)| sum / *size as f64;
        sums.into_iter().zip(&parts.sizes).map(mean).collect()
    }
}

/// The rooms met so far; parts of one room share its number.
#[derive(Default)]
struct Rooms {
    labels: Vec<RoomLabel>,
    numbers: BTreeMap<String, u8>,
}

impl Rooms {
    fn number_of(&mut self, feature: &MapFeature) -> Result<u8, LabelledFloorError> {
        let place = self.labels.len();
        let id = feature.id.as_deref().map(whole_id);
        if let Some(number) = id.and_then(|id| self.numbers.get(id)) {
            return Ok(*number);
        }
        let number = room_number(place)?;
        let id = id.map_or_else(|| number.to_string(), str::to_owned);
        self.numbers.insert(id.clone(), number);
        self.labels.push(RoomLabel {
            number,
            id,
            name: feature.name.clone(),
        });
        Ok(number)
    }
}

fn room_number(place: usize) -> Result<u8, LabelledFloorError> {
    u8::try_from(place + 1).map_err(|_| LabelledFloorError::TooManyRooms(place + 1))
}

fn part_id(id: &str, part: usize) -> String {
    match part {
        1 => id.to_owned(),
        _ => format!("{id}{PART_MARK}{part}"),
    }
}

fn whole_id(id: &str) -> &str {
    match id.rsplit_once(PART_MARK) {
        Some((whole, part)) if part.parse::<usize>().is_ok() => whole,
        _ => id,
    }
}

fn plain(kind: FeatureKind, polygon: Polygon<f64>) -> MapFeature {
    MapFeature {
        id: None,
        kind,
        name: None,
        presence: None,
        polygon,
    }
}

/// Later kinds cover earlier ones.
fn paint_order(kind: FeatureKind) -> u8 {
    match kind {
        FeatureKind::Restriction => 0,
        FeatureKind::Floor => 1,
        FeatureKind::Room => 2,
        FeatureKind::Object => 3,
        FeatureKind::Wall => 4,
    }
}

fn painted_over(feature: &MapFeature, room: u8, below: ViewCell) -> ViewCell {
    let (class, room, presence) = match feature.kind {
        FeatureKind::Restriction => return below,
        FeatureKind::Floor => (CellClass::Free, NO_ROOM, 0.0),
        FeatureKind::Room => (CellClass::Free, room, 0.0),
        FeatureKind::Object => (CellClass::Movable, below.room, feature.presence.unwrap_or(1.0)),
        FeatureKind::Wall => (CellClass::Permanent, NO_ROOM, 0.0),
    };
    ViewCell {
        class,
        room,
        presence: (presence * ALWAYS).round() as u8,
    }
}

fn bounds_of(features: &[MapFeature]) -> Option<CellBounds> {
    let boxes = features
        .iter()
        .filter_map(|feature| feature.polygon.bounding_rect());
    boxes
        .map(|rect| CellBounds {
            min: CellIndex::of_metres(rect.min().x, rect.min().y),
            max: CellIndex::of_metres(rect.max().x, rect.max().y),
        })
        .reduce(CellBounds::union)
}

fn view_of(cells: &Grid<ViewCell>) -> Result<FloorView, ViewError> {
    let classes = cells.map(|cell| ClassedCell {
        class: cell.class,
        presence: cell.presence,
        confidence: 0,
    });
    FloorView::new(&classes.into(), &cells.map(|cell| cell.room))
}
