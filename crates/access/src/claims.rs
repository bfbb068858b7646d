//! What an issuer's tokens have to say before somebody is let in.

use std::time::Duration;

use domain::Timestamp;
use domain::access::Principal;
use domain::id::PersonId;
use serde_json::Value;

use crate::jws::Jws;
use crate::object::Object;
use crate::secret::sha256;
use crate::{KeySet, TokenError};

/// How far an issuer's clock may be from ours.
pub const MAX_LEEWAY: Duration = Duration::from_secs(60);
/// The longest that a token may be valid.
pub const MAX_TOKEN_LIFE: Duration = Duration::from_secs(24 * 3600);

/// Which claims show that a token was made for this API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Profile {
    /// RFC 9068: the type `at+jwt`, and this audience and no other.
    AccessToken {
        /// The API's name at the issuer.
        audience: String,
    },
    /// Amazon Cognito: `token_use` is `access` and `client_id` this client; a client's own tokens, whose subject is
    /// the client, are refused.
    Cognito {
        /// The app client.
        client_id: String,
    },
}

/// How the subject of a token names a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subjects {
    /// It is a person's id.
    PersonIds,
    /// It is the issuer's own name for them; the person's id is made from a hash of issuer and subject.
    Foreign,
}

/// The claim that makes somebody an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorClaim {
    /// Its name, such as `scope` or `cognito:groups`.
    pub name: String,
    /// The entry that has to be in it; the claim is a list, or a text with entries between spaces.
    pub entry: String,
}

/// Somebody whose tokens are trusted.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// Their name, exactly as in the claim `iss`.
    pub name: String,
    /// Their keys.
    pub keys: KeySet,
    /// What their tokens have to say.
    pub profile: Profile,
    /// How they name people.
    pub subjects: Subjects,
    /// What makes an operator; nobody is one without it.
    pub operator: Option<OperatorClaim>,
}

impl Issuer {
    /// Who the token's bearer is, once its signature, time and claims are what they have to be.
    pub(crate) fn admit(
        &self,
        jws: &Jws<'_>,
        claims: &Object,
        now: Timestamp,
    ) -> Result<Principal, TokenError> {
        jws.check(&self.keys)?;
        check_time(claims, now)?;
        let subject = claims.text("sub")?.filter(|subject| !subject.is_empty());
        let subject = subject.ok_or(TokenError::Claim { name: "sub" })?;
        self.check_profile(jws, claims, subject)?;
        Ok(Principal {
            person: self.person(subject)?,
            operator: self.operator.as_ref().is_some_and(|claim| claim.is_in(claims)),
        })
    }

    fn check_profile(&self, jws: &Jws<'_>, claims: &Object, subject: &str) -> Result<(), TokenError> {
        match &self.profile {
            Profile::AccessToken { audience } => {
                if jws.typ()? != Some("at+jwt") {
                    return Err(TokenError::Type);
                }
                let only =
                    |list: &Vec<Value>| matches!(list.as_slice(), [Value::String(one)] if one == audience);
                let ours = match claims.get("aud") {
                    Some(Value::String(one)) => one == audience,
                    Some(Value::Array(list)) => only(list),
                    _ => false,
                };
                require(ours, "aud")
            }
            Profile::Cognito { client_id } => {
                if !matches!(jws.typ()?, None | Some("JWT")) {
                    return Err(TokenError::Type);
                }
                require(claims.text("token_use")? == Some("access"), "token_use")?;
                require(claims.text("client_id")? == Some(client_id), "client_id")?;
                require(subject != client_id, "sub")
            }
        }
    }

    fn person(&self, subject: &str) -> Result<PersonId, TokenError> {
        match self.subjects {
            Subjects::PersonIds => subject.parse().map_err(|_| TokenError::Claim { name: "sub" }),
            Subjects::Foreign => {
                let digest = sha256(&[self.name.as_bytes(), b"\0", subject.as_bytes()].concat());
                let number = digest.first_chunk().map_or(0, |half| u128::from_be_bytes(*half));
                Ok(PersonId::from_u128(number))
            }
        }
    }
}

impl OperatorClaim {
    fn is_in(&self, claims: &Object) -> bool {
        match claims.get(&self.name) {
            Some(Value::String(entries)) => entries.split(' ').any(|entry| entry == self.entry),
            Some(Value::Array(entries)) => entries.iter().any(|entry| entry.as_str() == Some(&self.entry)),
            _ => false,
        }
    }
}

/// `exp` and `iat` have to be there; `nbf` counts when it is.
fn check_time(claims: &Object, now: Timestamp) -> Result<(), TokenError> {
    let (now, leeway) = (now.seconds(), seconds(MAX_LEEWAY));
    let expires = claims.integer("exp")?.ok_or(TokenError::Claim { name: "exp" })?;
    let issued = claims.integer("iat")?.ok_or(TokenError::Claim { name: "iat" })?;
    let not_before = claims.integer("nbf")?.unwrap_or(issued);
    if expires.saturating_add(leeway) <= now {
        return Err(TokenError::Expired);
    }
    if issued.max(not_before) > now.saturating_add(leeway) {
        return Err(TokenError::NotYetValid);
    }
    require(expires.saturating_sub(issued) <= seconds(MAX_TOKEN_LIFE), "exp")
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

fn require(holds: bool, name: &'static str) -> Result<(), TokenError> {
    holds.then_some(()).ok_or(TokenError::Claim { name })
}
