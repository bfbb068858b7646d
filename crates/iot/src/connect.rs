//! Making the clients: where the service is, and how long to wait for it.

use std::time::Duration;

use aws_environment::SdkConfig;
use aws_sdk_iotdataplane::config::timeout::TimeoutConfig;

use crate::data_plane::{CommandDelivery, DataPlane};

/// How long opening a connection may take.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// How long one attempt of a request may take, except for a message that waits for its confirmation.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(3);
/// How often a request is tried that may be repeated.
const ATTEMPTS: u32 = 3;

/// Where AWS IoT is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectConfig {
    /// The host of the account's `iot:Data-ATS` endpoint; absent for the region's own.
    pub data_host: Option<String>,
    /// How commands are sent.
    pub commands: CommandDelivery,
}

/// The messages to robots; reads the environment, but sends nothing yet.
pub fn data_plane(config: &ConnectConfig) -> DataPlane {
    over(&environment(), config)
}

/// The registry of an installation whose robots have the IoT policy `policy`, with the messages to them.
#[cfg(feature = "registry")]
pub fn registry(config: &ConnectConfig, policy: String) -> crate::Registry {
    let shared = environment();
    crate::Registry::new(aws_sdk_iot::Client::new(&shared), over(&shared, config), policy)
}

fn environment() -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(REQUEST_TIMEOUT);
    aws_environment::sdk_config(timeouts.build(), ATTEMPTS)
}

fn over(shared: &SdkConfig, config: &ConnectConfig) -> DataPlane {
    let mut builder = aws_sdk_iotdataplane::config::Builder::from(shared);
    if let Some(host) = &config.data_host {
        builder = builder.endpoint_url(format!("https://{host}"));
    }
    let client = aws_sdk_iotdataplane::Client::from_conf(builder.build());
    DataPlane::new(client, config.commands)
}
