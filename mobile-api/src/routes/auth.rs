//! Signing in.

use std::error::Error;

use access::{LocalIssuer, RefreshToken};
use axum::Json;
use axum::extract::State;
use domain::Timestamp;
use domain::id::SessionId;
use domain::ports::Account;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::refreshing::{REFRESH, REVOKE};
use crate::extract::{JsonBody, Source};
use crate::problem::{Code, Problem, ProblemBody};
use crate::state::{ApiState, LocalSignIn, SignIn};

/// What somebody signs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Credentials {
    email: String,
    #[schema(format = Password)]
    password: String,
}

/// A token for the header `Authorization`, and what the next is had for (RFC 6749 section 5.1).
#[derive(Serialize, ToSchema)]
pub(super) struct Token {
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
    /// Good once, within a week; the session it belongs to lasts 30 days at most.
    refresh_token: String,
}

/// How a page signs somebody in.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum AuthConfig {
    /// With e-mail and password at `/v1/auth/token`.
    Local {
        /// Where refresh tokens are used.
        token_endpoint: &'static str,
        /// Where sessions end.
        revocation_endpoint: &'static str,
    },
    /// At another identity provider, with PKCE.
    Oidc {
        issuer: String,
        client_id: String,
        authorization_endpoint: String,
        token_endpoint: String,
        /// Where sessions end, if the provider has such a place (RFC 7009).
        revocation_endpoint: Option<String>,
        scopes: Vec<String>,
    },
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(sign_in))
        .routes(routes!(config))
}

/// Sign in with e-mail and password; only where `/v1/auth/config` says `local`.
///
/// After ten failures within five minutes a source waits.
#[utoipa::path(
    post, path = "/v1/auth/token", tag = "auth", security(()), request_body = Credentials,
    responses((status = 200, body = Token), (status = "default", body = ProblemBody))
)]
async fn sign_in(
    State(state): State<ApiState>,
    Source(source): Source,
    JsonBody(credentials): JsonBody<Credentials>,
) -> Result<Json<Token>, Problem> {
    let local = local(&state)?;
    let now = state.now();
    state.failed_logins.check(&source, now)?;
    let account = local
        .accounts
        .account(&credentials.email.trim().to_lowercase())
        .await?;
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    let fits = local
        .passwords
        .fits(credentials.password, stored)
        .await
        .map_err(failed)?;
    let Some(account) = account.filter(|_| fits) else {
        state.failed_logins.fail(&source, now);
        return Err(Problem::new(
            Code::WrongCredentials,
            "e-mail and password do not fit",
        ));
    };
    let session = SessionId::new(now, rand::random());
    let refresh = RefreshToken::generate(account.person, session).ok_or_else(no_randomness)?;
    local
        .accounts
        .begin(&account, session, refresh.hash(), now)
        .await?;
    Ok(Json(token(&local.issuer, &account, &refresh, now)?))
}

fn failed(error: impl Into<Box<dyn Error + Send + Sync>>) -> Problem {
    Problem::new(Code::Internal, "sign-in failed").because(error)
}

/// What a good refresh token is answered with.
pub(super) fn token(
    issuer: &LocalIssuer,
    account: &Account,
    refresh: &RefreshToken,
    now: Timestamp,
) -> Result<Token, Problem> {
    let issued = issuer.issue(account.person, account.operator, now);
    let issued = issued.map_err(failed)?;
    Ok(Token {
        access_token: issued.token,
        token_type: "Bearer",
        expires_in: issued.expires_in.as_secs(),
        refresh_token: refresh.expose(),
    })
}

pub(super) fn no_randomness() -> Problem {
    failed("the system has no randomness")
}

/// The local issuer, where there is one.
pub(super) fn local(state: &ApiState) -> Result<&LocalSignIn, Problem> {
    match &state.sign_in {
        SignIn::Local(local) => Ok(local),
        SignIn::Oidc(_) => Err(Problem::not_found("page")),
    }
}

/// How a page signs somebody in.
#[utoipa::path(get, path = "/v1/auth/config", tag = "auth", security(()), responses((status = 200, body = AuthConfig)))]
async fn config(State(state): State<ApiState>) -> Json<AuthConfig> {
    Json(match &state.sign_in {
        SignIn::Local(_) => AuthConfig::Local {
            token_endpoint: REFRESH,
            revocation_endpoint: REVOKE,
        },
        SignIn::Oidc(oidc) => AuthConfig::Oidc {
            issuer: oidc.issuer.clone(),
            client_id: oidc.client_id.clone(),
            authorization_endpoint: oidc.authorization_endpoint.clone(),
            token_endpoint: oidc.token_endpoint.clone(),
            revocation_endpoint: oidc.revocation_endpoint.clone(),
            scopes: oidc.scopes.clone(),
        },
    })
}
