//! The robot's key with its certificate: whether they belong together, and when the certificate is to be renewed.

use std::fmt;

use domain::Timestamp;
use domain::robot::renewal_due;
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use thiserror::Error;
use wire::WireError;
use wire::certificate::Validity;

/// A private key with the certificate that was issued for it.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The certificate chain, PEM.
    pub certificate_pem: String,
    /// The private key, PEM.
    pub key_pem: String,
}

/// Why key and certificate are of no use.
#[derive(Debug, Error)]
pub enum CredentialsError {
    /// One of them is not in PEM form.
    #[error("key or certificate: is not in PEM form")]
    Pem(#[from] rustls::pki_types::pem::Error),
    /// They do not belong together.
    #[error("the certificate was not issued for the key")]
    Mismatch(#[from] rustls::Error),
    /// The certificate says nothing that can be read.
    #[error(transparent)]
    Dates(#[from] WireError),
}

/// A new private key and the request for a certificate of it, both PEM.
///
/// # Errors
/// What the key or the request fails with.
pub fn new_key_with_request() -> Result<(String, String), rcgen::Error> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let request = CertificateParams::new(Vec::new())?.serialize_request(&key)?;
    Ok((key.serialize_pem(), request.pem()?))
}

impl Credentials {
    /// Checks that the certificate was issued for the key.
    ///
    /// # Errors
    /// [`CredentialsError`].
    pub fn check(&self) -> Result<(), CredentialsError> {
        let chain = vec![CertificateDer::from_pem_slice(self.certificate_pem.as_bytes())?];
        let key = PrivateKeyDer::from_pem_slice(self.key_pem.as_bytes())?;
        CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())?.keys_match()?;
        Ok(())
    }

    /// When the certificate is to be renewed.
    ///
    /// # Errors
    /// [`CredentialsError`].
    pub fn renewal_due(&self) -> Result<Timestamp, CredentialsError> {
        let Validity {
            not_before,
            not_after,
        } = Validity::of(&self.certificate_pem)?;
        Ok(renewal_due(not_before, not_after))
    }
}

impl fmt::Debug for Credentials {
    /// The key stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}
