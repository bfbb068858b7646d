//! The registry's answer as a deployed stack gave it.

use serde_json::Value;

const REGISTERED: &str = include_str!("../../crates/iot/tests/recordings/register.json");

/// A signing request that a registry takes.
pub const SIGNING_REQUEST: &str = include_str!("../../crates/iot/tests/recordings/robot.csr");

/// The answer to that request.
pub fn made() -> String {
    let recording: Value = serde_json::from_str(REGISTERED).unwrap();
    recording["exchanges"][1]["answer"]["body"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// The certificate in that answer.
pub fn pem() -> String {
    let made: Value = serde_json::from_str(&made()).unwrap();
    made["certificatePem"].as_str().unwrap().to_owned()
}
