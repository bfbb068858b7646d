//! Headers that some routes ask for.

use access::sha256_hex;
use axum::extract::FromRequestParts;
use domain::FieldError;
use domain::command::MAX_IDEMPOTENCY_KEY;
use domain::error::check_text;
use http::header::IF_MATCH;
use http::request::Parts;

use super::caller::credential;
use crate::problem::{Code, Problem};
use crate::state::ApiState;

/// The caller's key of a request: the same key is the same request.
#[derive(Debug)]
pub(crate) struct Idempotency(pub(crate) String);

/// The version that a change was made from.
#[derive(Debug)]
pub(crate) struct IfMatch(pub(crate) u64);

/// The hash of the secret with which a robot asks for its claim.
#[derive(Debug)]
pub(crate) struct ClaimSecret {
    /// SHA-256, hex.
    pub(crate) hash: String,
}

impl FromRequestParts<ApiState> for Idempotency {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &ApiState) -> Result<Self, Problem> {
        const NAME: &str = "Idempotency-Key";
        let missing = || FieldError::new(NAME, format!("must have 1 to {MAX_IDEMPOTENCY_KEY} characters"));
        let value = parts.headers.get(NAME).ok_or_else(missing)?;
        let key = value.to_str().map_err(|_| missing())?;
        check_text(NAME, key, MAX_IDEMPOTENCY_KEY)?;
        Ok(Self(key.to_owned()))
    }
}

impl FromRequestParts<ApiState> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &ApiState) -> Result<Self, Problem> {
        let detail = "send If-Match with the ETag of what was read";
        let value = parts.headers.get(IF_MATCH);
        let value = value.ok_or_else(|| Problem::new(Code::PreconditionRequired, detail))?;
        let version = value
            .to_str()
            .ok()
            .and_then(|tag| tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok());
        // A tag that was never given out matches nothing.
        let mismatch = || {
            Problem::new(
                Code::PreconditionFailed,
                "If-Match is not the ETag of the present version",
            )
        };
        version.map(Self).ok_or_else(mismatch)
    }
}

impl FromRequestParts<ApiState> for ClaimSecret {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &ApiState) -> Result<Self, Problem> {
        let secret = credential(&parts.headers, "Claim");
        let secret = secret.ok_or_else(|| Problem::new(Code::Unauthorized, "send the claim's secret"))?;
        Ok(Self {
            hash: sha256_hex(secret.as_bytes()),
        })
    }
}
