//! What the function's environment variables say.

use std::env;

use iot::CommandDelivery;
use mobile_api::{ApiConfig, Provisioning};
use thiserror::Error;

/// The port of AWS IoT for client certificates.
const MQTT_PORT: u16 = 8883;
/// The authorities behind the server certificate of every `iot:Data-ATS` endpoint: Amazon Root CA 1 (RSA) and 3
/// (ECDSA), as Amazon Trust Services publishes them.
const AMAZON_ROOTS: &str = include_str!("amazon_roots.pem");

/// Why the function cannot start.
#[derive(Debug, Error)]
pub enum EnvironmentError {
    /// A variable is not set, or empty.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// A variable has a value that it cannot have.
    #[error("the environment variable {name} must be {expected}")]
    Unusable {
        /// The variable.
        name: &'static str,
        /// What it may be.
        expected: &'static str,
    },
}

/// The value of a variable; an empty one counts as missing.
pub fn variable(name: &'static str) -> Result<String, EnvironmentError> {
    let value = env::var(name).ok().filter(|value| !value.is_empty());
    value.ok_or(EnvironmentError::Missing(name))
}

fn has_live_view() -> Result<bool, EnvironmentError> {
    let (name, expected) = ("LIVE_VIEW", "true or false");
    let unusable = |_| EnvironmentError::Unusable { name, expected };
    variable("LIVE_VIEW")?.parse().map_err(unusable)
}

/// Where AWS IoT is and how commands are sent: `IOT_ENDPOINT`, `COMMAND_DELIVERY`.
pub fn iot_config() -> Result<iot::ConnectConfig, EnvironmentError> {
    let commands = match variable("COMMAND_DELIVERY")?.as_str() {
        "direct" => CommandDelivery::Direct,
        "publish" => CommandDelivery::Publish,
        _ => {
            return Err(EnvironmentError::Unusable {
                name: "COMMAND_DELIVERY",
                expected: "direct or publish",
            });
        }
    };
    Ok(iot::ConnectConfig {
        data_host: Some(variable("IOT_ENDPOINT")?),
        commands,
    })
}

/// Where robots and phones connect: `IOT_ENDPOINT`, `STAGE`, `LIVE_VIEW`.
pub fn api_config() -> Result<ApiConfig, EnvironmentError> {
    let (host, stage) = (variable("IOT_ENDPOINT")?, variable("STAGE")?);
    let live_url = format!("wss://{host}/mqtt?x-amz-customauthorizer-name={stage}_live");
    Ok(ApiConfig {
        live_url: has_live_view()?.then_some(live_url),
        provisioning: Provisioning {
            mqtt_host: host,
            mqtt_port: MQTT_PORT,
            stage,
            ca_pem: AMAZON_ROOTS.to_owned(),
        },
    })
}
