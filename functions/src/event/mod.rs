//! Shims: from the provider's events to our types. Each takes the event's exact shape and lets fields that it does
//! not know pass.

mod authorizer;
mod presence;
mod provisioning;
mod robot_message;
mod stream;

pub use authorizer::{AuthorizerRequest, AuthorizerResponse};
pub use presence::RobotPresence;
pub use provisioning::{ProvisioningAnswer, ProvisioningRequest};
pub use robot_message::RobotMessage;
pub use stream::{begun_erasures, changed_robots, changed_runs, oldest_change};

use domain::FieldError;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The most characters of a reason that come from the parser.
const MAX_REASON: usize = 200;

/// The event as a struct of its shape.
fn shaped<T: DeserializeOwned>(event: &Value) -> Result<T, FieldError> {
    serde_json::from_value(event.clone()).map_err(|error| {
        let reason: String = error.to_string().chars().take(MAX_REASON).collect();
        FieldError::new("event", reason)
    })
}
