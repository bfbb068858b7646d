//! The robots of a home.

use axum::Json;
use axum::extract::State;
use domain::access_log::AccessAction;
use domain::home::Name;
use futures_util::future::try_join_all;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access_log::note;
use super::robot_body::{RobotBody, confirmed_body, robot_body};
use crate::extract::{AsGuest, AsMember, AsOwner, HomeOf, JsonBody, QueryOf, RobotOf};
use crate::lists::{ListOf, PageQuery};
use crate::problem::{Problem, ProblemBody};
use crate::state::ApiState;

/// What may be changed of a robot.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RobotChange {
    /// 1 to 64 characters.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show, rename, unpair))
}

/// The robots of a home, in the order of their ids.
#[utoipa::path(
    get, path = "/v1/homes/{home}/robots", tag = "robots", params(("home" = String, Path), PageQuery),
    responses((status = 200, body = ListOf<RobotBody>), (status = "default", body = ProblemBody))
)]
async fn list(
    State(state): State<ApiState>,
    home: HomeOf<AsGuest>,
    QueryOf(page): QueryOf<PageQuery>,
) -> Result<Json<ListOf<RobotBody>>, Problem> {
    let robots = state.services.robots.robots(&home.scope, &page.request()).await?;
    let next = robots.next;
    let bodies = robots.items.iter().map(|robot| robot_body(&state, robot));
    let items = try_join_all(bodies).await?.into_iter().flatten().collect();
    Ok(Json(domain::page::Page { items, next }.into()))
}

/// A robot.
#[utoipa::path(
    get, path = "/v1/robots/{robot}", tag = "robots", params(("robot" = String, Path)),
    responses((status = 200, body = RobotBody), (status = "default", body = ProblemBody))
)]
async fn show(State(state): State<ApiState>, robot: RobotOf<AsGuest>) -> Result<Json<RobotBody>, Problem> {
    let body = confirmed_body(&state, &robot.access.robot).await?;
    body.map(Json).ok_or_else(|| Problem::not_found("robot"))
}

/// Give a robot another name.
#[utoipa::path(
    patch, path = "/v1/robots/{robot}", tag = "robots", params(("robot" = String, Path)),
    request_body = RobotChange,
    responses((status = 200, body = RobotBody), (status = "default", body = ProblemBody))
)]
async fn rename(
    State(state): State<ApiState>,
    robot: RobotOf<AsMember>,
    JsonBody(change): JsonBody<RobotChange>,
) -> Result<Json<RobotBody>, Problem> {
    let name = Name::new("name", &change.name)?;
    let renamed = state.services.pairings.rename(&robot.access, name).await?;
    let body = robot_body(&state, &renamed).await?;
    body.map(Json).ok_or_else(|| Problem::not_found("robot"))
}

/// Unpair a robot: its certificate is revoked and its connection cut.
#[utoipa::path(
    delete, path = "/v1/robots/{robot}", tag = "robots", params(("robot" = String, Path)),
    responses((status = 204), (status = "default", body = ProblemBody))
)]
async fn unpair(State(state): State<ApiState>, robot: RobotOf<AsOwner>) -> Result<StatusCode, Problem> {
    let access = &robot.access;
    state.services.pairings.unpair(access).await?;
    let name = Some(access.pairing.name.clone());
    note(
        &state,
        &access.scope,
        &robot.principal,
        AccessAction::Unpaired,
        name,
    )
    .await;
    Ok(StatusCode::NO_CONTENT)
}
