//! Who belongs to a home, and how others are asked in.

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use crate::claim::ClaimCode as InvitationCode;
use crate::home::{Membership, Name, Role};
use crate::id::{HomeId, PersonId};
use crate::{FieldError, Timestamp};

/// How long an invitation may be accepted.
pub const INVITATION_VALID: Duration = Duration::from_secs(24 * 60 * 60);
/// The most members of a home, its owner among them.
pub const MAX_MEMBERS: usize = 32;
/// The longest that a guest may stay.
pub const MAX_GUEST_STAY: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// A member of a home as its owner sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The home.
    pub home: HomeId,
    /// The person.
    pub person: PersonId,
    /// What they may do.
    pub role: Role,
    /// What the owner calls them; `None` for who made the home.
    pub name: Option<Name>,
    /// When a guest's stay ends; from then on they are no member.
    pub ends_at: Option<Timestamp>,
}

impl Member {
    /// Somebody who made a home.
    pub fn founder(membership: &Membership) -> Self {
        Self {
            home: membership.home,
            person: membership.person,
            role: membership.role,
            name: None,
            ends_at: None,
        }
    }

    /// The same person with another role.
    pub fn with_role(&self, role: Role) -> Self {
        Self { role, ..self.clone() }
    }
}

/// What somebody is asked in as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stay {
    /// A member, for good.
    Member,
    /// A guest, until then.
    Guest(Timestamp),
}

impl Stay {
    /// A guest's stay from `now`; it must end later than that, and within [`MAX_GUEST_STAY`].
    pub fn guest(ends_at: Timestamp, now: Timestamp) -> Result<Self, FieldError> {
        if ends_at <= now || ends_at.since(now) > MAX_GUEST_STAY {
            let days = MAX_GUEST_STAY.as_secs() / (24 * 60 * 60);
            let reason = format!("must be later than now, by at most {days} days");
            return Err(FieldError::new("ends_at", reason));
        }
        Ok(Self::Guest(ends_at))
    }

    /// The role.
    pub fn role(self) -> Role {
        match self {
            Self::Member => Role::Member,
            Self::Guest(_) => Role::Guest,
        }
    }

    /// When it ends.
    pub fn ends_at(self) -> Option<Timestamp> {
        match self {
            Self::Member => None,
            Self::Guest(ends_at) => Some(ends_at),
        }
    }
}

/// An open invitation; whoever has its code may accept it, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// What is handed on.
    pub code: InvitationCode,
    /// The home.
    pub home: HomeId,
    /// What the owner calls who is asked.
    pub name: Name,
    /// What they are asked in as.
    pub stay: Stay,
    /// When the invitation ends.
    pub expires_at: Timestamp,
}

impl Invitation {
    /// The member that `person` becomes by accepting.
    pub fn accepted_by(&self, person: PersonId) -> Member {
        Member {
            home: self.home,
            person,
            role: self.stay.role(),
            name: Some(self.name.clone()),
            ends_at: self.stay.ends_at(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_stays_for_a_while_and_not_for_ever() {
        let now = Timestamp::from_millis(1_790_000_000_000);
        assert!(Stay::guest(now.plus(MAX_GUEST_STAY), now).is_ok());
        for ends_at in [now, now.plus(MAX_GUEST_STAY + Duration::from_millis(1))] {
            assert_eq!(Stay::guest(ends_at, now).unwrap_err().field, "ends_at");
        }
    }
}
