//! The renewal of the robot's certificate on the disk: one file that is replaced as a whole at each stage, so that a
//! kill between any two writes leaves credentials that open the door.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::credentials::{Credentials, new_key_with_request};
use crate::private_file;

/// Holds the new key until it has taken the place of the old one.
pub const RENEWAL_FILE: &str = "renewal.json";

/// How far a renewal is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewal {
    key_pem: String,
    stage: Stage,
}

/// What a renewal waits for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// For the certificate; the request is kept, since the same one gets the same certificate.
    Asked {
        /// The signing request, PEM.
        csr: String,
    },
    /// For a connection with the certificate; until then the old one is in use.
    Issued {
        /// The certificate chain, PEM.
        certificate_pem: String,
    },
    /// For the cloud to hear of that connection; from now on the new one is in use.
    Proven {
        /// The certificate chain, PEM.
        certificate_pem: String,
    },
}

/// Why a renewal cannot go on.
#[derive(Debug, Error)]
pub enum RenewalError {
    /// No key or signing request could be made.
    #[error("key: cannot be made")]
    Key(#[from] rcgen::Error),
    /// A file could not be read or written.
    #[error("{path}: cannot be read or written")]
    File {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: std::io::Error,
    },
}

impl Renewal {
    /// A renewal with a key of its own.
    ///
    /// # Errors
    /// [`RenewalError::Key`].
    pub fn begin() -> Result<Self, RenewalError> {
        let (key_pem, csr) = new_key_with_request()?;
        let stage = Stage::Asked { csr };
        Ok(Self { key_pem, stage })
    }

    /// What it waits for.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// The same with the certificate that came.
    pub fn issued(&self, certificate_pem: String) -> Self {
        Self {
            stage: Stage::Issued { certificate_pem },
            ..self.clone()
        }
    }

    /// The same once a connection was made with these credentials.
    pub fn proven(&self, credentials: &Credentials) -> Self {
        Self {
            key_pem: credentials.key_pem.clone(),
            stage: Stage::Proven {
                certificate_pem: credentials.certificate_pem.clone(),
            },
        }
    }

    /// The new key with its certificate, once there is one.
    pub fn credentials(&self) -> Option<Credentials> {
        match &self.stage {
            Stage::Asked { .. } => None,
            Stage::Issued { certificate_pem } | Stage::Proven { certificate_pem } => Some(Credentials {
                certificate_pem: certificate_pem.clone(),
                key_pem: self.key_pem.clone(),
            }),
        }
    }

    /// The renewal in the agent's directory; one that cannot be read counts as none, and another begins.
    ///
    /// # Errors
    /// [`RenewalError::File`].
    pub fn load(dir: &Path) -> Result<Option<Self>, RenewalError> {
        let path = dir.join(RENEWAL_FILE);
        private_file::read_json(&path).map_err(|source| RenewalError::File { path, source })
    }

    /// Writes it into the agent's directory; afterwards it survives a power cut.
    ///
    /// # Errors
    /// [`RenewalError::File`]; the stage before is then still there.
    pub fn save(&self, dir: &Path) -> Result<(), RenewalError> {
        let path = dir.join(RENEWAL_FILE);
        private_file::write_json(&path, self).map_err(|source| RenewalError::File { path, source })
    }

    /// Removes it from the agent's directory.
    ///
    /// # Errors
    /// [`RenewalError::File`].
    pub fn forget(dir: &Path) -> Result<(), RenewalError> {
        let path = dir.join(RENEWAL_FILE);
        private_file::remove(dir, &[RENEWAL_FILE]).map_err(|source| RenewalError::File { path, source })
    }
}
