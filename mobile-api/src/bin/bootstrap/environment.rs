//! What the function's environment variables say.

use iot::CommandDelivery;
use mobile_api::{ApiConfig, MAX_CHANGES, Provisioning, SecurityContact};
use telemetry::{EnvironmentError, variable};

/// The authorities behind the server certificate of every `iot:Data-ATS` endpoint: Amazon Root CA 1 (RSA) and 3
/// (ECDSA), as Amazon Trust Services publishes them.
const AMAZON_ROOTS: &str = include_str!("amazon_roots.pem");

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

/// The template with which owners provision robots: `PROVISIONING_TEMPLATE`, empty for none.
pub fn provisioning_template() -> Option<String> {
    variable("PROVISIONING_TEMPLATE").ok()
}

/// Where robots and phones connect: `IOT_ENDPOINT`, `MQTT_PORT`, `MQTT_AUTHORITY`, `STAGE`, `LIVE_VIEW`,
/// `SECURITY_CONTACT`.
pub fn api_config() -> Result<ApiConfig, EnvironmentError> {
    let (endpoint, stage) = (variable("IOT_ENDPOINT")?, variable("STAGE")?);
    let host = endpoint
        .split_once(':')
        .map_or(endpoint.as_str(), |(host, _)| host);
    let live_url = format!("wss://{endpoint}/mqtt?x-amz-customauthorizer-name={stage}_live");
    Ok(ApiConfig {
        live_url: has_live_view()?.then_some(live_url),
        security_contact: security_contact()?,
        max_changes: MAX_CHANGES,
        provisioning: Provisioning {
            mqtt_host: host.to_owned(),
            mqtt_port: mqtt_port()?,
            stage,
            ca_pem: variable("MQTT_AUTHORITY").map_or(AMAZON_ROOTS.to_owned(), |body| certificate(&body)),
        },
    })
}

/// Empty for nobody.
fn security_contact() -> Result<Option<SecurityContact>, EnvironmentError> {
    let contact = variable("SECURITY_CONTACT").unwrap_or_default();
    let read = (!contact.is_empty()).then(|| contact.parse()).transpose();
    read.map_err(|_| EnvironmentError::Unusable {
        name: "SECURITY_CONTACT",
        expected: "a mailto: or https:// address",
    })
}

fn mqtt_port() -> Result<u16, EnvironmentError> {
    variable("MQTT_PORT")?
        .parse()
        .map_err(|_| EnvironmentError::Unusable {
            name: "MQTT_PORT",
            expected: "a port from 1 to 65535",
        })
}

/// A certificate as PEM from its base64 in one line (RFC 7468, which wants 64 characters a line).
fn certificate(base64: &str) -> String {
    let lines: Vec<_> = base64
        .as_bytes()
        .chunks(64)
        .map(String::from_utf8_lossy)
        .collect();
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    )
}
