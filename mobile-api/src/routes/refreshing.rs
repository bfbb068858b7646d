//! Staying signed in at the local issuer, and ending that: the forms of OAuth 2.0 (RFC 6749, RFC 7009).

use access::RefreshToken;
use axum::Json;
use axum::extract::State;
use domain::usecase::UseCaseError;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::auth::{Token, local, no_randomness, token};
use crate::extract::{FormBody, Source};
use crate::problem::{Code, Problem, ProblemBody};
use crate::state::ApiState;

/// Where a refresh token is used.
pub(super) const REFRESH: &str = "/v1/auth/refresh";
/// Where a session ends.
pub(super) const REVOKE: &str = "/v1/auth/revoke";

/// The only grant that is known here.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Grant {
    RefreshToken,
}

/// A refresh token to be used (RFC 6749 section 6).
#[derive(Deserialize, ToSchema)]
struct Refresh {
    #[serde(rename = "grant_type")]
    _grant_type: Grant,
    refresh_token: String,
}

/// A session to be ended, named by its last refresh token (RFC 7009 section 2.1).
#[derive(Deserialize, ToSchema)]
struct Revocation {
    token: String,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(refresh))
        .routes(routes!(revoke))
}

/// Trade a refresh token for an access token and the next refresh token; only where `/v1/auth/config` says `local`.
///
/// A refresh token is good once: used again, its session ends, for whoever has the other (`invalid_grant`). After ten
/// failures within five minutes a source waits.
#[utoipa::path(
    post, path = "/v1/auth/refresh", tag = "auth", security(()),
    request_body(content = Refresh, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = Token), (status = "default", body = ProblemBody))
)]
async fn refresh(
    State(state): State<ApiState>,
    Source(source): Source,
    FormBody(form): FormBody<Refresh>,
) -> Result<Json<Token>, Problem> {
    let local = local(&state)?;
    let now = state.now();
    state.failed_logins.check(&source, now)?;
    let refused = || {
        state.failed_logins.fail(&source, now);
        Problem::new(Code::InvalidGrant, "the session has ended, sign in again")
    };
    let used: RefreshToken = form.refresh_token.parse().map_err(|_| refused())?;
    let next = RefreshToken::generate(used.person, used.session).ok_or_else(no_randomness)?;
    let account = local
        .accounts
        .refresh(used.person, used.session, &used.hash(), next.hash(), now)
        .await
        .map_err(|error| match error {
            UseCaseError::NotFound { .. } => refused(),
            other => other.into(),
        })?;
    Ok(Json(token(&local.issuer, &account, &next, now)?))
}

/// End a session: its refresh tokens are good for nothing from now on. The answer is the same for one that has ended.
#[utoipa::path(
    post, path = "/v1/auth/revoke", tag = "auth", security(()),
    request_body(content = Revocation, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200), (status = "default", body = ProblemBody))
)]
async fn revoke(
    State(state): State<ApiState>,
    FormBody(form): FormBody<Revocation>,
) -> Result<StatusCode, Problem> {
    let local = local(&state)?;
    if let Ok(token) = form.token.parse::<RefreshToken>() {
        local.accounts.end(token.person, token.session).await?;
    }
    Ok(StatusCode::OK)
}
