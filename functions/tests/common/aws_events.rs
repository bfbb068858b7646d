//! Events as AWS recorded them, for the tests of each crate that reads some.

use std::path::PathBuf;

use serde_json::Value;

/// A recorded event, if it is on this machine.
pub fn recorded(name: &str) -> Option<Value> {
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let folder = std::env::var_os("SWEEPLINE_DATA").map_or_else(default, PathBuf::from);
    let path = folder.join("aws-events").join(name);
    let Ok(text) = std::fs::read(&path) else {
        println!("skipped: {} is not there, set SWEEPLINE_DATA", path.display());
        return None;
    };
    Some(serde_json::from_slice(&text).unwrap())
}
