//! From a bearer token to a principal.

use domain::Timestamp;
use domain::access::Principal;

use crate::jws::Jws;
use crate::object::Object;
use crate::{Issuer, TokenError};

/// Checks tokens of the issuers that an installation trusts.
#[derive(Debug, Clone)]
pub struct TokenVerifier {
    issuers: Vec<Issuer>,
}

impl TokenVerifier {
    /// Trusts these issuers and nobody else.
    pub fn new(issuers: Vec<Issuer>) -> Self {
        Self { issuers }
    }

    /// Who the bearer of `token` is at `now`.
    ///
    /// The claim `iss` only chooses whose keys and rules apply; nothing else of the claims is used before the
    /// signature is checked.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Principal, TokenError> {
        let jws = Jws::parse(token)?;
        let claims = Object::parse(jws.payload(), "claims")?;
        let name = claims.text("iss")?.ok_or(TokenError::Claim { name: "iss" })?;
        let issuer = self.issuers.iter().find(|issuer| issuer.name == name);
        issuer.ok_or(TokenError::UnknownIssuer)?.admit(&jws, &claims, now)
    }
}
