//! Presence: who came and who went, in the shape of AWS IoT lifecycle events.

use std::net::IpAddr;

use rmqtt::net::MqttError;
use rmqtt::types::{Disconnect, Reason};
use serde::{Deserialize, Serialize};

/// A client connected or disconnected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PresenceEvent {
    /// The MQTT client id.
    pub client_id: String,
    /// When it happened, milliseconds since the Unix epoch.
    pub timestamp: i64,
    /// What happened.
    #[serde(flatten)]
    pub change: PresenceChange,
    /// Names the connection: the same in its two events, different in every other one's.
    pub session_identifier: String,
    /// The serial number of the certificate, or the client id of a client without one.
    pub principal_identifier: String,
    /// Counts the connections of this client id from 0.
    pub version_number: u64,
}

/// What happened to the connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "eventType", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum PresenceChange {
    /// It was opened.
    Connected {
        /// Where the client is.
        ip_address: IpAddr,
    },
    /// It was closed.
    Disconnected {
        /// Whether the client took its leave with a DISCONNECT.
        client_initiated_disconnect: bool,
        /// Why.
        disconnect_reason: DisconnectReason,
    },
}

/// Why a connection was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DisconnectReason {
    /// The owner of the broker cut it.
    ApiInitiatedDisconnect,
    /// The client did what its policies do not allow.
    AuthError,
    /// The client broke the protocol or a limit.
    ClientError,
    /// The client sent a DISCONNECT.
    ClientInitiatedDisconnect,
    /// The network failed, or the client went without a word.
    ConnectionLost,
    /// Another connection came with the same client id.
    DuplicateClientid,
    /// Nothing was heard for one and a half times the keep-alive.
    MqttKeepAliveTimeout,
    /// The broker failed.
    ServerError,
    /// The broker stopped.
    ServerInitiatedDisconnect,
}

/// What the broker notes on a session before it closes it to stop.
pub(super) fn stopping() -> Reason {
    Reason::ConnectDisconnect(Some(Disconnect::Other("broker stops".into())))
}

impl DisconnectReason {
    /// The first cause counts: a client that says goodbye is then also seen to close its socket.
    pub(super) fn from_broker(reason: &Reason) -> Self {
        match reason {
            Reason::Reasons(all) => all.first().map_or(Self::ConnectionLost, Self::from_broker),
            Reason::ConnectDisconnect(Some(Disconnect::Other(_))) => Self::ServerInitiatedDisconnect,
            Reason::ConnectDisconnect(_) => Self::ClientInitiatedDisconnect,
            Reason::ConnectKeepaliveTimeout => Self::MqttKeepAliveTimeout,
            Reason::ConnectKicked(by_owner) if *by_owner => Self::ApiInitiatedDisconnect,
            Reason::ConnectKicked(_) => Self::DuplicateClientid,
            Reason::MqttError(error) => Self::from_protocol(error),
            Reason::ConnectRemoteClose
            | Reason::ConnectReadWriteError
            | Reason::ConnectReadWriteTimeout
            | Reason::Error(_) => Self::ConnectionLost,
            Reason::ProtocolError(_)
            | Reason::SubscribeFailed(_)
            | Reason::UnsubscribeFailed(_)
            | Reason::SubscribeRefused
            | Reason::PublishResult(_)
            | Reason::InflightWindowFull => Self::ClientError,
            Reason::HandshakeRateExceeded
            | Reason::SessionExpiration
            | Reason::DelayedPublishRefused
            | Reason::MessageExpiration
            | Reason::MessageQueueFull
            | Reason::Unknown => Self::ServerError,
        }
    }

    fn from_protocol(error: &MqttError) -> Self {
        use rmqtt::codec::v5::PublishAckReason;
        match error {
            MqttError::PublishAckReason(PublishAckReason::NotAuthorized, _) => Self::AuthError,
            MqttError::PublishAckReason(PublishAckReason::ImplementationSpecificError, _) => {
                Self::ServerError
            }
            MqttError::ReadTimeout
            | MqttError::WriteTimeout
            | MqttError::FlushTimeout
            | MqttError::CloseTimeout
            | MqttError::SendPacket(_) => Self::ConnectionLost,
            MqttError::ServiceUnavailable => Self::ServerError,
            _ => Self::ClientError,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;

    fn round_trip(text: &str) -> PresenceEvent {
        let event: PresenceEvent = serde_json::from_str(text).unwrap();
        let written = serde_json::to_value(&event).unwrap();
        assert_eq!(written, serde_json::from_str::<serde_json::Value>(text).unwrap());
        event
    }

    #[test]
    fn events_have_the_fields_of_lifecycle_events() {
        let connected = round_trip(
            r#"{"clientId":"robot_a","timestamp":1700000000000,"eventType":"connected",
                "sessionIdentifier":"00ff","principalIdentifier":"12ab","ipAddress":"192.0.2.1",
                "versionNumber":0}"#,
        );
        assert_eq!(
            connected.change,
            PresenceChange::Connected {
                ip_address: IpAddr::from([192, 0, 2, 1])
            }
        );
        let disconnected = round_trip(
            r#"{"clientId":"robot_a","timestamp":1700000000001,"eventType":"disconnected",
                "sessionIdentifier":"00ff","principalIdentifier":"12ab","clientInitiatedDisconnect":false,
                "disconnectReason":"DUPLICATE_CLIENTID","versionNumber":0}"#,
        );
        assert_eq!(
            disconnected.change,
            PresenceChange::Disconnected {
                client_initiated_disconnect: false,
                disconnect_reason: DisconnectReason::DuplicateClientid
            }
        );
    }

    #[test]
    fn recorded_lifecycle_events_are_read_and_written_alike() {
        let data = std::env::var_os("SWEEPLINE_DATA").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
            PathBuf::from,
        );
        for name in ["iot_presence_connected.json", "iot_presence_disconnected.json"] {
            let path = data.join("aws-events").join(name);
            match std::fs::read_to_string(&path) {
                Ok(text) => drop(round_trip(&text)),
                Err(error) => println!("skipped: {} is not there ({error})", path.display()),
            }
        }
    }

    #[test]
    fn the_first_cause_of_a_disconnect_counts() {
        let goodbye = Reason::Reasons(vec![
            Reason::ConnectDisconnect(Some(Disconnect::V3)),
            Reason::ConnectRemoteClose,
        ]);
        assert_eq!(
            DisconnectReason::from_broker(&goodbye),
            DisconnectReason::ClientInitiatedDisconnect
        );
        let stop = Reason::Reasons(vec![stopping(), Reason::ConnectKicked(true)]);
        assert_eq!(
            DisconnectReason::from_broker(&stop),
            DisconnectReason::ServerInitiatedDisconnect
        );
    }
}
