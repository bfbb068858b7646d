//! Rooms, objects and walls as GeoJSON, in metres of the home frame.

use geo::{LineString, Polygon};
use geojson::{Feature, FeatureCollection, Geometry, Position};
use serde_json::{Map, Value, json};

/// What every exported collection says of its coordinates.
pub const CRS_NOTE: &str =
    "local metric frame: metres from the dock, x forward out of it, y to the left; not WGS 84";

/// What a feature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FeatureKind {
    /// A room.
    Room,
    /// A thing that is there only at times.
    Object,
    /// Walls and what never moves.
    Wall,
    /// An area that the robot must keep out of, or not mop.
    Restriction,
}

impl FeatureKind {
    /// The kind as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Room => "room",
            Self::Object => "object",
            Self::Wall => "wall",
            Self::Restriction => "restriction",
        }
    }
}

/// One polygon with what is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct MapFeature {
    /// Its id, if it has one.
    pub id: Option<String>,
    /// What it is.
    pub kind: FeatureKind,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Share of the runs in which it was there, 0 to 1, for an object.
    pub presence: Option<f64>,
    /// Its outline, in metres.
    pub polygon: Polygon<f64>,
}

/// Writes the features as one FeatureCollection whose foreign member `crs_note` is [`CRS_NOTE`].
pub fn write(features: &[MapFeature]) -> String {
    let mut collection = FeatureCollection::new(features.iter().map(feature));
    collection.foreign_members = Some(Map::from_iter([("crs_note".to_owned(), Value::from(CRS_NOTE))]));
    collection.to_string()
}

fn feature(feature: &MapFeature) -> Feature {
    let rings = std::iter::once(feature.polygon.exterior()).chain(feature.polygon.interiors());
    let rings: Vec<Vec<Position>> = rings.map(positions).collect();
    let mut properties = Map::from_iter([("kind".to_owned(), Value::from(feature.kind.as_str()))]);
    if let Some(name) = &feature.name {
        properties.insert("name".into(), json!(name));
    }
    if let Some(presence) = feature.presence {
        properties.insert("presence".into(), json!(millis(presence)));
    }
    Feature {
        id: feature.id.clone().map(geojson::feature::Id::String),
        geometry: Some(Geometry::new_polygon(rings)),
        properties: Some(properties),
        ..Feature::default()
    }
}

fn positions(ring: &LineString<f64>) -> Vec<Position> {
    ring.0
        .iter()
        .map(|point| Position::from([millis(point.x), millis(point.y)]))
        .collect()
}

/// Whole millimetres or thousandths: more digits would be noise.
fn millis(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn a_collection_says_that_it_is_not_on_the_globe() {
        let room = MapFeature {
            id: Some("room_1".into()),
            kind: FeatureKind::Room,
            name: Some("Kitchen".into()),
            presence: None,
            polygon: polygon![(x: 0.0, y: 0.0), (x: 0.1 + 0.2, y: 0.0), (x: 0.0, y: 2.0)],
        };
        let json: Value = serde_json::from_str(&write(&[room])).unwrap();
        assert_eq!(json["crs_note"], CRS_NOTE);
        let feature = &json["features"][0];
        assert_eq!(
            (&feature["id"], &feature["properties"]["name"]),
            (&json!("room_1"), &json!("Kitchen"))
        );
        assert_eq!(feature["geometry"]["coordinates"][0][1], json!([0.3, 0.0]));
        assert_eq!(
            feature["geometry"]["coordinates"][0][0],
            feature["geometry"]["coordinates"][0][3]
        );
    }
}
