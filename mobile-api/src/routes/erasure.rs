//! A home is erased for good by its owner, who gets a receipt.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::erasure::{ErasedKind, Erasure};
use domain::home::{Name, Role};
use domain::id::HomeId;
use domain::usecase::UseCaseError;
use http::StatusCode;
use http::header::LOCATION;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Caller, JsonBody, PathId};
use crate::problem::{Problem, ProblemBody};
use crate::rfc3339::Rfc3339;
use crate::state::ApiState;

/// Says which home is meant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Confirmation {
    /// The name of the home.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
}

/// How far an erasure is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ErasureState {
    /// Nobody can read anything of the home; its data is being deleted.
    Erasing,
    /// Nothing is left.
    Erased,
}

/// The erasure of a home that was the caller's; kept for a year.
#[derive(Serialize, ToSchema)]
struct ErasureBody {
    #[schema(value_type = String)]
    home: HomeId,
    state: ErasureState,
    asked_at: Rfc3339,
    /// When nothing was left that anybody could still have written.
    done_at: Option<Rfc3339>,
    /// How many items of each kind were deleted until now: floors, maps, runs, run_maps, robots, members, invitations,
    /// commands, log_entries, other.
    counts: BTreeMap<String, u64>,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(erase)).routes(routes!(show))
}

/// Erase a home of one's own for good: nobody reads anything of it from now on, its robots are unpaired, and all that
/// is stored of it is deleted within a minute.
///
/// The body repeats the name of the home. Asked again, the same receipt comes back.
#[utoipa::path(
    post, path = "/v1/homes/{home}/erasure", tag = "homes", params(("home" = String, Path)),
    request_body = Confirmation,
    responses(
        (status = 202, body = ErasureBody, headers(("Location" = String))),
        (status = "default", body = ProblemBody)
    )
)]
async fn erase(
    State(state): State<ApiState>,
    Caller(principal): Caller,
    PathId(home): PathId<HomeId>,
    JsonBody(confirmation): JsonBody<Confirmation>,
) -> Result<Response, Problem> {
    let services = &state.services;
    let name = Name::new("name", &confirmation.name)?;
    let erasure = match services.authorizing.home(&principal, home, Role::Owner).await {
        Ok((scope, _)) => {
            let erasing = &services.erasing;
            erasing
                .begin(&scope, principal.person, &name, state.now())
                .await?
        }
        // The answer to the first request may have been lost.
        Err(missing @ UseCaseError::NotFound { .. }) => {
            let begun = services.erasing.erasure(principal.person, home).await;
            begun.map_err(|error| match error {
                UseCaseError::NotFound { .. } => missing,
                other => other,
            })?
        }
        Err(other) => return Err(other.into()),
    };
    let location = format!("/v1/erasures/{home}");
    let body = Json(ErasureBody::from(erasure));
    Ok((StatusCode::ACCEPTED, [(LOCATION, location)], body).into_response())
}

/// The receipt for a home that the caller erased.
#[utoipa::path(
    get, path = "/v1/erasures/{home}", tag = "homes", params(("home" = String, Path)),
    responses((status = 200, body = ErasureBody), (status = "default", body = ProblemBody))
)]
async fn show(
    State(state): State<ApiState>,
    Caller(principal): Caller,
    PathId(home): PathId<HomeId>,
) -> Result<Json<ErasureBody>, Problem> {
    let erasure = state.services.erasing.erasure(principal.person, home).await?;
    Ok(Json(erasure.into()))
}

impl From<Erasure> for ErasureBody {
    fn from(erasure: Erasure) -> Self {
        let count = |(kind, count): (ErasedKind, u64)| (kind.name().to_owned(), count);
        Self {
            home: erasure.home,
            state: match erasure.done_at {
                None => ErasureState::Erasing,
                Some(_) => ErasureState::Erased,
            },
            asked_at: erasure.asked_at.into(),
            done_at: erasure.done_at.map(Rfc3339::from),
            counts: erasure.counts.into_iter().map(count).collect(),
        }
    }
}
