//! Whom to tell of a vulnerability of this installation: `security.txt` (RFC 9116).

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use http::header::{CONTENT_TYPE, HeaderName};

use crate::problem::Problem;
use crate::rfc3339::Rfc3339;
use crate::state::ApiState;

/// How long what is said counts; the RFC recommends less than a year.
const VALID: Duration = Duration::from_secs(180 * 24 * 60 * 60);

pub(crate) fn routes() -> Router<ApiState> {
    Router::new().route("/.well-known/security.txt", get(security))
}

async fn security(
    State(state): State<ApiState>,
) -> Result<([(HeaderName, &'static str); 1], String), Problem> {
    let contact = state.config.security_contact.as_ref();
    let contact = contact.ok_or_else(|| Problem::not_found("page"))?;
    let expires = Rfc3339::from(state.now().plus(VALID));
    let text = format!("Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en\n");
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], text))
}
