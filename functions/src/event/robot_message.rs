//! What a robot published, as a topic rule hands it on: the payload in base64 beside who sent it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::id::RobotId;
use domain::{FieldError, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::shaped;

/// A message of a robot that the broker authenticated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RobotMessage {
    /// The robot: both the client that published and the robot of the topic.
    pub robot: RobotId,
    /// What it published.
    pub payload: Vec<u8>,
    /// The certificate that it is connected with, as the registry knows it; empty when the rule gave none.
    pub principal: String,
    /// Names this message in all logs; empty when the rule gave none.
    pub trace: String,
    /// When the broker took it.
    pub at: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    data: String,
    client_id: String,
    robot: String,
    #[serde(default)]
    principal: String,
    #[serde(default)]
    trace: String,
    ts: i64,
}

impl TryFrom<&Value> for RobotMessage {
    type Error = FieldError;

    fn try_from(event: &Value) -> Result<Self, FieldError> {
        let envelope: Envelope = shaped(event)?;
        let robot = envelope.client_id.parse::<RobotId>();
        let robot = robot.map_err(|error| FieldError::new("clientId", error.to_string()))?;
        if envelope.robot != envelope.client_id {
            return Err(FieldError::new("topic", "must be one of the client's own"));
        }
        let payload = STANDARD
            .decode(&envelope.data)
            .map_err(|_| FieldError::new("data", "must be base64"))?;
        Ok(Self {
            robot,
            payload,
            principal: envelope.principal,
            trace: envelope.trace,
            at: Timestamp::from_millis(envelope.ts),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ROBOT: &str = "robot_01ARZ3NDEKTSV4RRFFQ69G5FAV";

    fn refused(change: impl FnOnce(&mut Value)) -> String {
        let mut event = json!({"data": "AQI=", "clientId": ROBOT, "robot": ROBOT, "trace": "t", "ts": 5});
        assert_eq!(RobotMessage::try_from(&event).unwrap().payload, [1, 2]);
        change(&mut event);
        RobotMessage::try_from(&event).unwrap_err().to_string()
    }

    #[test]
    fn another_robots_topic_is_refused() {
        let other = "robot_01BX5ZZKBKACTAV9WEVGEMMVRZ";
        assert_eq!(
            refused(|event| event["robot"] = json!(other)),
            "topic: must be one of the client's own"
        );
        assert!(refused(|event| event["clientId"] = json!("app_x")).starts_with("clientId: not a robot id"));
    }

    #[test]
    fn what_the_rule_would_never_make_is_refused_by_field() {
        assert_eq!(
            refused(|event| event["data"] = json!("AQI")),
            "data: must be base64"
        );
        assert!(refused(|event| event["ts"] = json!(1.5)).starts_with("event:"));
        assert!(refused(|event| *event = json!(null)).starts_with("event:"));
        assert!(refused(|event| *event = json!({})).contains("`data`"));
    }
}
