//! Who the robot is: what pairing left in the agent's directory.

use std::path::{Path, PathBuf};

use domain::id::{PairingId, RobotId};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::credentials::Credentials;
use crate::private_file;
use crate::renewal::{RENEWAL_FILE, Renewal, RenewalError, Stage};
use crate::storage::DiskStorage;

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
    /// The robot's key with its certificate.
    pub credentials: Credentials,
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
    /// The renewal of the certificate could not be read.
    #[error(transparent)]
    Renewal(#[from] RenewalError),
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

    /// Reads the identity in `dir`, with the newest credentials that have made a connection.
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
        let renewed = Renewal::load(dir)?.filter(|renewal| matches!(renewal.stage(), Stage::Proven { .. }));
        let credentials = match renewed.and_then(|renewal| renewal.credentials()) {
            Some(proven) => proven,
            None => Credentials {
                certificate_pem: text(CERTIFICATE_FILE)?,
                key_pem: text(KEY_FILE)?,
            },
        };
        Ok(Self {
            endpoint,
            credentials,
            ca_pem: text(CA_FILE)?,
        })
    }

    /// Removes the identity from `dir`; the configuration first, so that no half of it is taken for a whole.
    ///
    /// # Errors
    /// What the file system says.
    pub fn wipe(dir: &Path) -> std::io::Result<()> {
        private_file::remove(
            dir,
            &[CONFIG_FILE, RENEWAL_FILE, KEY_FILE, CERTIFICATE_FILE, CA_FILE],
        )
    }

    /// Puts renewed credentials in the place of the old ones, and ends the renewal: until its file is gone it says
    /// which ones count.
    ///
    /// # Errors
    /// [`IdentityError`]; done again, it ends what was begun.
    pub fn replace_credentials(dir: &Path, renewed: &Credentials) -> Result<(), IdentityError> {
        let files = [
            (KEY_FILE, &renewed.key_pem),
            (CERTIFICATE_FILE, &renewed.certificate_pem),
        ];
        write(dir, &files)?;
        Ok(Renewal::forget(dir)?)
    }

    /// Writes the identity of a new pairing into `dir`: what an earlier owner's runs left must never reach the new home.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub fn begin(&self, dir: &Path) -> Result<(), IdentityError> {
        DiskStorage::wipe(dir).map_err(|source| IdentityError::Io {
            path: dir.to_owned(),
            source,
        })?;
        Renewal::forget(dir)?;
        self.save(dir)
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
            (KEY_FILE, &self.credentials.key_pem),
            (CERTIFICATE_FILE, &self.credentials.certificate_pem),
            (CA_FILE, &self.ca_pem),
            (CONFIG_FILE, &config),
        ];
        write(dir, &files)
    }
}

/// Writes files one after the other, each whole or not at all.
fn write(dir: &Path, files: &[(&str, &String)]) -> Result<(), IdentityError> {
    files.iter().try_for_each(|(file, text)| {
        let path = dir.join(file);
        private_file::write_atomically(&path, text.as_bytes())
            .map_err(|source| IdentityError::Io { path, source })
    })
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
        let identity = RobotIdentity {
            endpoint: endpoint.clone(),
            credentials: credentials("old"),
            ca_pem: "a".into(),
        };
        identity.save(&dir).unwrap();
        let read = RobotIdentity::load(&dir).unwrap();
        assert_eq!((read.endpoint, read.credentials), (endpoint, credentials("old")));
        renewed_across_kills(&dir);
    }

    fn credentials(of: &str) -> Credentials {
        Credentials {
            certificate_pem: format!("certificate {of}"),
            key_pem: format!("key {of}"),
        }
    }

    /// After each write, in order, what a start would connect with is one whole pair, and the old one until the new
    /// one has made a connection.
    fn renewed_across_kills(dir: &Path) {
        let in_use = || RobotIdentity::load(dir).unwrap().credentials;
        let begun = Renewal::begin().unwrap();
        begun.save(dir).unwrap();
        assert_eq!(in_use(), credentials("old"));
        begun.issued("certificate new".into()).save(dir).unwrap();
        assert_eq!(in_use(), credentials("old"));
        begun.proven(&credentials("new")).save(dir).unwrap();
        assert_eq!(in_use(), credentials("new"));
        for (file, text) in [(KEY_FILE, "key new"), (CERTIFICATE_FILE, "certificate new")] {
            private_file::write_atomically(&dir.join(file), text.as_bytes()).unwrap();
            assert_eq!(in_use(), credentials("new"));
        }
        RobotIdentity::replace_credentials(dir, &credentials("new")).unwrap();
        assert_eq!(in_use(), credentials("new"));
        assert!(!dir.join(RENEWAL_FILE).exists());
    }
}
