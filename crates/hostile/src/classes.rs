//! The list of classes of bad input that every door is tried with.

use std::path::PathBuf;

use serde_json::Value;

/// The classes by kind, each named by what is wrong.
#[derive(Debug, Clone)]
pub struct Classes {
    /// Wrong packets of MQTT.
    pub packets: Vec<String>,
    /// Wrong JSON.
    pub json: Vec<String>,
    /// Wrong bytes of a binary form.
    pub binary: Vec<String>,
    /// Times that cannot be.
    pub time: Vec<String>,
}

impl Classes {
    /// The recorded list; `None`, and a line that says why, where it is not there.
    pub fn load() -> Option<Self> {
        let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
        let data = std::env::var_os("SWEEPLINE_DATA").map_or_else(default, PathBuf::from);
        let path = data.join("security/mqtt_payloads/classes.json");
        let Ok(text) = std::fs::read(&path) else {
            println!("skipped: {} is not there, set SWEEPLINE_DATA", path.display());
            return None;
        };
        let list: Value = serde_json::from_slice(&text).unwrap();
        let of = |kind: &str| {
            let names = list[kind].as_array().unwrap().iter();
            names.map(|name| name.as_str().unwrap().to_owned()).collect()
        };
        Some(Self {
            packets: of("mqtt_packet"),
            json: of("payload_json"),
            binary: of("payload_binary"),
            time: of("time"),
        })
    }
}
