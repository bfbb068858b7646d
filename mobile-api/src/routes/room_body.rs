//! Rooms as the API shows them.

use std::collections::BTreeMap;

use domain::floor_map::FloorMap;
use domain::id::{FloorId, RoomId};
use domain::room::{Room, RoomType};
use domain::shape::outline;
use mapping::formats::geojson::{FeatureKind, MapFeature};
use mapping::rooms::{RoomShape, room_shapes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::corner_body::CornerBody;
use crate::rounding::hundredths;

/// What a room is for.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RoomTypeBody {
    LivingRoom,
    Kitchen,
    Bedroom,
    Bathroom,
    Hallway,
    Office,
    DiningRoom,
    Other,
}

/// A room.
#[derive(Serialize, ToSchema)]
pub(crate) struct RoomBody {
    #[schema(value_type = String)]
    id: RoomId,
    /// Its number in the cells of the map, from 1.
    number: u8,
    name: Option<String>,
    r#type: Option<RoomTypeBody>,
    area_m2: f64,
    /// Outer rings in the home frame, to within a cell.
    outlines: Vec<Vec<CornerBody>>,
    /// Whether the owner merged or split it.
    edited: bool,
}

/// The rooms of a floor.
#[derive(Serialize, ToSchema)]
pub(crate) struct RoomsBody {
    #[schema(value_type = String)]
    floor: FloorId,
    /// Changes only when rooms do, not with their names; 0 before the first.
    version: u64,
    items: Vec<RoomBody>,
}

impl RoomsBody {
    /// The rooms of a floor's map, none before the first vote.
    pub(crate) fn new(floor: FloorId, map: Option<&FloorMap>) -> Self {
        Self {
            floor,
            version: map.map_or(0, |map| map.rooms.version()),
            items: map.map_or_else(Vec::new, room_bodies),
        }
    }
}

impl RoomBody {
    /// One room of a floor's map.
    pub(crate) fn of(map: &FloorMap, room: RoomId) -> Option<Self> {
        room_bodies(map).into_iter().find(|body| body.id == room)
    }

    fn new(room: &Room, shape: Option<&RoomShape>) -> Self {
        let ring = |shape: &RoomShape| {
            outline(shape.polygon.exterior())
                .into_iter()
                .map(CornerBody::from)
                .collect()
        };
        Self {
            id: room.id,
            number: room.number,
            name: name(room),
            r#type: room.kind.map(RoomTypeBody::from),
            area_m2: shape.map_or(0.0, |shape| hundredths(shape.area_m2)),
            outlines: shape.map(ring).into_iter().collect(),
            edited: room.edited,
        }
    }
}

/// The rooms of a floor's map as shapes, in metres.
pub(crate) fn room_features(map: &FloorMap) -> Vec<MapFeature> {
    let feature = |shape: RoomShape| {
        let room = map.rooms.numbered(shape.number)?;
        Some(MapFeature {
            id: Some(room.id.to_string()),
            kind: FeatureKind::Room,
            name: name(room),
            presence: None,
            polygon: shape.polygon,
        })
    };
    room_shapes(&map.labels())
        .into_iter()
        .filter_map(feature)
        .collect()
}

/// The rooms of a floor's map.
pub(crate) fn room_bodies(map: &FloorMap) -> Vec<RoomBody> {
    let shapes: BTreeMap<u8, RoomShape> = room_shapes(&map.labels())
        .into_iter()
        .map(|shape| (shape.number, shape))
        .collect();
    let rooms = map.rooms.rooms().iter();
    rooms
        .map(|room| RoomBody::new(room, shapes.get(&room.number)))
        .collect()
}

fn name(room: &Room) -> Option<String> {
    room.name.as_ref().map(|name| name.as_str().to_owned())
}

impl From<RoomType> for RoomTypeBody {
    fn from(kind: RoomType) -> Self {
        match kind {
            RoomType::LivingRoom => Self::LivingRoom,
            RoomType::Kitchen => Self::Kitchen,
            RoomType::Bedroom => Self::Bedroom,
            RoomType::Bathroom => Self::Bathroom,
            RoomType::Hallway => Self::Hallway,
            RoomType::Office => Self::Office,
            RoomType::DiningRoom => Self::DiningRoom,
            RoomType::Other => Self::Other,
        }
    }
}

impl From<RoomTypeBody> for RoomType {
    fn from(kind: RoomTypeBody) -> Self {
        match kind {
            RoomTypeBody::LivingRoom => Self::LivingRoom,
            RoomTypeBody::Kitchen => Self::Kitchen,
            RoomTypeBody::Bedroom => Self::Bedroom,
            RoomTypeBody::Bathroom => Self::Bathroom,
            RoomTypeBody::Hallway => Self::Hallway,
            RoomTypeBody::Office => Self::Office,
            RoomTypeBody::DiningRoom => Self::DiningRoom,
            RoomTypeBody::Other => Self::Other,
        }
    }
}
