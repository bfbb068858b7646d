//! Who asks.

use axum::extract::{FromRequestParts, MatchedPath};
use domain::access::Principal;
use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::request::Parts;

use crate::problem::{Code, Problem};
use crate::state::{ApiState, CHANGE_SHARE_BYTES};

/// Somebody with a good token who has not deleted their account.
#[derive(Debug, Clone)]
pub(crate) struct Caller(pub(crate) Principal);

/// Somebody with a good token, of whom nothing else is known. What asks for a membership need not ask more: who has
/// deleted their account has none.
#[derive(Debug, Clone)]
pub(crate) struct Bearer(pub(crate) Principal);

/// Somebody with a good token who may see the fleet.
#[derive(Debug, Clone)]
pub(crate) struct Operator;

impl FromRequestParts<ApiState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let Bearer(principal) = Bearer::from_request_parts(parts, state).await?;
        if state.services.departing.is_gone(principal.person).await? {
            let detail = "the token is not valid, sign in again";
            return Err(Problem::new(Code::Unauthorized, detail).because("the account was deleted"));
        }
        Ok(Self(principal))
    }
}

impl FromRequestParts<ApiState> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let token = credential(&parts.headers, "Bearer")
            .ok_or_else(|| Problem::new(Code::Unauthorized, "send a bearer token"))?;
        let principal = state.verifier.verify(token, state.now()).await;
        let principal = principal.map_err(|error| {
            Problem::new(Code::Unauthorized, "the token is not valid, sign in again").because(error)
        })?;
        if let Some(share) = share_of_changes(parts) {
            let person = principal.person.to_string();
            state.changes.take(&person, share, state.now())?;
        }
        Ok(Self(principal))
    }
}

/// What a request counts among the changes of its caller; none for what changes nothing, and for commands, which are
/// counted by robot, so that a stop always passes.
fn share_of_changes(parts: &Parts) -> Option<u32> {
    let is_command = parts
        .extensions
        .get::<MatchedPath>()
        .is_some_and(|path| path.as_str().ends_with("/commands"));
    if parts.method.is_safe() || is_command {
        return None;
    }
    let length = parts
        .headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok());
    let bytes: u64 = length.and_then(|length| length.parse().ok()).unwrap_or(0);
    let shares = bytes.div_ceil(CHANGE_SHARE_BYTES).max(1);
    Some(u32::try_from(shares).unwrap_or(u32::MAX))
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
