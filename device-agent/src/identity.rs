//! Who the robot is: what pairing left in the agent's directory.

use std::path::{Path, PathBuf};

use domain::id::{PairingId, RobotId};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::private_file;

/// The private key, made on the robot; it never leaves it.
pub const KEY_FILE: &str = "key.pem";
const CERTIFICATE_FILE: &str = "certificate.pem";
const CA_FILE: &str = "ca.pem";
const CONFIG_FILE: &str = "identity.json";

/// What pairing tells the robot beside its certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// The robot's id; also its MQTT client id.
    pub robot: RobotId,
    /// The pairing under which it works.
    pub pairing: PairingId,
    /// The stage that the rules' names start with.
    pub stage: String,
    /// The broker's host name or address.
    pub host: String,
    /// The broker's port.
    pub port: u16,
}

/// Everything with which the robot connects.
#[derive(Clone)]
pub struct RobotIdentity {
    /// Who it is and where it connects.
    pub endpoint: Endpoint,
    /// The robot's certificate chain, PEM.
    pub certificate_pem: String,
    /// The robot's private key, PEM.
    pub key_pem: String,
    /// The authority that the broker's certificate comes from, PEM.
    pub ca_pem: String,
}

/// Why there is no identity.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// The robot was never paired, or was reset.
    #[error("{dir}: this robot is not paired; run `sweepline-agent pair` first")]
    NotPaired {
        /// The agent's directory.
        dir: PathBuf,
    },
    /// A file could not be read or written.
    #[error("identity file {path}: cannot be read or written")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: std::io::Error,
    },
    /// The configuration is not what pairing wrote.
    #[error("identity file {path}: is damaged; reset the robot and pair it again")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: serde_json::Error,
    },
}

impl RobotIdentity {
    /// Whether `dir` holds an identity.
    pub fn exists(dir: &Path) -> bool {
        dir.join(CONFIG_FILE).exists()
    }

    /// Reads the identity in `dir`.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub fn load(dir: &Path) -> Result<Self, IdentityError> {
        let path = dir.join(CONFIG_FILE);
        let config = private_file::read_if_there(&path);
        let config = config.map_err(|source| IdentityError::Io {
            path: path.clone(),
            source,
        })?;
        let config = config.ok_or_else(|| IdentityError::NotPaired { dir: dir.to_owned() })?;
        let endpoint =
            serde_json::from_slice(&config).map_err(|source| IdentityError::Damaged { path, source })?;
        let text = |file: &str| {
            let path = dir.join(file);
            std::fs::read_to_string(&path).map_err(|source| IdentityError::Io { path, source })
        };
        Ok(Self {
            endpoint,
            certificate_pem: text(CERTIFICATE_FILE)?,
            key_pem: text(KEY_FILE)?,
            ca_pem: text(CA_FILE)?,
        })
    }

    /// Removes the identity from `dir`; the configuration first, so that no half of it is taken for a whole.
    ///
    /// # Errors
    /// What the file system says.
    pub fn wipe(dir: &Path) -> std::io::Result<()> {
        private_file::remove(dir, &[CONFIG_FILE, KEY_FILE, CERTIFICATE_FILE, CA_FILE])
    }

    /// Writes the identity into `dir`, the configuration last, so that it is there whole or not at all.
    ///
    /// # Errors
    /// [`IdentityError::Io`].
    pub fn save(&self, dir: &Path) -> Result<(), IdentityError> {
        let failed = |path: PathBuf| move |source| IdentityError::Io { path, source };
        private_file::create_dir(dir).map_err(failed(dir.to_owned()))?;
        let config = serde_json::to_string(&self.endpoint).map_err(std::io::Error::other);
        let config = config.map_err(failed(dir.join(CONFIG_FILE)))?;
        let files = [
            (KEY_FILE, &self.key_pem),
            (CERTIFICATE_FILE, &self.certificate_pem),
            (CA_FILE, &self.ca_pem),
            (CONFIG_FILE, &config),
        ];
        files.into_iter().try_for_each(|(file, text)| {
            let path = dir.join(file);
            private_file::write_atomically(&path, text.as_bytes()).map_err(failed(path))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_reads_back_and_its_absence_says_what_to_do() {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("robot");
        let error = RobotIdentity::load(&dir).err().unwrap();
        assert!(error.to_string().contains("sweepline-agent pair"), "{error}");
        let endpoint = Endpoint {
            robot: RobotId::from_u128(1),
            pairing: PairingId::from_u128(2),
            stage: "local".into(),
            host: "127.0.0.1".into(),
            port: 8883,
        };
        let (certificate_pem, key_pem, ca_pem) = ("c".into(), "k".into(), "a".into());
        RobotIdentity {
            endpoint: endpoint.clone(),
            certificate_pem,
            key_pem,
            ca_pem,
        }
        .save(&dir)
        .unwrap();
        let read = RobotIdentity::load(&dir).unwrap();
        assert_eq!((read.endpoint, read.key_pem.as_str()), (endpoint, "k"));
    }
}
