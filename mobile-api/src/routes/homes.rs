//! The caller's homes.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::access::HomeScope;
use domain::home::{Home, Membership, Name, Role};
use domain::id::HomeId;
use futures_util::future::try_join_all;
use http::StatusCode;
use http::header::LOCATION;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{AsGuest, Caller, HomeOf, Idempotency, JsonBody, QueryOf};
use crate::lists::{ListOf, PageQuery};
use crate::problem::{Problem, ProblemBody};
use crate::rfc3339::Rfc3339;
use crate::state::ApiState;

/// What somebody may do in a home.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum RoleBody {
    /// See, start and stop.
    Guest,
    /// Also change settings.
    Member,
    /// Also pair and unpair.
    Owner,
}

/// A home of the caller.
#[derive(Serialize, ToSchema)]
pub(crate) struct HomeBody {
    #[schema(value_type = String)]
    id: HomeId,
    name: String,
    role: RoleBody,
    created_at: Rfc3339,
}

/// A home to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewHome {
    /// 1 to 64 characters.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show))
}

/// The caller's homes, in the order of their ids.
#[utoipa::path(
    get, path = "/v1/homes", tag = "homes", params(PageQuery),
    responses((status = 200, body = ListOf<HomeBody>), (status = "default", body = ProblemBody))
)]
async fn list(
    State(state): State<ApiState>,
    Caller(principal): Caller,
    QueryOf(page): QueryOf<PageQuery>,
) -> Result<Json<ListOf<HomeBody>>, Problem> {
    let memberships = state
        .services
        .homes
        .memberships(principal.person, &page.request())
        .await?;
    let next = memberships.next;
    let homes = memberships
        .items
        .iter()
        .map(|membership| home_body(&state, membership));
    let items = try_join_all(homes).await?.into_iter().flatten().collect();
    Ok(Json(domain::page::Page { items, next }.into()))
}

/// Make a home of one's own.
///
/// The same `Idempotency-Key` with the same name is the same home, always. Who owns ten homes gets `too_many_homes`.
#[utoipa::path(
    post, path = "/v1/homes", tag = "homes",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 128, description = "1 to 128 characters")),
    request_body = NewHome,
    responses(
        (status = 201, body = HomeBody, headers(("Location" = String))),
        (status = "default", body = ProblemBody)
    )
)]
async fn create(
    State(state): State<ApiState>,
    Caller(principal): Caller,
    Idempotency(key): Idempotency,
    JsonBody(wanted): JsonBody<NewHome>,
) -> Result<Response, Problem> {
    let name = Name::new("name", &wanted.name)?;
    let keeping = &state.services.home_keeping;
    let home = keeping.create(principal.person, &key, name, state.now()).await?;
    let location = format!("/v1/homes/{}", home.id);
    let body = Json(HomeBody::new(&home, Role::Owner));
    Ok((StatusCode::CREATED, [(LOCATION, location)], body).into_response())
}

/// One home of the caller.
#[utoipa::path(
    get, path = "/v1/homes/{home}", tag = "homes", params(("home" = String, Path)),
    responses((status = 200, body = HomeBody), (status = "default", body = ProblemBody))
)]
async fn show(State(state): State<ApiState>, home: HomeOf<AsGuest>) -> Result<Json<HomeBody>, Problem> {
    let found = state.services.homes.home(&home.scope).await?;
    let found = found.ok_or_else(|| Problem::not_found("home"))?;
    Ok(Json(HomeBody::new(&found, home.role)))
}

/// The home of a membership; `None` when it was erased in the meantime.
pub(crate) async fn home_body(
    state: &ApiState,
    membership: &Membership,
) -> Result<Option<HomeBody>, Problem> {
    let Some(scope) = HomeScope::of_member(membership, Role::Guest) else {
        return Ok(None);
    };
    let home = state.services.homes.home(&scope).await?;
    Ok(home.map(|home| HomeBody::new(&home, membership.role)))
}

impl HomeBody {
    fn new(home: &Home, role: Role) -> Self {
        Self {
            id: home.id,
            name: home.name.as_str().to_owned(),
            role: role.into(),
            created_at: home.created_at.into(),
        }
    }
}

impl From<Role> for RoleBody {
    fn from(role: Role) -> Self {
        match role {
            Role::Guest => Self::Guest,
            Role::Member => Self::Member,
            Role::Owner => Self::Owner,
        }
    }
}
