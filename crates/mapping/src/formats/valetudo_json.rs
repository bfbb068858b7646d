//! The JSON of ValetudoMap, as it is written.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::valetudo::{
    Entity, Layer, LayerKind, MAX_VALETUDO_LAYERS, MAX_VALETUDO_SIDE, PixelRun, PixelSet, ValetudoError,
    ValetudoMap, ValetudoVersion, check_pixel_count,
};

const MAX_PIXEL_CENTIMETRES: u32 = 50;
const MAX_SIZE_CENTIMETRES: u32 = 1_000_000;

#[derive(Serialize, Deserialize)]
struct MapJson {
    #[serde(rename = "__class")]
    class: String,
    #[serde(rename = "metaData", default)]
    metadata: Map<String, Value>,
    size: SizeJson,
    #[serde(rename = "pixelSize")]
    pixel_size: u32,
    #[serde(default)]
    layers: Vec<LayerJson>,
    #[serde(default)]
    entities: Vec<EntityJson>,
}

#[derive(Serialize, Deserialize)]
struct SizeJson {
    x: u32,
    y: u32,
}

#[derive(Serialize, Deserialize)]
struct LayerJson {
    #[serde(rename = "__class", default)]
    class: String,
    #[serde(rename = "metaData", default)]
    metadata: Map<String, Value>,
    #[serde(rename = "type")]
    kind: LayerKindJson,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pixels: Vec<u32>,
    #[serde(rename = "compressedPixels", default, skip_serializing_if = "Vec::is_empty")]
    compressed_pixels: Vec<u32>,
    #[serde(default)]
    dimensions: Value,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum LayerKindJson {
    Floor,
    Wall,
    Segment,
}

#[derive(Serialize, Deserialize)]
struct EntityJson {
    #[serde(rename = "__class")]
    class: String,
    #[serde(rename = "metaData", default)]
    metadata: Map<String, Value>,
    points: Vec<i32>,
    #[serde(rename = "type")]
    kind: String,
}

/// Reads version 1, which lists pixels, and version 2, which lists runs.
pub(super) fn read(json: &[u8]) -> Result<ValetudoMap, ValetudoError> {
    let map: MapJson = serde_json::from_slice(json)?;
    check_head(&map)?;
    let MapJson {
        mut metadata,
        size,
        pixel_size,
        layers,
        entities,
        ..
    } = map;
    metadata.remove("version");
    let pixels = layers.iter().map(pixel_count).sum();
    check_pixel_count(pixels)?;
    Ok(ValetudoMap {
        pixel_centimetres: pixel_size,
        size_centimetres: (size.x, size.y),
        layers: layers.into_iter().map(read_layer).collect::<Result<_, _>>()?,
        entities: entities.into_iter().map(read_entity).collect(),
        metadata,
    })
}

/// Writes the version asked for.
pub(super) fn write(map: &ValetudoMap, version: ValetudoVersion) -> Result<String, ValetudoError> {
    let side = map.pixel_centimetres;
    let area: usize = map
        .layers
        .iter()
        .filter(|layer| layer.kind != LayerKind::Wall)
        .map(|layer| layer.pixels.len())
        .sum();
    let mut metadata = map.metadata.clone();
    let number = match version {
        ValetudoVersion::One => 1,
        ValetudoVersion::Two => 2,
    };
    metadata.insert("version".into(), number.into());
    metadata
        .entry("totalLayerArea")
        .or_insert_with(|| json!(area as u64 * u64::from(side * side)));
    let json = MapJson {
        class: "ValetudoMap".into(),
        metadata,
        size: SizeJson {
            x: map.size_centimetres.0,
            y: map.size_centimetres.1,
        },
        pixel_size: side,
        layers: map
            .layers
            .iter()
            .map(|layer| write_layer(layer, side, version))
            .collect(),
        entities: map.entities.iter().map(write_entity).collect(),
    };
    Ok(serde_json::to_string(&json)?)
}

fn check_head(map: &MapJson) -> Result<(), ValetudoError> {
    let version = map.metadata.get("version").and_then(Value::as_u64).unwrap_or(1);
    if !(1..=2).contains(&version) {
        return Err(field("version", version, "1 or 2"));
    }
    if !(1..=MAX_PIXEL_CENTIMETRES).contains(&map.pixel_size) {
        return Err(field("pixelSize", map.pixel_size, "1 to 50 cm"));
    }
    if map.size.x.max(map.size.y) > MAX_SIZE_CENTIMETRES {
        return Err(field("size", map.size.x.max(map.size.y), "at most 1000000 cm"));
    }
    if map.layers.len() > MAX_VALETUDO_LAYERS {
        return Err(field("layers", map.layers.len(), "at most 512 layers"));
    }
    Ok(())
}

fn pixel_count(layer: &LayerJson) -> u64 {
    let runs: u64 = layer
        .compressed_pixels
        .iter()
        .skip(2)
        .step_by(3)
        .map(|count| u64::from(*count))
        .sum();
    runs + layer.pixels.len() as u64 / 2
}

fn read_layer(layer: LayerJson) -> Result<Layer, ValetudoError> {
    let (pairs, odd) = layer.pixels.as_chunks::<2>();
    let (triples, rest) = layer.compressed_pixels.as_chunks::<3>();
    if !odd.is_empty() {
        return Err(field("pixels", layer.pixels.len(), "pairs of numbers"));
    }
    if !rest.is_empty() {
        return Err(field(
            "compressedPixels",
            layer.compressed_pixels.len(),
            "triples of numbers",
        ));
    }
    let pixels = pairs.iter().map(|[x, y]| PixelRun {
        x: *x,
        y: *y,
        count: 1,
    });
    let runs: Vec<_> = triples
        .iter()
        .map(|[x, y, count]| PixelRun {
            x: *x,
            y: *y,
            count: *count,
        })
        .chain(pixels)
        .collect();
    let inside =
        |run: &PixelRun| run.y <= MAX_VALETUDO_SIDE && run.x.saturating_add(run.count) <= MAX_VALETUDO_SIDE;
    if let Some(run) = runs.iter().find(|run| !inside(run)) {
        return Err(field(
            "a pixel",
            format!("({}, {}) and {} on", run.x, run.y, run.count),
            "below 65535",
        ));
    }
    let kind = match layer.kind {
        LayerKindJson::Floor => LayerKind::Floor,
        LayerKindJson::Wall => LayerKind::Wall,
        LayerKindJson::Segment => LayerKind::Segment,
    };
    Ok(Layer {
        kind,
        pixels: PixelSet::new(runs),
        metadata: layer.metadata,
    })
}

fn write_layer(layer: &Layer, side: u32, version: ValetudoVersion) -> LayerJson {
    let (pixels, compressed_pixels) = match version {
        ValetudoVersion::One => (
            layer.pixels.pixels().flat_map(|(x, y)| [x, y]).collect(),
            Vec::new(),
        ),
        ValetudoVersion::Two => (
            Vec::new(),
            layer
                .pixels
                .runs()
                .iter()
                .flat_map(|run| [run.x, run.y, run.count])
                .collect(),
        ),
    };
    let mut metadata = layer.metadata.clone();
    metadata.insert(
        "area".into(),
        json!(layer.pixels.len() as u64 * u64::from(side * side)),
    );
    LayerJson {
        class: "MapLayer".into(),
        metadata,
        kind: match layer.kind {
            LayerKind::Floor => LayerKindJson::Floor,
            LayerKind::Wall => LayerKindJson::Wall,
            LayerKind::Segment => LayerKindJson::Segment,
        },
        pixels,
        compressed_pixels,
        dimensions: dimensions(&layer.pixels),
    }
}

fn dimensions(pixels: &PixelSet) -> Value {
    let xs = pixels.pixels().map(|(x, _)| x);
    let ys = pixels.pixels().map(|(_, y)| y);
    json!({ "x": extent(xs), "y": extent(ys), "pixelCount": pixels.len() })
}

fn extent(values: impl Iterator<Item = u32>) -> Value {
    let start = (u32::MAX, 0, 0u64, 0u64);
    let (min, max, sum, count) = values.fold(start, |(min, max, sum, count), value| {
        (min.min(value), max.max(value), sum + u64::from(value), count + 1)
    });
    if count == 0 {
        return json!({ "min": 0, "max": 0, "mid": 0, "avg": 0 });
    }
    json!({ "min": min, "max": max, "mid": (min + max).div_ceil(2), "avg": (sum + count / 2) / count })
}

fn read_entity(entity: EntityJson) -> Entity {
    let EntityJson {
        class,
        metadata,
        points,
        kind,
    } = entity;
    Entity {
        class,
        kind,
        points,
        metadata,
    }
}

fn write_entity(entity: &Entity) -> EntityJson {
    let Entity {
        class,
        kind,
        points,
        metadata,
    } = entity.clone();
    EntityJson {
        class,
        metadata,
        points,
        kind,
    }
}

fn field(field: &'static str, value: impl ToString, expected: &'static str) -> ValetudoError {
    ValetudoError::Field {
        field,
        value: value.to_string(),
        expected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn map(layer: &str) -> String {
        format!(
            r#"{{"__class":"ValetudoMap","metaData":{{"version":2}},"size":{{"x":500,"y":500}},"pixelSize":5,
               "layers":[{{"__class":"MapLayer","metaData":{{}},"type":"floor",{layer}}}],"entities":[]}}"#
        )
    }

