//! From a message to the event that the rule's function is given.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::{Function, Item, Select, SqlError};
use crate::topic_filter::basic_ingest;

/// A message as the broker took it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleMessage<'a> {
    /// The topic, with or without the prefix of Basic Ingest.
    pub topic: &'a str,
    /// The client that published.
    pub client_id: &'a str,
    /// What it published.
    pub payload: &'a [u8],
    /// The certificate's id; none for what the broker itself says.
    pub principal: Option<&'a str>,
    /// Names this message in all logs.
    pub trace: &'a str,
    /// When it came, milliseconds since the Unix epoch.
    pub timestamp_ms: i64,
}

impl Select {
    /// The event that is made of `message`. What a function has no value for is left out, as AWS does.
    ///
    /// # Errors
    /// [`SqlError::NotAnObject`] when `*` is asked of a payload that is not a JSON object.
    pub fn evaluate(&self, message: &RuleMessage<'_>) -> Result<Value, SqlError> {
        let mut event = Map::new();
        for item in &self.items {
            match item {
                Item::Everything => event.extend(fields_of(message.payload)?),
                Item::Field { name, function } => {
                    event.extend(function.value(message).map(|value| (name.clone(), value)));
                }
            }
        }
        Ok(Value::Object(event))
    }
}

impl Function {
    fn value(self, message: &RuleMessage<'_>) -> Option<Value> {
        let topic = basic_ingest(message.topic).map_or(message.topic, |(_, topic)| topic);
        match self {
            Self::EncodePayload => Some(STANDARD.encode(message.payload).into()),
            Self::ClientId => Some(message.client_id.into()),
            Self::Topic => Some(topic.into()),
            Self::TopicLevel(level) => topic.split('/').nth(level.checked_sub(1)?).map(Value::from),
            Self::Principal => message.principal.map(Value::from),
            Self::TraceId => Some(message.trace.into()),
            Self::Timestamp => Some(message.timestamp_ms.into()),
        }
    }
}

fn fields_of(payload: &[u8]) -> Result<Map<String, Value>, SqlError> {
    match serde_json::from_slice(payload) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) | Err(_) => Err(SqlError::NotAnObject),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(sql: &str, topic: &str, payload: &[u8]) -> Result<Value, SqlError> {
        let select: Select = sql.parse().unwrap();
        let (client_id, trace) = ("robot_1", "t-1");
        select.evaluate(&RuleMessage {
            topic,
            client_id,
            payload,
            principal: None,
            trace,
            timestamp_ms: 5,
        })
    }

    #[test]
    fn the_prefix_of_basic_ingest_does_not_count() {
        let sql = "SELECT topic() AS topic, topic(2) AS robot, topic(9) AS none FROM 'r/+/tiles'";
        let expected = json!({"topic": "r/robot_1/tiles", "robot": "robot_1"});
        assert_eq!(
            event(sql, "$aws/rules/dev_map/r/robot_1/tiles", b"").unwrap(),
            expected
        );
        assert_eq!(event(sql, "r/robot_1/tiles", b"").unwrap(), expected);
    }

    #[test]
    fn what_has_no_value_is_left_out() {
        let sql = "SELECT principal() AS principal, timestamp() AS ts, traceid() AS trace FROM 'a'";
        assert_eq!(event(sql, "a", b"").unwrap(), json!({"ts": 5, "trace": "t-1"}));
    }

    #[test]
    fn everything_is_the_payload_with_fields_beside_it() {
        let sql = "SELECT *, clientid() AS clientId FROM 'a'";
        assert_eq!(
            event(sql, "a", br#"{"v":1}"#).unwrap(),
            json!({"v": 1, "clientId": "robot_1"})
        );
        for payload in [&b"\x01\x02"[..], b"", b"[1]", b"{"] {
            assert_eq!(event(sql, "a", payload), Err(SqlError::NotAnObject));
        }
    }

    #[test]
    fn any_payload_can_be_encoded() {
        let sql = "SELECT encode(*, 'base64') AS data FROM 'a'";
        assert_eq!(event(sql, "a", b"{\xFF").unwrap(), json!({"data": "e/8="}));
    }
}
