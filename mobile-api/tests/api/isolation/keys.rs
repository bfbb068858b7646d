//! Which partitions a request may name.

use hostile::Touch;

use super::expected::{Needs, Object};
use super::ground::Ground;
use super::identities::Who;
use super::routes::Route;

/// A request with who sent it and what stood in it.
pub struct Asked<'a> {
    pub ground: &'a Ground,
    pub route: &'a Route,
    pub who: Who,
    pub object: Object,
}

impl Asked<'_> {
    /// Whether what was asked of the table is the caller's, or needed to find out that it is not.
    pub fn may_touch(&self, Touch { action, partition }: &Touch) -> bool {
        let is_look_up = action == "GetItem";
        let (kind, of) = partition.split_once('#').unwrap();
        let of = of.split('#').next().unwrap();
        match (kind, self.route.needs) {
            // What is random and secret names these; without a token too.
            ("K", Needs::Claim) | ("C" | "E" | "K", Needs::Nothing) => true,
            _ if !self.who.is_signed_in() => false,
            ("H", _) => self.is_in(of),
            // A robot's own record tells whose it is, so it is read before that is known.
            ("R", _) => {
                of == self.ground.ours["robot"] && self.who.role().is_some() || is_look_up || self.is_fleets()
            }
            ("P", _) => of == self.who.person().to_string() || self.is_owners_member(of),
            ("L", _) => is_look_up || self.who.role().is_some(),
            ("C" | "V", _) => is_look_up,
            ("T", _) => is_look_up || self.is_fleets(),
            // A robot's own record carries its place in the fleet's index, which only operators read.
            ("F", _) => self.is_fleets() || action != "Query" && self.who.role().is_some(),
            _ => false,
        }
    }

    fn is_in(&self, home: &str) -> bool {
        home == self.ground.ours["home"] && self.who.role().is_some()
    }

    fn is_owners_member(&self, person: &str) -> bool {
        self.who == Who::Owner && person == self.ground.ours["person"]
    }

    fn is_fleets(&self) -> bool {
        self.who == Who::Operator && self.route.needs == Needs::Fleet
    }
}
