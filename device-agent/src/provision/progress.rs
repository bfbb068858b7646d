//! How far provisioning is, on the disk: one file that is replaced as a whole at each stage, so that it goes on after a
//! kill between any two.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::ProvisionError;
use super::claim::{Claim, ClaimFile, Place};
use crate::credentials::{Credentials, new_key_with_request};
use crate::private_file;

/// Holds the robot's new key until it is paired.
pub const PROVISIONING_FILE: &str = "provisioning.json";

/// How far it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Progress {
    /// The claim's file, to be removed.
    pub(super) origin: PathBuf,
    pub(super) place: Place,
    key_pem: String,
    pub(super) stage: Stage,
}

/// What it waits for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub(super) enum Stage {
    /// For a certificate.
    Asked {
        claim: Claim,
        /// The signing request, PEM.
        csr: String,
    },
    /// For the registration of the robot with it.
    Issued {
        claim: Claim,
        /// PEM.
        certificate_pem: String,
        /// Shows that the certificate is the robot's.
        token: String,
    },
    /// For an owner; from now on there is no claim any more.
    Registered {
        /// PEM.
        certificate_pem: String,
    },
}

impl Progress {
    /// What was begun in `dir`, or the beginning with the claim in the file: another robot or another code than what
    /// was begun with begins anew.
    pub(super) fn open(claim: Option<&Path>, dir: &Path) -> Result<Self, ProvisionError> {
        let begun = Self::load(dir)?;
        let file = claim.map(ClaimFile::read).transpose()?.flatten();
        match (begun, file, claim) {
            (Some(begun), None, _) => Ok(begun),
            (Some(begun), Some(file), _) if begun.is_of(&file) => Ok(begun),
            (_, Some(file), Some(path)) => {
                let progress = Self::begin(file, path)?;
                progress.save(dir)?;
                Ok(progress)
            }
            (_, _, _) => Err(ProvisionError::NoClaim { dir: dir.to_owned() }),
        }
    }

    fn begin(ClaimFile { place, claim }: ClaimFile, path: &Path) -> Result<Self, ProvisionError> {
        let (key_pem, csr) = new_key_with_request()?;
        let origin = std::path::absolute(path).map_err(|source| ProvisionError::file(path, source))?;
        Ok(Self {
            origin,
            place,
            key_pem,
            stage: Stage::Asked { claim, csr },
        })
    }

    /// Whether it was begun with what the file holds.
    fn is_of(&self, file: &ClaimFile) -> bool {
        match &self.stage {
            Stage::Asked { claim, .. } | Stage::Issued { claim, .. } => *claim == file.claim,
            Stage::Registered { .. } => self.place == file.place,
        }
    }

    /// The robot's own key with `certificate_pem`.
    pub(super) fn own(&self, certificate_pem: &str) -> Credentials {
        Credentials {
            certificate_pem: certificate_pem.to_owned(),
            key_pem: self.key_pem.clone(),
        }
    }

    /// The same at another stage.
    pub(super) fn at(&self, stage: Stage) -> Self {
        Self {
            stage,
            ..self.clone()
        }
    }

    fn load(dir: &Path) -> Result<Option<Self>, ProvisionError> {
        let path = dir.join(PROVISIONING_FILE);
        // What cannot be understood counts as none, and the claim begins anew.
        private_file::read_json(&path).map_err(|source| ProvisionError::file(&path, source))
    }

    /// Writes it into `dir`; afterwards it survives a power cut.
    pub(super) fn save(&self, dir: &Path) -> Result<(), ProvisionError> {
        let path = dir.join(PROVISIONING_FILE);
        let written = private_file::create_dir(dir).and_then(|()| private_file::write_json(&path, self));
        written.map_err(|source| ProvisionError::file(&path, source))
    }
}
