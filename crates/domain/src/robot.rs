//! Robots and their pairing with a home.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::home::Name;
use crate::id::{FloorId, HomeId, PairingId, RobotId};
use crate::quarantine::Quarantine;

/// A certificate is renewed once no more than this is left of it, since a robot may be away for a season.
pub const RENEW_WITHIN: Duration = Duration::from_secs(180 * 24 * 60 * 60);
/// A certificate that lasts less than that three times over is renewed when this part of its life is left.
pub const RENEW_AT_LAST_PART: u32 = 3;
/// A robot gets no second certificate for another key within this time, however often it asks.
pub const RENEWAL_PAUSE: Duration = Duration::from_secs(60 * 60);

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
    /// What takes its place once the robot has connected with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<Successor>,
    /// Why it opens nothing for now; the robot's next pairing has another certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quarantine: Option<Quarantine>,
}

/// A certificate that the robot has not connected with yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Successor {
    /// What the registry knows it by.
    pub id: String,
    /// When it ends.
    pub not_after: Timestamp,
    /// The certificate, PEM: a robot that did not hear the answer gets the same one again.
    pub pem: String,
    /// SHA-256, hex, of the signing request that it was made from.
    pub request: String,
    /// When it was made.
    pub issued_at: Timestamp,
}

impl Robot {
    /// Why nothing of the robot is taken, if it is in quarantine.
    pub fn quarantine(&self) -> Option<Quarantine> {
        self.certificate.as_ref()?.quarantine
    }
}

impl Certificate {
    /// Whether so little is left that the robot may have another one.
    pub fn may_be_renewed(&self, now: Timestamp) -> bool {
        self.not_after.since(now) <= RENEW_WITHIN
    }

    /// Whether a robot may connect with the certificate that the registry knows by `id`.
    pub fn admits(&self, id: &str) -> bool {
        let is_the_robots = self.id == id || self.successor.as_ref().is_some_and(|next| next.id == id);
        is_the_robots && self.quarantine.is_none()
    }
}

/// When a certificate that is valid between these times is to be renewed.
pub fn renewal_due(not_before: Timestamp, not_after: Timestamp) -> Timestamp {
    let life = not_after.since(not_before);
    let left = RENEW_WITHIN.min(life / RENEW_AT_LAST_PART);
    not_before.plus(life - left)
}

/// A certificate made from a robot's signing request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedCertificate {
    /// The certificate, PEM.
    pub pem: String,
    /// What is kept of it.
    pub certificate: Certificate,
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    #[test]
    fn a_long_certificate_is_renewed_in_time_and_a_short_one_not_at_once() {
        let start = Timestamp::from_millis(1_800_000_000_000);
        let due = |days: u32| renewal_due(start, start.plus(DAY * days)).since(start);
        assert_eq!(due(5 * 365), DAY * (5 * 365 - 180));
        assert_eq!(due(90), DAY * 60);
        assert_eq!(due(0), Duration::ZERO);
        let certificate = Certificate {
            id: "a".into(),
            not_after: start.plus(DAY * 90),
            successor: None,
            quarantine: None,
        };
        assert!(certificate.may_be_renewed(start.plus(due(90))));
    }
}
