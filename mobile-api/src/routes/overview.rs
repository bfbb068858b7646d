//! All that the first screen of a phone shows, in one answer: each request costs more than what it reads.

use axum::Json;
use axum::extract::State;
use domain::access::HomeScope;
use domain::home::{Floor, Membership, Role};
use domain::id::HomeId;
use domain::page::PageRequest;
use domain::robot::Robot;
use futures_util::future::{try_join, try_join_all, try_join3};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::floors::{FloorBody, map_tag};
use super::homes::{HomeBody, home_body};
use super::robot_body::RobotBody;
use super::run_body::RunBody;
use super::settings::SettingsBody;
use crate::extract::{Caller, QueryOf};
use crate::problem::{Problem, ProblemBody};
use crate::state::ApiState;

/// Which home is looked at.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct OverviewQuery {
    /// The home; the caller's first one when left out.
    home: Option<String>,
}

/// A robot with what stands beside it on the first screen.
#[derive(Serialize, ToSchema)]
struct OverviewRobot {
    #[serde(flatten)]
    robot: RobotBody,
    /// Null before the first are stored; their ETag is their version.
    settings: Option<SettingsBody>,
    /// Null before the first.
    last_run: Option<RunBody>,
}

/// A floor, and whether its map is the known one.
#[derive(Serialize, ToSchema)]
struct OverviewFloor {
    #[serde(flatten)]
    floor: FloorBody,
    /// The ETag of its map as JSON; null before the first vote.
    map_tag: Option<String>,
}

/// What the first screen shows.
#[derive(Serialize, ToSchema)]
struct OverviewBody {
    /// The caller's homes, at most 100.
    homes: Vec<HomeBody>,
    /// The one that the rest is about; null for somebody without a home.
    #[schema(value_type = Option<String>)]
    home: Option<HomeId>,
    /// At most 100, in the order of their ids.
    robots: Vec<OverviewRobot>,
    /// At most 100, in the order of their ids.
    floors: Vec<OverviewFloor>,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(show))
}

/// The caller's homes, with the robots of one, their settings and last runs, and its floors with their maps' ETags.
#[utoipa::path(
    get, path = "/v1/overview", tag = "homes", params(OverviewQuery),
    responses((status = 200, body = OverviewBody), (status = "default", body = ProblemBody))
)]
async fn show(
    State(state): State<ApiState>,
    Caller(principal): Caller,
    QueryOf(query): QueryOf<OverviewQuery>,
) -> Result<Json<OverviewBody>, Problem> {
    let homes = &state.services.homes;
    let memberships = homes
        .memberships(principal.person, &PageRequest::first())
        .await?
        .items;
    let chosen = chosen(&memberships, query.home.as_deref())?;
    let scope = chosen.and_then(|membership| HomeScope::of_member(membership, Role::Guest));
    let bodies = memberships.iter().map(|membership| home_body(&state, membership));
    let homes = try_join_all(bodies).await?.into_iter().flatten().collect();
    let (robots, floors) = match &scope {
        Some(scope) => try_join(robots(&state, scope), floors(&state, scope)).await?,
        None => (Vec::new(), Vec::new()),
    };
    Ok(Json(OverviewBody {
        homes,
        home: scope.map(|scope| scope.home()),
        robots,
        floors,
    }))
}

/// The membership in the home that is wanted, or else in the first one.
fn chosen<'a>(
    memberships: &'a [Membership],
    wanted: Option<&str>,
) -> Result<Option<&'a Membership>, Problem> {
    let Some(wanted) = wanted else {
        return Ok(memberships.first());
    };
    let wanted: Option<HomeId> = wanted.parse().ok();
    let found = memberships
        .iter()
        .find(|membership| Some(membership.home) == wanted);
    found.map(Some).ok_or_else(|| Problem::not_found("home"))
}

async fn robots(state: &ApiState, scope: &HomeScope) -> Result<Vec<OverviewRobot>, Problem> {
    let robots = state
        .services
        .robots
        .robots(scope, &PageRequest::first())
        .await?
        .items;
    let bodies = robots.iter().map(|robot| robot_of(state, scope, robot));
    Ok(try_join_all(bodies).await?.into_iter().flatten().collect())
}

/// A robot as it is shown; `None` when it is not paired any more.
async fn robot_of(
    state: &ApiState,
    scope: &HomeScope,
    robot: &Robot,
) -> Result<Option<OverviewRobot>, Problem> {
    let Some(pairing) = &robot.pairing else {
        return Ok(None);
    };
    let services = &state.services;
    let newest = PageRequest::new(1, None);
    let (health, settings, runs) = try_join3(
        services.health.health(robot.id),
        services.settings.settings(robot.id),
        services.runs.runs(scope, robot.id, &newest),
    )
    .await?;
    let wanted = settings.as_ref().map_or(0, |settings| settings.version);
    let settings = settings.map(|settings| SettingsBody::new(settings, health.status.as_ref()));
    Ok(Some(OverviewRobot {
        robot: RobotBody::new(pairing, health, wanted),
        settings,
        last_run: runs.items.into_iter().next().map(RunBody::from),
    }))
}

async fn floors(state: &ApiState, scope: &HomeScope) -> Result<Vec<OverviewFloor>, Problem> {
    let floors = state
        .services
        .homes
        .floors(scope, &PageRequest::first())
        .await?
        .items;
    try_join_all(floors.iter().map(|floor| floor_of(state, scope, floor))).await
}

async fn floor_of(state: &ApiState, scope: &HomeScope, floor: &Floor) -> Result<OverviewFloor, Problem> {
    let map = state.services.floors.floor_map(scope, floor.id).await?;
    Ok(OverviewFloor {
        floor: FloorBody::new(floor, map.as_ref().map_or(0, |map| map.n)),
        map_tag: map.as_ref().map(map_tag),
    })
}
