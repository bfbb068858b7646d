//! The retained settings document.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::id::PairingId;
use domain::settings::{MAX_SETTINGS_BYTES, PermanentLayer, Preferences, Settings};
use mapping::tile::TileIndex;
use serde::{Deserialize, Serialize};

use crate::{WireError, json};

#[derive(Debug, Serialize, Deserialize)]
struct SettingsV1 {
    version: u64,
    pairing: PairingId,
    rooms_version: u64,
    #[serde(flatten)]
    preferences: Preferences,
    permanent: PermanentV1,
}

#[derive(Debug, Serialize, Deserialize)]
struct PermanentV1 {
    n: u32,
    /// `[column, row, cells in base64]`.
    tiles: Vec<(i16, i16, String)>,
}

/// The payload of `settings`; one above [`MAX_SETTINGS_BYTES`] is refused, since no broker would keep it.
pub fn encode(settings: &Settings) -> Result<Vec<u8>, WireError> {
    let tile = |(index, cells): &(TileIndex, Vec<u8>)| (index.x, index.y, STANDARD.encode(cells));
    let bytes = json::encode(&SettingsV1 {
        version: settings.version,
        pairing: settings.pairing,
        rooms_version: settings.rooms_version,
        preferences: settings.preferences.clone(),
        permanent: PermanentV1 {
            n: settings.permanent.n,
            tiles: settings.permanent.tiles.iter().map(tile).collect(),
        },
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
    let tile = |(x, y, cells): (i16, i16, String)| match STANDARD.decode(cells) {
        Ok(cells) => Ok((TileIndex { x, y }, cells)),
        Err(_) => Err(WireError::Malformed {
            field: "permanent.tiles".into(),
            reason: "must be base64".into(),
        }),
    };
    Ok(Settings {
        version: settings.version,
        pairing: settings.pairing,
        rooms_version: settings.rooms_version,
        preferences: settings.preferences.checked()?,
        permanent: PermanentLayer {
            n: settings.permanent.n,
            tiles: settings
                .permanent
                .tiles
                .into_iter()
                .map(tile)
                .collect::<Result<_, _>>()?,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_read_back() {
        let permanent = PermanentLayer {
            n: 3,
            tiles: vec![(TileIndex { x: 1, y: -1 }, vec![1, 2, 3])],
        };
        let settings = Settings::initial(PairingId::from_u128(1)).with_permanent(permanent);
        assert_eq!(decode(&encode(&settings).unwrap()), Ok(settings));
    }

    #[test]
    fn a_document_that_no_broker_would_keep_is_refused() {
        let tiles = vec![(TileIndex { x: 0, y: 0 }, vec![0; 100 * 1024])];
        let settings =
            Settings::initial(PairingId::from_u128(1)).with_permanent(PermanentLayer { n: 1, tiles });
        assert!(matches!(encode(&settings), Err(WireError::TooLarge { .. })));
    }
}
