//! The last plan of the whole home, kept for runs that begin without the cloud.

use std::path::{Path, PathBuf};

use domain::id::PairingId;
use domain::plan::CleaningPlan;
use domain::settings::Restriction;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use wire::{WireError, json, plan};

use crate::private_file;

/// A plan and what it was made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPlan {
    /// The pairing it came under.
    pub pairing: PairingId,
    /// The restrictions that it heeds.
    pub restrictions: Vec<Restriction>,
    /// The plan, in the home frame.
    pub plan: CleaningPlan,
}

#[derive(Serialize, Deserialize)]
struct KeptPlanV1 {
    pairing: PairingId,
    restrictions: Vec<Restriction>,
    plan: String,
}

/// Why the plan is not kept.
#[derive(Debug, Error)]
pub enum KeptPlanError {
    /// It does not fit its form.
    #[error(transparent)]
    Plan(#[from] WireError),
    /// The file system refused.
    #[error("plan {path}: cannot be read or written")]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
}

impl KeptPlan {
    /// Reads the plan; one that is damaged counts as none, since the next start from the cloud brings another.
    ///
    /// # Errors
    /// [`KeptPlanError::Io`].
    pub fn load(path: &Path) -> Result<Option<Self>, KeptPlanError> {
        let bytes = private_file::read_if_there(path).map_err(|source| KeptPlanError::Io {
            path: path.to_owned(),
            source,
        })?;
        Ok(bytes.and_then(|bytes| Self::decode(&bytes).ok()))
    }

    /// Writes the plan; afterwards it survives a power cut.
    ///
    /// # Errors
    /// [`KeptPlanError`]; the old plan is then still there.
    pub fn save(&self, path: &Path) -> Result<(), KeptPlanError> {
        let bytes = json::encode(&KeptPlanV1 {
            pairing: self.pairing,
            restrictions: self.restrictions.clone(),
            plan: plan::encode(&self.plan)?,
        });
        private_file::write_atomically(path, &bytes).map_err(|source| KeptPlanError::Io {
            path: path.to_owned(),
            source,
        })
    }

    fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let kept: KeptPlanV1 = json::decode(bytes)?;
        Ok(Self {
            pairing: kept.pairing,
            restrictions: kept.restrictions,
            plan: plan::decode(&kept.plan)?,
        })
    }
}
