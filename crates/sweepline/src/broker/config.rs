//! What the broker is given: addresses, certificates, the device policy, and the two questions it asks its owner.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use policy::{Endpoint, PolicyDocument};
use thiserror::Error;

use super::limits::LimitError;
use super::traffic::Traffic;

/// Everything the broker needs to start.
pub struct BrokerConfig {
    /// Where robots connect over mutual TLS; port 0 takes a free one.
    pub mqtt: SocketAddr,
    /// Where phones connect over websockets without TLS, so a loopback address; port 0 takes a free one.
    pub ws: SocketAddr,
    /// The server's certificate chain, PEM.
    pub server_cert_pem: String,
    /// The server's private key, PEM.
    pub server_key_pem: String,
    /// The authority that robot certificates must come from, PEM.
    pub client_ca_pem: String,
    /// What a robot may do, as the template deploys it.
    pub device_policy: PolicyDocument,
    /// What a robot with a claim certificate may do; without one it cannot connect.
    pub claim_policy: Option<PolicyDocument>,
    /// Decides over clients without a certificate.
    pub authorizer: Arc<dyn Authorizer>,
    /// Knows which certificates are in force.
    pub registry: Arc<dyn CertificateRegistry>,
    /// Hears of what goes through.
    pub traffic: Arc<dyn Traffic>,
    /// The region and account that the policies name.
    pub endpoint: Endpoint,
}

/// Decides over websocket clients, as an IoT custom authorizer does.
#[async_trait]
pub trait Authorizer: Send + Sync {
    /// The policies under which the client may act, or none when it may not connect.
    ///
    /// An implementation MUST check the password, and MUST NOT keep or log it.
    async fn authorize(
        &self,
        client_id: &str,
        username: Option<&str>,
        password: &[u8],
    ) -> Option<Vec<PolicyDocument>>;
}

/// Whether a certificate may still be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateStatus {
    /// It was issued to this thing and is in force.
    Active,
    /// It was issued to this thing and has been withdrawn.
    Revoked,
    /// It was never issued to this thing.
    Unknown,
}

/// Knows the certificates of the fleet.
#[async_trait]
pub trait CertificateRegistry: Send + Sync {
    /// The status of the certificate with this serial number (lower-case hexadecimal, as
    /// [`IssuedCertificate`](crate::authority::IssuedCertificate) has it) as one of `thing_name`'s.
    ///
    /// An implementation that cannot tell MUST answer [`CertificateStatus::Unknown`], which refuses the client.
    async fn status(&self, thing_name: &str, serial: &str) -> CertificateStatus;
}

/// Why the broker could not start or could not send.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BrokerError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the operating system says.
        source: io::Error,
    },
    /// The certificates for TLS could not be used.
    #[error("server certificate, server key or client authority cannot be used for TLS")]
    Tls(#[source] io::Error),
    /// The message exceeds a limit of the broker.
    #[error("message to {topic:?} was not sent")]
    Message {
        /// Where it was to go.
        topic: String,
        /// The limit.
        source: LimitError,
    },
    /// The broker could not take the message.
    #[error("message to {topic:?} could not be stored or forwarded")]
    Forward {
        /// Where it was to go.
        topic: String,
        /// What the broker says.
        source: io::Error,
    },
}
