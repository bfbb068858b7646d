//! Who tries the routes.

use std::time::Duration;

use domain::home::Role;
use domain::id::PersonId;
use serde_json::json;

use super::tokens::Signer;
use crate::world::{AT, Person, World};

/// Somebody, or something that is no right token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    NoToken,
    /// An access token of another installation, for the owner.
    Forged,
    /// The owner's, after its hour.
    Expired,
    /// The owner's, for another API.
    WrongAudience,
    /// An id token of the owner's, of the same issuer.
    IdToken,
    /// What opens a live view.
    LeaseToken,
    /// What a robot asks for its certificate with.
    ClaimSecret,
    /// The id of a robot, which is no secret.
    RobotId,
    Owner,
    Member,
    Guest,
    /// A guest whose stay has ended.
    EndedGuest,
    /// A member whom the owner removed.
    Removed,
    /// Somebody with an account and no home.
    Stranger,
    Operator,
}

use Who::{
    ClaimSecret, EndedGuest, Expired, Forged, Guest, IdToken, LeaseToken, Member, NoToken, Operator, Owner,
    Removed, RobotId, Stranger, WrongAudience,
};

/// Everybody; the owner last, since only they may end what the others look at.
pub const EVERYBODY: [Who; 15] = [
    NoToken,
    Forged,
    Expired,
    WrongAudience,
    IdToken,
    LeaseToken,
    ClaimSecret,
    RobotId,
    Stranger,
    Removed,
    EndedGuest,
    Operator,
    Guest,
    Member,
    Owner,
];

impl Who {
    /// Whether the API knows who it is.
    pub fn is_signed_in(self) -> bool {
        matches!(
            self,
            Owner | Member | Guest | EndedGuest | Removed | Stranger | Operator
        )
    }

    /// What they are in the home with the robot.
    pub fn role(self) -> Option<Role> {
        match self {
            Owner => Some(Role::Owner),
            Member => Some(Role::Member),
            Guest => Some(Role::Guest),
            NoToken | Forged | Expired | WrongAudience | IdToken | LeaseToken | ClaimSecret | RobotId
            | EndedGuest | Removed | Stranger | Operator => None,
        }
    }

    /// Their id; the owner's for tokens that pretend to be theirs.
    pub fn person(self) -> PersonId {
        match self {
            Owner | NoToken | Forged | Expired | WrongAudience | IdToken | LeaseToken | ClaimSecret
            | RobotId => Person::Anna.id(),
            Member | Guest | EndedGuest | Removed | Stranger | Operator => {
                PersonId::new(AT, 100 + self as u128)
            }
        }
    }

    /// Tokens that are made before the clock goes on.
    pub fn early_token(self, world: &World) -> Option<String> {
        (self == Expired).then(|| world.token_of(self.person(), false))
    }

    /// The header `Authorization`; `None` for those whose secrets the ground keeps, and who have none.
    pub fn authorization(self, world: &World) -> Option<String> {
        let signer = Signer::of(world);
        let token = match self {
            NoToken | Expired | LeaseToken | ClaimSecret => return None,
            Forged => signer.forged().token("at+jwt", &json!({}), self, world),
            WrongAudience => signer.token("at+jwt", &json!({"aud": "urn:another:api"}), self, world),
            IdToken => signer.token("JWT", &json!({}), self, world),
            RobotId => world.robot.to_string(),
            Owner | Member | Guest | EndedGuest | Removed | Stranger | Operator => {
                world.token_of(self.person(), self == Operator)
            }
        };
        Some(format!("Bearer {token}"))
    }
}

/// How long the guest stays whose stay then ends; longer than a token is good for.
pub const SHORT_STAY: Duration = Duration::from_secs(2 * 3600);
