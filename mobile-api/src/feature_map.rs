//! A floor as shapes: rooms, walls, and the things that are there at times.

use axum::response::{IntoResponse, Response};
use domain::floor_map::FloorMap;
use domain::object::ObjectList;
use http::header::CONTENT_TYPE;
use mapping::class_grid::CellClass;
use mapping::formats::geojson::{self, FeatureKind, MapFeature};
use mapping::outline::outlines;

use crate::routes::{object_features, room_features};

/// The media type of shapes.
pub(crate) const GEO_JSON: &str = "application/geo+json";

/// Shapes as an answer.
pub(crate) fn shapes_answer(features: &[MapFeature]) -> Response {
    ([(CONTENT_TYPE, GEO_JSON)], geojson::write(features)).into_response()
}

/// The rooms, walls and movable things of a floor, each as one polygon in metres.
pub(crate) fn features(map: &FloorMap, objects: &ObjectList) -> Vec<MapFeature> {
    let mut features = room_features(map);
    let walls = map.view.cells().map(|cell| cell.class == CellClass::Permanent);
    features.extend(outlines(&walls).into_iter().map(|polygon| MapFeature {
        id: None,
        kind: FeatureKind::Wall,
        name: None,
        presence: None,
        polygon,
    }));
    features.extend(object_features(objects));
    features
}
