//! The caller's homes.

use axum::Json;
use axum::extract::State;
use domain::access::HomeScope;
use domain::home::{Membership, Role};
use domain::id::HomeId;
use futures_util::future::try_join_all;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Caller, QueryOf};
use crate::lists::{ListOf, PageQuery};
use crate::problem::{Problem, ProblemBody};
use crate::rfc3339::Rfc3339;
use crate::state::ApiState;

/// What somebody may do in a home.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RoleBody {
    /// See, start and stop.
    Guest,
    /// Also change settings.
    Member,
    /// Also pair and unpair.
    Owner,
}

/// A home of the caller.
#[derive(Serialize, ToSchema)]
struct HomeBody {
    #[schema(value_type = String)]
    id: HomeId,
    name: String,
    role: RoleBody,
    created_at: Rfc3339,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list))
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

/// The home of a membership; `None` when it was erased in the meantime.
async fn home_body(state: &ApiState, membership: &Membership) -> Result<Option<HomeBody>, Problem> {
    let Some(scope) = HomeScope::of_member(membership, Role::Guest) else {
        return Ok(None);
    };
    let home = state.services.homes.home(&scope).await?;
    Ok(home.map(|home| HomeBody {
        id: home.id,
        name: home.name.as_str().to_owned(),
        role: match membership.role {
            Role::Guest => RoleBody::Guest,
            Role::Member => RoleBody::Member,
            Role::Owner => RoleBody::Owner,
        },
        created_at: home.created_at.into(),
    }))
}
