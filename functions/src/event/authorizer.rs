//! What AWS IoT asks a custom authorizer, and what it wants to hear.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::FieldError;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::shaped;

/// Who wants to open an MQTT connection, with what.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizerRequest {
    /// The MQTT client id.
    pub client_id: String,
    /// The MQTT password.
    pub password: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    protocol_data: ProtocolData,
}

#[derive(Deserialize)]
struct ProtocolData {
    mqtt: Mqtt,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mqtt {
    client_id: String,
    #[serde(default)]
    password: String,
}

impl TryFrom<&Value> for AuthorizerRequest {
    type Error = FieldError;

    fn try_from(event: &Value) -> Result<Self, FieldError> {
        let Request {
            protocol_data: ProtocolData { mqtt },
        } = shaped(event)?;
        let password = STANDARD.decode(&mqtt.password);
        let password =
            password.map_err(|_| FieldError::new("protocolData.mqtt.password", "must be base64"))?;
        Ok(Self {
            client_id: mqtt.client_id,
            password,
        })
    }
}

/// Whether the connection may be opened, and what it may do.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizerResponse {
    /// Whether it may be opened.
    pub is_authenticated: bool,
    /// Letters and digits that stand for the client in logs.
    pub principal_id: String,
    /// After this many seconds the connection is cut, 300 to 86,400.
    pub disconnect_after_in_seconds: u32,
    /// After this many seconds the authorizer is asked again, 300 to 86,400.
    pub refresh_after_in_seconds: u32,
    /// What the connection may do; at most ten documents of 2,048 characters.
    pub policy_documents: Vec<Value>,
}
