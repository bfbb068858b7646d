//! The retained settings document.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::id::{FloorId, PairingId};
use domain::settings::{MAX_LAYERS, MAX_SETTINGS_BYTES, PermanentLayer, Preferences, Settings};
use mapping::tile::TileIndex;
use serde::{Deserialize, Serialize};

use crate::{WireError, json};

#[derive(Debug, Serialize, Deserialize)]
struct SettingsV1 {
    version: u64,
    pairing: PairingId,
    #[serde(flatten)]
    preferences: Preferences,
    #[serde(default)]
    chosen_in: u64,
    #[serde(default)]
    layers: Vec<LayerV1>,
    /// For robots that know one floor at most: they ask for it, and for its room list, and use neither.
    #[serde(skip_deserializing)]
    permanent: NoLayerV1,
    #[serde(skip_deserializing)]
    rooms_version: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct LayerV1 {
    floor: FloorId,
    n: u32,
    rooms_version: u64,
    /// `[column, row, cells in base64]`.
    tiles: Vec<(i16, i16, String)>,
}

#[derive(Debug, Default, Serialize)]
struct NoLayerV1 {
    n: u32,
    tiles: [(i16, i16, String); 0],
}

/// The payload of `settings`; one above [`MAX_SETTINGS_BYTES`] is refused, since no broker would keep it.
pub fn encode(settings: &Settings) -> Result<Vec<u8>, WireError> {
    let bytes = json::encode(&SettingsV1 {
        version: settings.version,
        pairing: settings.pairing,
        preferences: settings.preferences.clone(),
        chosen_in: settings.chosen_in,
        layers: settings.layers.iter().map(Into::into).collect(),
        permanent: NoLayerV1::default(),
        rooms_version: settings.rooms_version(),
    });
    if bytes.len() > MAX_SETTINGS_BYTES {
        Err(WireError::TooLarge { bytes: bytes.len() })
    } else {
        Ok(bytes)
    }
}

/// The settings in `bytes`.
pub fn decode(bytes: &[u8]) -> Result<Settings, WireError> {
    let settings: SettingsV1 = json::decode(bytes)?;
    if settings.layers.len() > MAX_LAYERS {
        let reason = format!(
            "must have at most {MAX_LAYERS} floors, has {}",
            settings.layers.len()
        );
        return Err(malformed("layers", reason));
    }
    let layers = settings.layers.into_iter().map(PermanentLayer::try_from);
    Ok(Settings {
        version: settings.version,
        pairing: settings.pairing,
        preferences: settings.preferences.checked()?,
        chosen_in: settings.chosen_in,
        layers: layers.collect::<Result<_, _>>()?,
    })
}

impl From<&PermanentLayer> for LayerV1 {
    fn from(layer: &PermanentLayer) -> Self {
        let tile = |(index, cells): &(TileIndex, Vec<u8>)| (index.x, index.y, STANDARD.encode(cells));
        Self {
            floor: layer.floor,
            n: layer.n,
            rooms_version: layer.rooms_version,
            tiles: layer.tiles.iter().map(tile).collect(),
        }
    }
}

impl TryFrom<LayerV1> for PermanentLayer {
    type Error = WireError;

    fn try_from(layer: LayerV1) -> Result<Self, WireError> {
        let tile = |(x, y, cells): (i16, i16, String)| match STANDARD.decode(cells) {
            Ok(cells) => Ok((TileIndex { x, y }, cells)),
            Err(_) => Err(malformed("layers.tiles", "must be base64")),
        };
        Ok(Self {
            floor: layer.floor,
            n: layer.n,
            rooms_version: layer.rooms_version,
            tiles: layer.tiles.into_iter().map(tile).collect::<Result<_, _>>()?,
        })
    }
}

fn malformed(field: &str, reason: impl Into<String>) -> WireError {
    WireError::Malformed {
        field: field.into(),
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests {
    use domain::command::{Chosen, Corner, Scope};
    use domain::id::{EntryId, RoomId};
    use domain::schedule::{MAX_SCHEDULE_ENTRIES, MAX_SCHEDULED_ROOMS, ScheduleEntry, Weekdays};
    use domain::settings::{MAX_LAYERS_BYTES, MAX_RESTRICTION_CORNERS, MAX_RESTRICTIONS, Restriction};
    use serde_json::Value;

    use super::*;

    fn layer(floor: u128, bytes: usize) -> PermanentLayer {
        PermanentLayer {
            floor: FloorId::from_u128(floor),
            n: 3,
            rooms_version: 2,
            tiles: vec![(TileIndex { x: 1, y: -1 }, vec![7; bytes])],
        }
    }

    fn settings() -> Settings {
        Settings::initial(PairingId::from_u128(1)).with_layer(layer(1, 30))
    }

    #[test]
    fn settings_read_back() {
        let settings = settings().with_layer(layer(2, 10));
        assert_eq!(decode(&encode(&settings).unwrap()), Ok(settings));
    }

    #[test]
    fn the_most_that_settings_may_hold_fits_a_message() {
        let far = Corner {
            x: i32::MIN,
            y: i32::MIN,
        };
        let wall = Restriction::VirtualWall {
            corners: vec![far; MAX_RESTRICTION_CORNERS],
        };
        let rooms = (0..MAX_SCHEDULED_ROOMS.div_ceil(MAX_SCHEDULE_ENTRIES) as u128)
            .map(RoomId::from_u128)
            .collect();
        let entry = |id: u128| ScheduleEntry {
            id: EntryId::from_u128(id),
            enabled: false,
            days: Weekdays::all(),
            at: "23:59".parse().unwrap(),
            scope: Scope::Rooms {
                rooms: Chosen::new("rooms", Vec::clone(&rooms)).unwrap(),
            },
        };
        let preferences = Preferences {
            restrictions: vec![wall; MAX_RESTRICTIONS],
            schedule: (0..MAX_SCHEDULE_ENTRIES as u128).map(entry).collect(),
            ..Preferences::initial()
        };
        let large = layer(2, MAX_LAYERS_BYTES / 4 * 3 - 300);
        let full = settings().with_preferences(preferences).with_layer(large);
        assert!(encode(&full).is_ok());
    }

    #[test]
    fn a_document_that_no_broker_would_keep_is_refused() {
        let large = Settings {
            layers: vec![layer(1, 100 * 1024)],
            ..settings()
        };
        assert!(matches!(encode(&large), Err(WireError::TooLarge { .. })));
    }

    #[test]
    fn settings_of_before_there_were_schedules_are_read() {
        let mut sent: Value = serde_json::from_slice(&encode(&settings()).unwrap()).unwrap();
        let fields = sent.as_object_mut().unwrap();
        for new in ["time_zone", "schedule", "do_not_disturb", "chosen_in"] {
            fields.remove(new).unwrap();
        }
        let read = decode(sent.to_string().as_bytes()).unwrap();
        assert_eq!(read.preferences, Preferences::initial());
    }

    #[test]
    fn robots_and_clouds_that_know_one_floor_are_understood() {
        let mut sent: Value = serde_json::from_slice(&encode(&settings()).unwrap()).unwrap();
        assert_eq!(sent["permanent"], serde_json::json!({"n": 0, "tiles": []}));
        assert_eq!(sent["rooms_version"], 2);
        let fields = sent.as_object_mut().unwrap();
        fields.remove("layers");
        fields.insert(
            "permanent".into(),
            serde_json::json!({"n": 1, "tiles": [[0, 0, "AA=="]]}),
        );
        let read = decode(sent.to_string().as_bytes()).unwrap();
        assert_eq!((read.layers, read.version), (vec![], settings().version));
    }
}
