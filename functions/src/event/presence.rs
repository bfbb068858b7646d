//! The broker's lifecycle events.

use domain::id::RobotId;
use domain::presence::PresenceEvent;
use domain::{FieldError, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::shaped;

/// A robot came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RobotPresence {
    /// The robot.
    pub robot: RobotId,
    /// What happened.
    pub event: PresenceEvent,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lifecycle {
    client_id: String,
    timestamp: i64,
    event_type: EventType,
    session_identifier: String,
    version_number: u64,
    #[serde(default)]
    disconnect_reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum EventType {
    Connected,
    Disconnected,
}

impl RobotPresence {
    /// What an event says of a robot; `None` when it is about another kind of client, such as a phone.
    pub fn read(event: &Value) -> Result<Option<Self>, FieldError> {
        let lifecycle: Lifecycle = shaped(event)?;
        if !lifecycle.client_id.starts_with(RobotId::PREFIX) {
            return Ok(None);
        }
        let robot = lifecycle.client_id.parse::<RobotId>();
        let robot = robot.map_err(|error| FieldError::new("clientId", error.to_string()))?;
        Ok(Some(Self {
            robot,
            event: lifecycle.into(),
        }))
    }
}

impl From<Lifecycle> for PresenceEvent {
    fn from(lifecycle: Lifecycle) -> Self {
        let (session, version) = (lifecycle.session_identifier, lifecycle.version_number);
        let at = Timestamp::from_millis(lifecycle.timestamp);
        match lifecycle.event_type {
            EventType::Connected => Self::Connected { session, version, at },
            EventType::Disconnected => Self::Disconnected {
                session,
                version,
                at,
                reason: lifecycle.disconnect_reason,
            },
        }
    }
}
