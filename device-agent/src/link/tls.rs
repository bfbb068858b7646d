//! Mutual TLS with the robot's own certificate, on a clock that is never before what is known to have passed.

use std::sync::Arc;
use std::time::Duration;

use domain::Timestamp;
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::aws_lc_rs::cipher_suite::{
    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS13_AES_128_GCM_SHA256,
    TLS13_AES_256_GCM_SHA384, TLS13_CHACHA20_POLY1305_SHA256,
};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, RootCertStore, SupportedCipherSuite};
use thiserror::Error;

use crate::credentials::Credentials;

/// What is offered to the broker: all that the library has and AWS IoT supports.
const CIPHER_SUITES: [SupportedCipherSuite; 7] = [
    TLS13_AES_128_GCM_SHA256,
    TLS13_AES_256_GCM_SHA384,
    TLS13_CHACHA20_POLY1305_SHA256,
    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
];

/// Why there can be no TLS.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A PEM text holds no certificate or key.
    #[error("{what}: is not in PEM form")]
    Pem {
        /// Which one.
        what: &'static str,
        /// What is wrong.
        source: rustls::pki_types::pem::Error,
    },
    /// The broker's authority cannot be used.
    #[error("the broker's authority cannot be used")]
    Authority(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Certificate and key do not fit.
    #[error("the robot's certificate and key cannot be used")]
    Identity(#[source] rustls::Error),
}

/// The system's clock, or `not_before` while that is later: a robot without a battery clock wakes up in the past.
#[derive(Debug)]
struct SoberClock {
    not_before: UnixTime,
}

impl TimeProvider for SoberClock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::now().max(self.not_before))
    }
}

/// The TLS settings of a robot's connection; only the authority in `ca_pem` is trusted.
pub fn client_config(
    ca_pem: &str,
    credentials: &Credentials,
    not_before: Timestamp,
) -> Result<ClientConfig, TlsError> {
    let roots = Arc::new(authority(ca_pem)?);
    let chain = certificates("certificate", &credentials.certificate_pem)?;
    let key = PrivateKeyDer::from_pem_slice(credentials.key_pem.as_bytes())
        .map_err(|source| TlsError::Pem { what: "key", source })?;
    let provider = Arc::new(CryptoProvider {
        cipher_suites: CIPHER_SUITES.to_vec(),
        ..aws_lc_rs::default_provider()
    });
    let seconds = u64::try_from(not_before.seconds()).unwrap_or(0);
    let clock = SoberClock {
        not_before: UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
    };
    let verifier = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider))
        .build()
        .map_err(|error| TlsError::Authority(Box::new(error)))?;
    ClientConfig::builder_with_details(provider, Arc::new(clock))
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Identity)?
        .with_webpki_verifier(verifier)
        .with_client_auth_cert(chain, key)
        .map_err(TlsError::Identity)
}

fn authority(pem: &str) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates("authority", pem)? {
        roots
            .add(certificate)
            .map_err(|error| TlsError::Authority(Box::new(error)))?;
    }
    Ok(roots)
}

fn certificates(what: &'static str, pem: &str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match certificates {
        Ok(certificates) if certificates.is_empty() => Err(TlsError::Pem {
            what,
            source: rustls::pki_types::pem::Error::NoItemsFound,
        }),
        other => other.map_err(|source| TlsError::Pem { what, source }),
    }
}
