//! The file with which a robot is provisioned: from its maker, or from its owner's phone.

use std::path::Path;

use domain::id::RobotId;
use domain::label::LabelCode;
use serde::{Deserialize, Serialize};

use super::ProvisionError;
use crate::credentials::Credentials;

/// Where the robot belongs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// The id that the robot has.
    pub(super) robot: RobotId,
    /// What the names of the installation's rules start with.
    pub(super) stage: String,
    /// The authority that the broker's certificate comes from, PEM.
    pub(super) ca: String,
    /// The broker.
    pub(super) mqtt: Broker,
}

/// Where the broker is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Broker {
    pub(super) host: String,
    pub(super) port: u16,
}

/// What a robot shows to get a certificate of its own; forgotten once it has it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claim {
    /// The code that is printed on the robot.
    pub(super) code: LabelCode,
    /// The provisioning template.
    pub(super) template: String,
    /// The claim certificate, PEM.
    certificate: String,
    /// Its private key, PEM.
    key: String,
}

impl Claim {
    pub(super) fn credentials(&self) -> Credentials {
        Credentials {
            certificate_pem: self.certificate.clone(),
            key_pem: self.key.clone(),
        }
    }
}

/// The whole file: JSON, as the API answers it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ClaimFile {
    #[serde(flatten)]
    pub(super) place: Place,
    #[serde(flatten)]
    pub(super) claim: Claim,
}

impl ClaimFile {
    /// The file at `path`, if there is one.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, ProvisionError> {
        let read = crate::private_file::read_if_there(path);
        let bytes = read.map_err(|source| ProvisionError::file(path, source))?;
        let parse = |bytes: Vec<u8>| {
            serde_json::from_slice(&bytes).map_err(|source| ProvisionError::Claim {
                path: path.to_owned(),
                source,
            })
        };
        bytes.map(parse).transpose()
    }
}
