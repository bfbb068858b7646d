//! What AWS hands to functions.
#![no_main]

use functions::event::{AuthorizerRequest, ProvisioningRequest, RobotMessage, RobotPresence, changed_runs};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let Ok(event) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    let _ = RobotMessage::try_from(&event);
    let _ = RobotPresence::read(&event);
    let _ = AuthorizerRequest::try_from(&event);
    let _ = ProvisioningRequest::try_from(&event);
    let _ = changed_runs(&event);
});
