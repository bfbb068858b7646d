//! Robots and their pairing with a home.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::home::Name;
use crate::id::{FloorId, HomeId, PairingId, RobotId};

/// A robot of the fleet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Robot {
    /// Its id, thing name and MQTT client id.
    pub id: RobotId,
    /// The home it works in; absent after it was unpaired.
    pub pairing: Option<Pairing>,
    /// The certificate that it may connect with; absent once revoked.
    pub certificate: Option<Certificate>,
}

/// A robot's belonging to a home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pairing {
    /// Carried by commands, settings and run events, so that nothing of an earlier owner counts.
    pub id: PairingId,
    /// The home.
    pub home: HomeId,
    /// What the owner calls the robot.
    pub name: Name,
    /// The floor its last run was on; absent before its first sealed run.
    pub floor: Option<FloorId>,
    /// When it was claimed.
    pub paired_at: Timestamp,
}

/// What is kept of a certificate that was issued to a robot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// What the registry knows it by; another certificate has another.
    pub id: String,
    /// When it ends.
    pub not_after: Timestamp,
}

/// A certificate made from a robot's signing request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedCertificate {
    /// The certificate, PEM.
    pub pem: String,
    /// What is kept of it.
    pub certificate: Certificate,
}
