//! Signing in, and who one is.

use access::password;
use axum::Json;
use axum::extract::State;
use domain::id::PersonId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Caller, JsonBody, Source};
use crate::problem::{Code, Problem, ProblemBody};
use crate::state::{ApiState, SignIn};

/// What somebody signs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Credentials {
    email: String,
    #[schema(format = Password)]
    password: String,
}

/// A token for the header `Authorization`.
#[derive(Serialize, ToSchema)]
struct Token {
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
}

/// How a page signs somebody in.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum AuthConfig {
    /// With e-mail and password at `/v1/auth/token`.
    Local,
    /// At another identity provider, with PKCE.
    Oidc {
        issuer: String,
        client_id: String,
        authorization_endpoint: String,
        token_endpoint: String,
        scopes: Vec<String>,
    },
}

/// The caller.
#[derive(Serialize, ToSchema)]
struct Me {
    #[schema(value_type = String)]
    id: PersonId,
    /// Whether the fleet is theirs to see.
    operator: bool,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(sign_in))
        .routes(routes!(config))
        .routes(routes!(me))
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
    let SignIn::Local { issuer, accounts } = &state.sign_in else {
        return Err(Problem::not_found("page"));
    };
    let now = state.now();
    state.failed_logins.check(&source, now)?;
    let account = accounts.account(&credentials.email.trim().to_lowercase()).await?;
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    let fits =
        tokio::task::spawn_blocking(move || password::verify(&credentials.password, stored.as_deref()));
    let fits = fits
        .await
        .map_err(|error| Problem::new(Code::Internal, "sign-in failed").because(error))?;
    let Some(account) = account.filter(|_| fits) else {
        state.failed_logins.fail(&source, now);
        return Err(Problem::new(
            Code::WrongCredentials,
            "e-mail and password do not fit",
        ));
    };
    let issued = issuer.issue(account.person, account.operator, now);
    let issued = issued.map_err(|error| Problem::new(Code::Internal, "sign-in failed").because(error))?;
    Ok(Json(Token {
        access_token: issued.token,
        token_type: "Bearer",
        expires_in: issued.expires_in.as_secs(),
    }))
}

/// How a page signs somebody in.
#[utoipa::path(get, path = "/v1/auth/config", tag = "auth", security(()), responses((status = 200, body = AuthConfig)))]
async fn config(State(state): State<ApiState>) -> Json<AuthConfig> {
    Json(match &state.sign_in {
        SignIn::Local { .. } => AuthConfig::Local,
        SignIn::Oidc(oidc) => AuthConfig::Oidc {
            issuer: oidc.issuer.clone(),
            client_id: oidc.client_id.clone(),
            authorization_endpoint: oidc.authorization_endpoint.clone(),
            token_endpoint: oidc.token_endpoint.clone(),
            scopes: oidc.scopes.clone(),
        },
    })
}

/// Who the caller is.
#[utoipa::path(
    get, path = "/v1/me", tag = "auth",
    responses((status = 200, body = Me), (status = "default", body = ProblemBody))
)]
async fn me(Caller(principal): Caller) -> Json<Me> {
    Json(Me {
        id: principal.person,
        operator: principal.operator,
    })
}
