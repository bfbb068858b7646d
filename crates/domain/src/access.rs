//! Who asks, and the proof that they may reach a home's data.

use crate::home::{Membership, Role};
use crate::id::{HomeId, PersonId};
use crate::robot::Robot;

/// A person whose token was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Who it is.
    pub person: PersonId,
    /// Whether the fleet views are theirs to see.
    pub operator: bool,
}

/// The proof of a right to one home's data, and the only thing that its store keys are made from.
///
/// It comes from a membership that was read for this request, from the robot that the broker authenticated, or
/// from a record of the home's own partition. There is no way to make one from an id that somebody sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HomeScope(HomeId);

impl HomeScope {
    /// The home that a member belongs to, if their role is at least `needed`.
    pub fn of_member(membership: &Membership, needed: Role) -> Option<Self> {
        (membership.role >= needed).then_some(Self(membership.home))
    }

    /// The home that an authenticated robot is paired with.
    pub fn of_robot(robot: &Robot) -> Option<Self> {
        robot.pairing.as_ref().map(|pairing| Self(pairing.home))
    }

    /// The home of a record that the store itself handed over, as its change stream does.
    pub fn of_stored_record(home: HomeId) -> Self {
        Self(home)
    }

    /// The home.
    pub fn home(&self) -> HomeId {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;

    #[test]
    fn a_guest_gets_no_scope_that_needs_an_owner() {
        let at = Timestamp::from_millis(0);
        let guest = Membership {
            home: HomeId::new(at, 1),
            person: PersonId::new(at, 2),
            role: Role::Guest,
        };
        assert!(HomeScope::of_member(&guest, Role::Guest).is_some());
        assert!(HomeScope::of_member(&guest, Role::Owner).is_none());
    }
}
