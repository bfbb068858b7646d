//! Who asks.

use axum::extract::FromRequestParts;
use domain::access::Principal;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;

use crate::problem::{Code, Problem};
use crate::state::ApiState;

/// Somebody with a good token.
#[derive(Debug, Clone)]
pub(crate) struct Caller(pub(crate) Principal);

/// Somebody with a good token who may see the fleet.
#[derive(Debug, Clone)]
pub(crate) struct Operator;

impl FromRequestParts<ApiState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let token = credential(&parts.headers, "Bearer")
            .ok_or_else(|| Problem::new(Code::Unauthorized, "send a bearer token"))?;
        let principal = state.verifier.verify(token, state.now()).await;
        principal.map(Self).map_err(|error| {
            Problem::new(Code::Unauthorized, "the token is not valid, sign in again").because(error)
        })
    }
}

impl FromRequestParts<ApiState> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let Caller(principal) = Caller::from_request_parts(parts, state).await?;
        let refused = || Problem::new(Code::Forbidden, "only operators see the fleet");
        principal.operator.then_some(Self).ok_or_else(refused)
    }
}

/// The credential of `scheme`, if there is exactly one `Authorization` header and it has exactly that form.
pub(crate) fn credential<'h>(headers: &'h HeaderMap, scheme: &str) -> Option<&'h str> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(only), None) = (all.next(), all.next()) else {
        return None;
    };
    let (found, credential) = only.to_str().ok()?.split_once(' ')?;
    // The name of a scheme has no case (RFC 9110 section 11.1).
    let fits = found.eq_ignore_ascii_case(scheme)
        && !credential.is_empty()
        && !credential.contains([' ', '\t', ',']);
    fits.then_some(credential)
}
