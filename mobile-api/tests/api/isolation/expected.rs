//! What each route needs, said once more in a form of its own; a route that is not here fails the matrix.

use domain::home::Role;

use super::identities::Who;

/// Whom a route answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Anybody, without a token too.
    Nothing,
    /// Anybody with a token.
    Token,
    /// At least this role in the home of the path.
    Role(Role),
    /// Whom the object was made for, who is the owner here.
    Holder,
    /// Whom the object was made for, who is none of those who try.
    Nobody,
    /// The secret of the claim of the path.
    Claim,
    /// The right to see the fleet.
    Fleet,
}

use Needs::{Claim, Fleet, Holder, Nobody, Nothing, Token};

const GUEST: Needs = Needs::Role(Role::Guest);
const MEMBER: Needs = Needs::Role(Role::Member);
const OWNER: Needs = Needs::Role(Role::Owner);

/// Every route of the contract, by path.
const ROUTES: &[(&str, &str, Needs)] = &[
    ("GET", "/healthz", Nothing),
    ("POST", "/v1/auth/token", Nothing),
    ("POST", "/v1/auth/refresh", Nothing),
    ("POST", "/v1/auth/revoke", Nothing),
    ("GET", "/v1/auth/config", Nothing),
    ("POST", "/v1/provisioning/claims", Nothing),
    ("GET", "/v1/provisioning/claims/{claim}", Claim),
    ("GET", "/v1/me", Token),
    ("DELETE", "/v1/me", Token),
    ("GET", "/v1/homes", Token),
    ("POST", "/v1/homes", Token),
    ("POST", "/v1/invitations/accept", Token),
    ("GET", "/v1/overview", GUEST),
    ("GET", "/v1/homes/{home}", GUEST),
    ("GET", "/v1/homes/{home}/robots", GUEST),
    ("POST", "/v1/homes/{home}/robots", OWNER),
    ("POST", "/v1/homes/{home}/provisioning", OWNER),
    ("POST", "/v1/homes/{home}/erasure", OWNER),
    ("GET", "/v1/erasures/{home}", Nobody),
    ("GET", "/v1/homes/{home}/export", OWNER),
    ("POST", "/v1/homes/{home}/import", OWNER),
    ("GET", "/v1/homes/{home}/access-log", OWNER),
    ("GET", "/v1/homes/{home}/members", GUEST),
    ("DELETE", "/v1/homes/{home}/members/{person}", OWNER),
    ("POST", "/v1/homes/{home}/invitations", OWNER),
    ("POST", "/v1/homes/{home}/transfer", OWNER),
    ("GET", "/v1/homes/{home}/plan", GUEST),
    ("GET", "/v1/homes/{home}/floors", GUEST),
    ("PATCH", "/v1/homes/{home}/floors/{floor}", MEMBER),
    ("GET", "/v1/homes/{home}/floors/{floor}/map", GUEST),
    ("GET", "/v1/homes/{home}/floors/{floor}/objects", GUEST),
    ("GET", "/v1/homes/{home}/floors/{floor}/rooms", GUEST),
    ("PATCH", "/v1/homes/{home}/floors/{floor}/rooms/{room}", MEMBER),
    ("POST", "/v1/homes/{home}/floors/{floor}/rooms/merge", MEMBER),
    (
        "POST",
        "/v1/homes/{home}/floors/{floor}/rooms/{room}/split",
        MEMBER,
    ),
    ("GET", "/v1/robots/{robot}", GUEST),
    ("PATCH", "/v1/robots/{robot}", MEMBER),
    ("DELETE", "/v1/robots/{robot}", OWNER),
    ("GET", "/v1/robots/{robot}/settings", GUEST),
    ("PUT", "/v1/robots/{robot}/settings", MEMBER),
    ("POST", "/v1/robots/{robot}/commands", GUEST),
    ("GET", "/v1/robots/{robot}/commands/{command}", GUEST),
    ("GET", "/v1/robots/{robot}/runs", GUEST),
    ("GET", "/v1/robots/{robot}/runs/{run}", GUEST),
    ("GET", "/v1/robots/{robot}/runs/{run}/map", GUEST),
    ("POST", "/v1/robots/{robot}/live", GUEST),
    ("POST", "/v1/robots/{robot}/live/{lease}", Holder),
    ("DELETE", "/v1/robots/{robot}/live/{lease}", Holder),
    ("GET", "/v1/fleet/robots", Fleet),
    ("PUT", "/v1/fleet/robots/{robot}", Fleet),
    ("DELETE", "/v1/fleet/robots/{robot}/quarantine", Fleet),
    ("GET", "/v1/fleet/summary", Fleet),
];

/// A body that a route reads before it looks for what the path names; others get one that they refuse.
pub fn body(path: &str) -> &'static str {
    match path {
        "/v1/homes/{home}/erasure" => r#"{"name": "Another name"}"#,
        "/v1/homes/{home}/floors/{floor}" => r#"{"name": "Upstairs"}"#,
        "/v1/homes/{home}/floors/{floor}/rooms/merge" => {
            r#"{"rooms": ["room_01ARZ3NDEKTSV4RRFFQ69G5FAV", "room_01ARZ3NDEKTSV4RRFFQ69G5FAW"]}"#
        }
        "/v1/homes/{home}/floors/{floor}/rooms/{room}/split" => {
            r#"{"line": [{"x": 0, "y": 0}, {"x": 1, "y": 1}]}"#
        }
        _ => "{}",
    }
}

/// What a route needs; panics for one that nobody has thought about.
pub fn needs(method: &str, path: &str) -> Needs {
    let stated = ROUTES.iter().find(|route| (route.0, route.1) == (method, path));
    let Some((.., needs)) = stated else {
        panic!(
            "{method} {path} is served: say in mobile-api/tests/api/isolation/expected.rs whom it answers"
        );
    };
    *needs
}

/// Which objects stand in a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object {
    /// Those of the home that the identities are members of.
    Ours,
    /// Those of another home.
    Foreign,
    /// Those of nobody.
    Unknown,
    /// Another home's under our home or robot.
    ForeignInOurs,
    /// Nobody's under our home or robot.
    UnknownInOurs,
}

/// What an answer has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Not a refusal: neither 401 nor 403 nor 404 nor 410.
    Answered,
    /// 401.
    SignIn,
    /// 403.
    Forbidden,
    /// 404, or 410 for claims.
    Absent,
}

/// What `who` shall get from a route that needs `needs`, with `object` in its path.
pub fn expected(needs: Needs, who: Who, object: Object) -> Expected {
    let ours = object == Object::Ours;
    match needs {
        Nothing => Expected::Answered,
        Claim if who != Who::ClaimSecret => Expected::SignIn,
        Claim if ours => Expected::Answered,
        Claim => Expected::Absent,
        _ if !who.is_signed_in() => Expected::SignIn,
        Token => Expected::Answered,
        Fleet if who == Who::Operator => Expected::Answered,
        Fleet => Expected::Forbidden,
        Holder if who == Who::Owner && ours => Expected::Answered,
        Needs::Role(needed) if ours && who.role() >= Some(needed) => Expected::Answered,
        Holder | Nobody | Needs::Role(_) => Expected::Absent,
    }
}

impl Expected {
    /// Whether an answer with this status is one.
    pub fn fits(self, status: u16) -> bool {
        match self {
            Self::Answered => !matches!(status, 401 | 403 | 404 | 410 | 500..),
            Self::SignIn => status == 401,
            Self::Forbidden => status == 403,
            Self::Absent => matches!(status, 404 | 410),
        }
    }
}