    #[test]
    fn both_versions_give_the_same_pixels() {
        let listed = read(map(r#""pixels":[3,4,4,4,9,9]"#).as_bytes()).unwrap();
        let runs = read(map(r#""pixels":[],"compressedPixels":[9,9,1,3,4,2]"#).as_bytes()).unwrap();
        assert_eq!(listed, runs);
        let written = write(&runs, ValetudoVersion::Two).unwrap();
        assert!(
            written.contains(r#""compressedPixels":[3,4,2,9,9,1]"#),
            "{written}"
        );
        assert!(written.contains(r#""pixelCount":3"#), "{written}");
    }

    #[test]
    fn what_is_no_map_is_refused_by_field() {
        for (layer, expected) in [
            (r#""pixels":[3]"#, "pixels is 1"),
            (r#""compressedPixels":[3,4]"#, "compressedPixels is 2"),
            (r#""compressedPixels":[3,70000,1]"#, "a pixel is (3, 70000)"),
            (
                r#""compressedPixels":[3,4,4000000000]"#,
                "layers is 4000000000 pixels",
            ),
        ] {
            let error = read(map(layer).as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        assert!(read(b"{}").is_err());
        let huge = map(r#""pixels":[]"#).replace(r#""pixelSize":5"#, r#""pixelSize":0"#);
        assert!(read(huge.as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn random_text_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), n in any::<[u32; 4]>()) {
            let _ = read(&bytes);
            let _ = read(map(&format!(r#""compressedPixels":{n:?}"#)).as_bytes());
        }
    }
}
