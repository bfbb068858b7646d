//! Messages to robots, over the HTTP side of the broker.

use std::ops::RangeInclusive;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_iotdataplane::Client;
use aws_sdk_iotdataplane::config::retry::RetryConfig;
use aws_sdk_iotdataplane::config::timeout::TimeoutConfig;
use aws_sdk_iotdataplane::config::{Builder, Config};
use aws_sdk_iotdataplane::error::SdkError;
use aws_sdk_iotdataplane::operation::send_direct_message::SendDirectMessageError;
use aws_sdk_iotdataplane::primitives::Blob;
use domain::id::RobotId;
use domain::ports::{
    CommandLink, Connection, Connections, Delivery, DeviceError, RobotMailbox, RobotRequest,
};
use domain::receipt::Receipt;
use domain::settings::Settings;
use wire::topic::Downlink;

use crate::error::{device_error, payload_error, unless_missing};

/// The waits for a confirmation that the service takes, in seconds.
pub const CONFIRMATION_SECONDS: RangeInclusive<u64> = 1..=15;
/// How much longer than the robot's confirmation the service's answer may take.
pub const CONFIRMATION_MARGIN: Duration = Duration::from_secs(3);

/// How long the service may take to say whether a robot is connected; somebody waits, and presence can stand in.
pub const CONNECTION_TIMEOUT: Duration = Duration::from_secs(1);

const AT_MOST_ONCE: i32 = 0;
const AT_LEAST_ONCE: i32 = 1;

/// How commands are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandDelivery {
    /// With `SendDirectMessage`, which waits for the robot's confirmation and queues nothing.
    Direct,
    /// With `Publish` at QoS 0, which queues nothing either but never tells whether it arrived; for where the other
    /// is missing.
    Publish,
}

/// The messages of one account and region.
#[derive(Debug, Clone)]
pub struct DataPlane {
    client: Client,
    commands: CommandDelivery,
}

impl DataPlane {
    /// Messages over `client`.
    pub fn new(client: Client, commands: CommandDelivery) -> Self {
        Self { client, commands }
    }

    /// Cuts the connection of an MQTT client and forgets its session; one that is not connected is no error.
    pub async fn disconnect(&self, client_id: &str) -> Result<(), DeviceError> {
        let request = self
            .client
            .delete_connection()
            .client_id(client_id)
            .clean_session(true);
        unless_missing(request.send().await).map(|_| ())
    }

    /// Sends once: a command that was sent twice would be refused the second time, and that refusal would be shown.
    async fn send_direct(
        &self,
        robot: RobotId,
        payload: Vec<u8>,
        timeout: Duration,
    ) -> Result<Delivery, DeviceError> {
        let seconds = timeout
            .as_secs()
            .clamp(*CONFIRMATION_SECONDS.start(), *CONFIRMATION_SECONDS.end());
        let wait = Duration::from_secs(seconds) + CONFIRMATION_MARGIN;
        let sent = self
            .client
            .send_direct_message()
            .client_id(robot.to_string())
            .topic(Downlink::Commands(robot).to_string())
            .confirmation(true)
            .timeout(seconds as i32)
            .payload(Blob::new(payload))
            .customize()
            .config_override(once(wait))
            .send()
            .await;
        sent.map(|_| Delivery::Acknowledged).or_else(delivery)
    }

    async fn publish(
        &self,
        topic: Downlink,
        payload: Vec<u8>,
        qos: i32,
        retain: bool,
    ) -> Result<(), DeviceError> {
        let request = self
            .client
            .publish()
            .topic(topic.to_string())
            .qos(qos)
            .retain(retain);
        let sent = request.payload(Blob::new(payload)).send().await;
        sent.map(|_| ()).map_err(device_error)
    }
}

/// The settings of a request that is sent a single time and has this long.
fn once(wait: Duration) -> Builder {
    let timeouts = TimeoutConfig::builder()
        .operation_attempt_timeout(wait)
        .operation_timeout(wait);
    Config::builder()
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts.build())
}

/// What became of a message that was not confirmed.
///
/// Where the request may have reached the service, nobody knows whether the robot has the message.
fn delivery<R>(error: SdkError<SendDirectMessageError, R>) -> Result<Delivery, DeviceError>
where
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match &error {
        SdkError::ServiceError(answer) if answer.err().is_resource_not_found_exception() => {
            Ok(Delivery::Offline)
        }
        SdkError::ServiceError(answer) if answer.err().is_gateway_timeout_exception() => {
            Ok(Delivery::Unconfirmed)
        }
        SdkError::TimeoutError(_) | SdkError::ResponseError(_) => Ok(Delivery::Unconfirmed),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => Ok(Delivery::Unconfirmed),
        _ => Err(device_error(error)),
    }
}

#[async_trait]
impl CommandLink for DataPlane {
    async fn deliver(
        &self,
        robot: RobotId,
        request: &RobotRequest,
        timeout: Duration,
    ) -> Result<Delivery, DeviceError> {
        let payload = wire::command::RobotRequest::from(request).encode();
        match self.commands {
            CommandDelivery::Direct => self.send_direct(robot, payload, timeout).await,
            CommandDelivery::Publish => {
                self.publish(Downlink::Commands(robot), payload, AT_MOST_ONCE, false)
                    .await?;
                Ok(Delivery::Unconfirmed)
            }
        }
    }
}

#[async_trait]
impl Connections for DataPlane {
    /// Where direct messages are missing, so is this call.
    async fn connection(&self, robot: RobotId) -> Result<Connection, DeviceError> {
        if self.commands == CommandDelivery::Publish {
            return Ok(Connection::Untold);
        }
        let request = self.client.get_connection().client_id(robot.to_string());
        let asked = request
            .customize()
            .config_override(once(CONNECTION_TIMEOUT))
            .send()
            .await;
        let is_open = unless_missing(asked)?.is_some_and(|answer| answer.connected);
        Ok(if is_open {
            Connection::Open
        } else {
            Connection::Closed
        })
    }
}

#[async_trait]
impl RobotMailbox for DataPlane {
    async fn post_settings(&self, robot: RobotId, settings: &Settings) -> Result<(), DeviceError> {
        let payload = wire::settings::encode(settings).map_err(payload_error)?;
        self.publish(Downlink::Settings(robot), payload, AT_LEAST_ONCE, true)
            .await
    }

    async fn clear_settings(&self, robot: RobotId) -> Result<(), DeviceError> {
        // An empty retained message takes the retained one away (MQTT 3.1.1 section 3.3.1.3).
        self.publish(Downlink::Settings(robot), Vec::new(), AT_LEAST_ONCE, true)
            .await
    }

    async fn post_receipt(&self, robot: RobotId, receipt: &Receipt) -> Result<(), DeviceError> {
        // A robot repeats what it wants a receipt for, so that none needs an acknowledgement of its own.
        let payload = wire::receipt::encode(receipt);
        self.publish(Downlink::Receipts(robot), payload, AT_MOST_ONCE, false)
            .await
    }
}
