//! Rooms, objects and walls as GeoJSON, in metres of the home frame.

use std::str::FromStr;

use geo::{Coord, LineString, Polygon};
use geojson::{Feature, FeatureCollection, Geometry, GeometryValue, Position};
use serde_json::{Map, Value, json};

/// What every exported collection says of its coordinates.
pub const CRS_NOTE: &str =
    "local metric frame: metres from the dock, x forward out of it, y to the left; not WGS 84";

/// Largest collection that is looked at, in bytes.
pub const MAX_GEOJSON_BYTES: usize = 16 * 1024 * 1024;
/// Most features of a collection.
pub const MAX_FEATURES: usize = 10_000;
/// How far from the dock a feature may reach along each axis, in metres.
pub const MAX_FEATURE_METRES: f64 = 200.0;

/// Why a collection was refused.
#[derive(Debug, thiserror::Error)]
pub enum GeoJsonError {
    /// More bytes than any map has.
    #[error("a collection of {0} bytes is larger than {MAX_GEOJSON_BYTES} bytes")]
    TooLarge(usize),
    /// The text is no feature collection.
    #[error("the text is not a GeoJSON feature collection")]
    Json(#[source] Box<geojson::Error>),
    /// More features than any map has.
    #[error("features: there are {0}, at most {MAX_FEATURES} may be")]
    TooMany(usize),
    /// A feature holds what no map has.
    #[error("features[{index}].{field} must be {expected}")]
    Feature {
        /// Which feature, from 0.
        index: usize,
        /// The field's name.
        field: &'static str,
        /// What it may hold.
        expected: &'static str,
    },
}

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
    /// Floor that belongs to no room.
    Floor,
}

impl FeatureKind {
    const ALL: [Self; 5] = [
        Self::Room,
        Self::Object,
        Self::Wall,
        Self::Restriction,
        Self::Floor,
    ];

    /// The kind as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Room => "room",
            Self::Object => "object",
            Self::Wall => "wall",
            Self::Restriction => "restriction",
            Self::Floor => "floor",
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

/// Reads the polygons of a FeatureCollection in metres of the home frame, as [`write()`] writes them.
///
/// # Errors
/// [`GeoJsonError`] naming the feature and the field that is wrong.
pub fn read(json: &[u8]) -> Result<Vec<MapFeature>, GeoJsonError> {
    if json.len() > MAX_GEOJSON_BYTES {
        return Err(GeoJsonError::TooLarge(json.len()));
    }
    let collection = FeatureCollection::from_str(&String::from_utf8_lossy(json))
        .map_err(|error| GeoJsonError::Json(Box::new(error)))?;
    if collection.features.len() > MAX_FEATURES {
        return Err(GeoJsonError::TooMany(collection.features.len()));
    }
    let read = |(index, feature)| {
        read_feature(feature).map_err(|(field, expected)| GeoJsonError::Feature {
            index,
            field,
            expected,
        })
    };
    collection.features.into_iter().enumerate().map(read).collect()
}

/// What a field must be, with its name.
type Expected = (&'static str, &'static str);

fn read_feature(feature: Feature) -> Result<MapFeature, Expected> {
    let text = |key: &str| feature.property(key).and_then(Value::as_str);
    let kind = FeatureKind::ALL
        .into_iter()
        .find(|kind| text("kind") == Some(kind.as_str()))
        .ok_or(("properties.kind", "room, object, wall, restriction or floor"))?;
    let presence = feature.property("presence").map(|value| {
        let share = value.as_f64().filter(|share| (0.0..=1.0).contains(share));
        share.ok_or(("properties.presence", "a number from 0 to 1"))
    });
    Ok(MapFeature {
        id: feature.id.as_ref().map(id_text),
        kind,
        name: text("name").map(str::to_owned),
        presence: presence.transpose()?,
        polygon: read_polygon(feature.geometry)?,
    })
}

fn id_text(id: &geojson::feature::Id) -> String {
    match id {
        geojson::feature::Id::String(id) => id.clone(),
        geojson::feature::Id::Number(id) => id.to_string(),
    }
}

fn read_polygon(geometry: Option<Geometry>) -> Result<Polygon<f64>, Expected> {
    let Some(GeometryValue::Polygon { coordinates }) = geometry.map(|geometry| geometry.value) else {
        return Err(("geometry", "a polygon"));
    };
    let mut rings = coordinates.iter().map(|ring| read_ring(ring));
    let outer = rings.next().ok_or(("geometry", "a polygon with a ring"))??;
    Ok(Polygon::new(outer, rings.collect::<Result<_, _>>()?))
}

fn read_ring(ring: &[Position]) -> Result<LineString<f64>, Expected> {
    let near = |value: &f64| value.abs() <= MAX_FEATURE_METRES;
    let corner = |position: &Position| match position.as_slice() {
        [x, y, ..] if near(x) && near(y) => Ok(Coord { x: *x, y: *y }),
        _ => Err(("geometry", "within 200 m of the dock")),
    };
    ring.iter().map(corner).collect()
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

    #[test]
    fn features_read_back() {
        let hole = LineString::from(vec![(0.5, 0.5), (0.6, 0.5), (0.5, 0.6), (0.5, 0.5)]);
        let outer = LineString::from(vec![(0.0, 0.0), (2.0, 0.0), (0.0, 2.0), (0.0, 0.0)]);
        let chair = MapFeature {
            id: Some("obj_1".into()),
            kind: FeatureKind::Object,
            name: None,
            presence: Some(0.7),
            polygon: Polygon::new(outer, vec![hole]),
        };
        assert_eq!(
            read(write(std::slice::from_ref(&chair)).as_bytes()).unwrap(),
            [chair]
        );
    }

    #[test]
    fn a_wrong_feature_is_named() {
        let refusal = |feature: Value| {
            let text = json!({ "type": "FeatureCollection", "features": [feature] }).to_string();
            read(text.as_bytes()).unwrap_err().to_string()
        };
        let ring = json!([[0, 0], [1, 0], [0, 1], [0, 0]]);
        let feature = |kind: &str, geometry: &str, coordinates: Value, presence: f64| {
            json!({ "type": "Feature", "properties": { "kind": kind, "presence": presence },
                "geometry": { "type": geometry, "coordinates": coordinates } })
        };
        for (wrong, words) in [
            (
                feature("sofa", "Polygon", json!([ring]), 1.0),
                "features[0].properties.kind must be room, object, wall, restriction or floor",
            ),
            (
                feature("room", "LineString", ring.clone(), 1.0),
                "features[0].geometry must be a polygon",
            ),
            (
                feature("object", "Polygon", json!([ring]), 7.0),
                "features[0].properties.presence must be a number from 0 to 1",
            ),
            (
                feature(
                    "room",
                    "Polygon",
                    json!([[[1e9, 0], [0, 1], [0, 0], [1e9, 0]]]),
                    1.0,
                ),
                "features[0].geometry must be within 200 m of the dock",
            ),
        ] {
            assert_eq!(refusal(wrong), words);
        }
        assert!(read(b"{}").is_err());
    }
}
