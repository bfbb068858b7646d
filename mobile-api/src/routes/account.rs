//! Who the caller is, and going for good.

use axum::Json;
use axum::extract::State;
use domain::FieldError;
use domain::id::{HomeId, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bearer, Caller, QueryOf};
use crate::problem::{Problem, ProblemBody};
use crate::state::{ApiState, SignIn};

/// The caller.
#[derive(Serialize, ToSchema)]
struct Me {
    #[schema(value_type = String)]
    id: PersonId,
    /// Whether the fleet is theirs to see.
    operator: bool,
}

/// What shall become of homes that the caller owns and others belong to.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SharedHomes {
    /// They are erased for all.
    Erase,
}

/// Says that the caller means it.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Farewell {
    /// The caller's own id, as `/v1/me` gives it.
    confirm: String,
    /// Without it such homes are `homes_shared`, and nothing changes.
    #[param(inline)]
    homes: Option<SharedHomes>,
}

/// What became of what the caller had.
#[derive(Serialize, ToSchema)]
struct Gone {
    /// The homes that were the caller's, erased within a minute.
    #[schema(value_type = Vec<String>)]
    erased: Vec<HomeId>,
    /// The homes that go on without the caller.
    #[schema(value_type = Vec<String>)]
    left: Vec<HomeId>,
    /// The identity provider that still knows the caller, who has to delete the sign-in there.
    remains_at: Option<String>,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(me, forget))
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

/// Delete the caller's account for good: their tokens open nothing from now on, homes that they own are erased, and
/// they leave all others.
///
/// Homes of theirs that others belong to have to be handed on first, or erased for all with `homes=erase`. Asked again,
/// it finishes what was broken off.
#[utoipa::path(
    delete, path = "/v1/me", tag = "auth", params(Farewell),
    responses((status = 200, body = Gone), (status = "default", body = ProblemBody))
)]
async fn forget(
    State(state): State<ApiState>,
    Bearer(principal): Bearer,
    QueryOf(farewell): QueryOf<Farewell>,
) -> Result<Json<Gone>, Problem> {
    let person = principal.person;
    if farewell.confirm != person.to_string() {
        return Err(FieldError::new("confirm", "must be your own id, see /v1/me").into());
    }
    let departing = &state.services.departing;
    let departure = departing
        .depart(person, farewell.homes.is_some(), state.now(), rand::random())
        .await?;
    let remains_at = match &state.sign_in {
        SignIn::Local(local) => {
            local.accounts.remove(person).await?;
            None
        }
        SignIn::Oidc(provider) => Some(provider.issuer.clone()),
    };
    Ok(Json(Gone {
        erased: departure.erased,
        left: departure.left,
        remains_at,
    }))
}
