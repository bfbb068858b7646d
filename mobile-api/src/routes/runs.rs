//! The runs of a robot.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::id::RunId;
use domain::run::Run;
use http::HeaderMap;
use http::header::{CONTENT_TYPE, VARY};
use mapping::formats::png_map::draw_run;
use mapping::run_map::RunMap;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::floors::PNG_SCALE;
use super::map_body::RunMapBody;
use super::run_body::{RunBody, RunDetail};
use crate::binary::Binary;
use crate::extract::{AsGuest, PathId, QueryOf, RobotOf};
use crate::lists::{ListOf, PageQuery};
use crate::negotiation::negotiate;
use crate::problem::{Code, Problem, ProblemBody};
use crate::state::ApiState;

#[derive(Clone, Copy)]
enum Form {
    Json,
    Png,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(map))
}

/// The runs of a robot, newest first.
#[utoipa::path(
    get, path = "/v1/robots/{robot}/runs", tag = "runs", params(("robot" = String, Path), PageQuery),
    responses((status = 200, body = ListOf<RunBody>), (status = "default", body = ProblemBody))
)]
async fn list(
    State(state): State<ApiState>,
    robot: RobotOf<AsGuest>,
    QueryOf(page): QueryOf<PageQuery>,
) -> Result<Json<ListOf<RunBody>>, Problem> {
    let access = &robot.access;
    let runs = state
        .services
        .runs
        .runs(&access.scope, access.robot.id, &page.request())
        .await?;
    Ok(Json(runs.map(RunBody::from).into()))
}

/// A run with the path that the robot drove.
#[utoipa::path(
    get, path = "/v1/robots/{robot}/runs/{run}", tag = "runs",
    params(("robot" = String, Path), ("run" = String, Path)),
    responses((status = 200, body = RunDetail), (status = "default", body = ProblemBody))
)]
async fn show(
    State(state): State<ApiState>,
    robot: RobotOf<AsGuest>,
    PathId(id): PathId<RunId>,
) -> Result<Json<RunDetail>, Problem> {
    Ok(Json(run_of(&state, &robot, id).await?.into()))
}

/// What a run has seen so far, as JSON or as a picture.
#[utoipa::path(
    get, path = "/v1/robots/{robot}/runs/{run}/map", tag = "runs",
    params(("robot" = String, Path), ("run" = String, Path)),
    responses(
        (status = 200, content((RunMapBody = "application/json"), (Binary = "image/png"))),
        (status = "default", body = ProblemBody)
    )
)]
async fn map(
    State(state): State<ApiState>,
    robot: RobotOf<AsGuest>,
    PathId(id): PathId<RunId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let form = negotiate(
        &headers,
        &[("application/json", Form::Json), ("image/png", Form::Png)],
    )?;
    let run = run_of(&state, &robot, id).await?;
    let mut map = RunMap::new();
    for tile in state
        .services
        .run_tiles
        .tiles(&robot.access.scope, run.id)
        .await?
    {
        map.replace(tile.index, tile.cells);
    }
    let response = match form {
        Form::Json => Json(RunMapBody::new(&map)?).into_response(),
        Form::Png => {
            let picture = draw_run(&map, PNG_SCALE);
            let picture =
                picture.map_err(|error| Problem::new(Code::Internal, "no picture").because(error))?;
            ([(CONTENT_TYPE, "image/png")], picture).into_response()
        }
    };
    Ok(([(VARY, "Accept")], response).into_response())
}

async fn run_of(state: &ApiState, robot: &RobotOf<AsGuest>, id: RunId) -> Result<Run, Problem> {
    let access = &robot.access;
    let run = state
        .services
        .runs
        .run(&access.scope, access.robot.id, id)
        .await?;
    run.ok_or_else(|| Problem::not_found("run"))
}
