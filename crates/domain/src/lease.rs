//! Live views: a robot sends its position only while somebody holds a lease.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::id::{LeaseId, PersonId, RobotId};

/// How long a lease runs unless it is renewed: longer than most people watch, since a renewal costs as much as half a
/// minute of batches, and short, since a robot goes on sending to a phone that has vanished.
pub const LEASE_VALID: Duration = Duration::from_secs(300);

/// How long after a view was opened it can still be found among those of its person.
pub const VIEWED_AT_MOST: Duration = Duration::from_secs(24 * 3600);

/// A person's right to watch one robot for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Its id; the watcher's MQTT client id is [`Lease::client_id`].
    pub id: LeaseId,
    /// The robot.
    pub robot: RobotId,
    /// Who watches.
    pub person: PersonId,
    /// SHA-256, hex, of the token that opens the live connection.
    pub token_hash: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Lease {
    /// The only MQTT client id that may use the lease.
    pub fn client_id(&self) -> String {
        format!("app_{}", self.id)
    }

    /// The lease that a client id names, if it has the form of [`Lease::client_id`].
    pub fn of_client(client_id: &str) -> Option<LeaseId> {
        client_id.strip_prefix("app_")?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_id_names_its_lease() {
        let at = Timestamp::from_millis(1);
        let (id, robot, person) = (LeaseId::new(at, 1), RobotId::new(at, 2), PersonId::new(at, 3));
        let lease = Lease {
            id,
            robot,
            person,
            token_hash: String::new(),
            expires_at: at,
        };
        assert_eq!(Lease::of_client(&lease.client_id()), Some(id));
        assert_eq!(Lease::of_client("robot_x"), None);
    }
}
