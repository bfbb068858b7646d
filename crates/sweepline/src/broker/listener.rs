//! The two listeners, set up as AWS IoT Core behaves.

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::path::Path;
use std::time::Duration;

use rmqtt::net::{Builder, Listener};
use rmqtt::types::QoS;

use super::config::{BrokerConfig, BrokerError};
use super::limits;

/// Opens the listener for robots: mutual TLS with certificates of the client authority.
pub(super) fn robots(config: &BrokerConfig) -> Result<Listener, BrokerError> {
    // The library reads certificates from files only; the folder is private and gone after this function.
    let folder = tempfile::tempdir().map_err(BrokerError::Tls)?;
    let file = |name: &str, pem: &str| write(&folder.path().join(name), pem).map_err(BrokerError::Tls);
    let builder = common("robots", config.mqtt)
        .tls_cert(Some(file("cert.pem", &config.server_cert_pem)?))
        .tls_key(Some(file("key.pem", &config.server_key_pem)?))
        .tls_client_ca_certs(Some(file("client-ca.pem", &config.client_ca_pem)?))
        .tls_cross_certificate(true)
        .collect_cert_info(true);
    listen(builder)?
        .tls()
        .map_err(|error| BrokerError::Tls(into_io(error)))
}

/// Opens the listener for phones: websockets, told apart by their tokens.
pub(super) fn phones(config: &BrokerConfig) -> Result<Listener, BrokerError> {
    let address = config.ws;
    listen(common("phones", address))?
        .ws()
        .map_err(|error| BrokerError::Listen {
            address,
            source: into_io(error),
        })
}

fn listen(builder: Builder) -> Result<Listener, BrokerError> {
    let address = builder.laddr;
    builder.bind().map_err(|error| BrokerError::Listen {
        address,
        source: into_io(error),
    })
}

fn common(name: &str, address: SocketAddr) -> Builder {
    Builder::new()
        .name(name)
        .laddr(address)
        // A command is one small packet; with Nagle's algorithm it would wait for the acknowledgement before it.
        .nodelay(true)
        // Without it a restart finds the port taken for a minute.
        .reuseaddr(Some(true))
        .allow_anonymous(false)
        .max_packet_size(limits::MAX_PACKET_BYTES)
        .max_clientid_len(limits::MAX_CLIENT_ID_BYTES)
        .max_qos_allowed(QoS::AtLeastOnce)
        .max_subscriptions(limits::MAX_SUBSCRIPTIONS)
        .max_inflight(NonZeroU16::new(limits::MAX_IN_FLIGHT).unwrap_or(NonZeroU16::MIN))
        .session_expiry_interval(limits::SESSION_EXPIRY)
        .max_session_expiry_interval(limits::MAX_SESSION_EXPIRY)
        .message_expiry_interval(limits::SESSION_EXPIRY)
        // Both versions of MQTT resend on a new connection only.
        .message_retry_interval(Duration::ZERO)
}

fn write(path: &Path, pem: &str) -> io::Result<String> {
    std::fs::write(path, pem)?;
    path.to_str()
        .map(str::to_owned)
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))
}

/// The library reports an I/O error as any error; its kind is worth keeping.
pub(super) fn into_io(error: rmqtt::Error) -> io::Error {
    error.downcast::<io::Error>().unwrap_or_else(io::Error::other)
}
