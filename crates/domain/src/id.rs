//! Typed, prefixed ids: `robot_01J…` is never taken for `run_01J…`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;
use ulid::Ulid;

use crate::Timestamp;

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("not a {kind} id: expected `{prefix}` and 26 characters of Crockford base 32")]
pub struct IdError {
    /// The kind that was wanted, such as `robot`.
    pub kind: &'static str,
    /// What its ids start with, such as `robot_`.
    pub prefix: &'static str,
}

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Ulid);

        impl $name {
            /// What the text form starts with.
            pub const PREFIX: &'static str = concat!($kind, "_");

            /// A new id made at `at`, unique as far as `entropy` is; its low 80 bits are used.
            pub fn new(at: Timestamp, entropy: u128) -> Self {
                let millis = u64::try_from(at.millis()).unwrap_or(0);
                Self(Ulid::from_parts(millis, entropy))
            }

            /// When it was made.
            pub fn made_at(self) -> Timestamp {
                Timestamp::from_millis(i64::try_from(self.0.timestamp_ms()).unwrap_or(i64::MAX))
            }

            /// The id as the number that binary payloads carry.
            pub fn as_u128(self) -> u128 {
                self.0.into()
            }

            /// The id that a binary payload carries as `number`.
            pub fn from_u128(number: u128) -> Self {
                Self(Ulid::from(number))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", Self::PREFIX, self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse(text, Self::PREFIX).map(Self).ok_or(IdError { kind: $kind, prefix: Self::PREFIX })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// Accepts only the canonical form, so that one id has one text.
fn parse(text: &str, prefix: &str) -> Option<Ulid> {
    let digits = text.strip_prefix(prefix)?;
    let ulid = Ulid::from_string(digits).ok()?;
    (ulid.to_string() == digits).then_some(ulid)
}

typed_id!(/// A robot; also its thing name and MQTT client id.
    RobotId, "robot");
typed_id!(/// A home, the unit of tenancy.
    HomeId, "home");
typed_id!(/// A floor of a home, with a map of its own.
    FloorId, "floor");
typed_id!(/// A room of a floor.
    RoomId, "room");
typed_id!(/// A movable thing of a floor.
    ObjectId, "obj");
typed_id!(/// One cleaning run of one robot.
    RunId, "run");
typed_id!(/// A command to a robot.
    CommandId, "cmd");
typed_id!(/// A person who signs in.
    PersonId, "person");
typed_id!(/// One pairing of a robot with a home; a new one each time a robot is claimed.
    PairingId, "pair");
typed_id!(/// A live view, and the claim to see it.
    LeaseId, "lease");
typed_id!(/// A sign-in that outlives its access tokens.
    SessionId, "session");
typed_id!(/// A robot's request to be claimed by an owner.
    ClaimId, "claim");
typed_id!(/// An entry of a robot's schedule.
    EntryId, "entry");

impl RunId {
    /// The run that a start begins: it has the number of its command, so that who knows one finds the other.
    pub fn begun_by(command: CommandId) -> Self {
        Self(command.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::from_millis(1_790_000_000_000);

    #[test]
    fn text_goes_both_ways() {
        let id = RobotId::new(AT, 42);
        let text = id.to_string();
        assert!(text.starts_with("robot_01"));
        assert_eq!(text.parse::<RobotId>(), Ok(id));
    }

    #[test]
    fn a_run_is_not_a_robot() {
        let run = RunId::new(AT, 42).to_string();
        let error = run.parse::<RobotId>().unwrap_err();
        assert!(error.to_string().contains("not a robot id"), "{error}");
    }

    #[test]
    fn only_the_canonical_text_is_accepted() {
        let text = RobotId::new(AT, 42).to_string();
        assert!(text.to_lowercase().parse::<RobotId>().is_err());
        assert!("robot_".parse::<RobotId>().is_err());
        assert!("robot_ZZZZZZZZZZZZZZZZZZZZZZZZZZ".parse::<RobotId>().is_err());
    }
}
