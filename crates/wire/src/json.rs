//! JSON payloads with a version: checked in size, then in version, then in shape.

use domain::CorrelationId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::{MAX_PAYLOAD_BYTES, VERSION, WireError};

/// A payload with the version it has on the wire.
#[derive(Serialize)]
struct Versioned<'a, T> {
    v: u8,
    #[serde(flatten)]
    payload: &'a T,
}

#[derive(Deserialize)]
struct VersionOnly {
    v: Option<Value>,
}

/// The bytes of `payload`, with [`VERSION`] beside its fields.
pub fn encode<T: Serialize>(payload: &T) -> Vec<u8> {
    // Our payloads have string keys and no failing serializers, so this cannot fail; an empty payload is refused.
    serde_json::to_vec(&Versioned { v: VERSION, payload }).unwrap_or_default()
}

/// The payload in `bytes`. Fields that this version does not know are left out, so that a newer sender is understood.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, WireError> {
    if bytes.len() > MAX_PAYLOAD_BYTES {
        return Err(WireError::TooLarge { bytes: bytes.len() });
    }
    let version: VersionOnly = serde_json::from_slice(bytes).map_err(|error| malformed("payload", &error))?;
    match version.v.as_ref().map(Value::as_u64) {
        Some(Some(found)) if found == u64::from(VERSION) => {}
        Some(Some(found)) => return Err(WireError::UnknownVersion { found }),
        Some(None) => {
            return Err(WireError::Malformed {
                field: "v".into(),
                reason: "must be a whole number".into(),
            });
        }
        None => {
            return Err(WireError::Malformed {
                field: "v".into(),
                reason: "is missing".into(),
            });
        }
    }
    serde_json::from_slice(bytes).map_err(|error| malformed("payload", &error))
}

/// The id of the request that something belongs to. It is there for logs, so that one which is no id is left out rather
/// than a stop or a run lost for it.
pub(crate) fn correlation<'de, D>(deserializer: D) -> Result<Option<CorrelationId>, D::Error>
where
    D: Deserializer<'de>,
{
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.and_then(|text| text.try_into().ok()))
}

/// Names the field where serde tells it, in backquotes, and never repeats what was sent.
pub(crate) fn malformed(field: &str, error: &serde_json::Error) -> WireError {
    let text = error.to_string();
    let named = text
        .split('`')
        .nth(1)
        .filter(|name| name.len() <= 64 && text.contains("field"));
    WireError::Malformed {
        field: named.unwrap_or(field).to_owned(),
        reason: text.chars().take(200).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Sample {
        count: u32,
    }

    #[test]
    fn a_payload_goes_both_ways_and_ignores_what_is_new() {
        let bytes = encode(&Sample { count: 3 });
        assert_eq!(bytes, br#"{"v":1,"count":3}"#);
        assert_eq!(
            decode::<Sample>(br#"{"v":1,"count":3,"new":true}"#),
            Ok(Sample { count: 3 })
        );
    }

    #[test]
    fn the_refused_field_is_named() {
        assert_eq!(
            decode::<Sample>(br#"{"v":2,"count":3}"#),
            Err(WireError::UnknownVersion { found: 2 })
        );
        assert_eq!(decode::<Sample>(br#"{"v":1}"#).unwrap_err().field(), "count");
        assert_eq!(decode::<Sample>(br#"{"count":3}"#).unwrap_err().field(), "v");
        assert!(matches!(
            decode::<Sample>(&[b' '; MAX_PAYLOAD_BYTES + 1]),
            Err(WireError::TooLarge { .. })
        ));
    }
}
