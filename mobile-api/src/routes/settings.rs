//! The settings of robots.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::command::Corner;
use domain::settings::{Preferences, Restriction, Settings};
use http::header::ETAG;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::corner_body::CornerBody;
use crate::extract::{AsGuest, AsMember, IfMatch, JsonBody, RobotOf};
use crate::problem::{Problem, ProblemBody};
use crate::state::ApiState;

/// Where a robot must not go, or not mop.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum RestrictionBody {
    /// No entry within the polygon.
    NoGoZone { corners: Vec<CornerBody> },
    /// No mopping within the polygon.
    NoMopZone { corners: Vec<CornerBody> },
    /// No crossing of the line.
    VirtualWall { corners: Vec<CornerBody> },
}

/// What an owner may change.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PreferencesBody {
    /// Whether the robot may send its map.
    upload_map: bool,
    /// Whether the buttons on the robot are locked.
    child_lock: bool,
    /// At most 64, in the home frame.
    restrictions: Vec<RestrictionBody>,
}

/// The settings of a robot.
#[derive(Serialize, ToSchema)]
pub(crate) struct SettingsBody {
    version: u64,
    /// The version that the robot applied; 0 before any.
    applied_version: u64,
    upload_map: bool,
    child_lock: bool,
    restrictions: Vec<RestrictionBody>,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(show, change))
}

/// The settings of a robot; the ETag is their version.
#[utoipa::path(
    get, path = "/v1/robots/{robot}/settings", tag = "settings", params(("robot" = String, Path)),
    responses(
        (status = 200, body = SettingsBody, headers(("ETag" = String))),
        (status = "default", body = ProblemBody)
    )
)]
async fn show(State(state): State<ApiState>, robot: RobotOf<AsGuest>) -> Result<Response, Problem> {
    let settings = state
        .services
        .settings_keeping
        .read(robot.access.robot.id)
        .await?;
    answer(&state, &robot.access.robot.id, settings).await
}

/// Replace the settings, if they are still those of the ETag in `If-Match`.
#[utoipa::path(
    put, path = "/v1/robots/{robot}/settings", tag = "settings",
    params(("robot" = String, Path), ("If-Match" = String, Header, description = "the ETag of what was read")),
    request_body = PreferencesBody,
    responses(
        (status = 200, body = SettingsBody, headers(("ETag" = String))),
        (status = "default", body = ProblemBody)
    )
)]
async fn change(
    State(state): State<ApiState>,
    robot: RobotOf<AsMember>,
    IfMatch(expected): IfMatch,
    JsonBody(body): JsonBody<PreferencesBody>,
) -> Result<Response, Problem> {
    let id = robot.access.robot.id;
    let changed = state
        .services
        .settings_keeping
        .change(id, expected, body.into())
        .await?;
    answer(&state, &id, changed).await
}

async fn answer(
    state: &ApiState,
    robot: &domain::id::RobotId,
    settings: Settings,
) -> Result<Response, Problem> {
    let health = state.services.health.health(*robot).await?;
    let tag = format!("\"{}\"", settings.version);
    let applied = health.status.map_or(0, |status| status.settings_version);
    Ok(([(ETAG, tag)], Json(SettingsBody::new(settings, applied))).into_response())
}

impl SettingsBody {
    /// Settings of which the robot has applied this version.
    pub(crate) fn new(settings: Settings, applied_version: u64) -> Self {
        let preferences = settings.preferences;
        let restrictions = preferences.restrictions.into_iter();
        Self {
            version: settings.version,
            applied_version,
            upload_map: preferences.upload_map,
            child_lock: preferences.child_lock,
            restrictions: restrictions.map(RestrictionBody::from).collect(),
        }
    }
}

impl From<PreferencesBody> for Preferences {
    fn from(body: PreferencesBody) -> Self {
        Self {
            upload_map: body.upload_map,
            child_lock: body.child_lock,
            restrictions: body.restrictions.into_iter().map(Restriction::from).collect(),
        }
    }
}

impl From<Restriction> for RestrictionBody {
    fn from(restriction: Restriction) -> Self {
        let bodies = |corners: Vec<Corner>| corners.into_iter().map(CornerBody::from).collect();
        match restriction {
            Restriction::NoGoZone { corners } => Self::NoGoZone {
                corners: bodies(corners),
            },
            Restriction::NoMopZone { corners } => Self::NoMopZone {
                corners: bodies(corners),
            },
            Restriction::VirtualWall { corners } => Self::VirtualWall {
                corners: bodies(corners),
            },
        }
    }
}

impl From<RestrictionBody> for Restriction {
    fn from(body: RestrictionBody) -> Self {
        let corners = |bodies: Vec<CornerBody>| bodies.into_iter().map(Corner::from).collect();
        match body {
            RestrictionBody::NoGoZone { corners: bodies } => Self::NoGoZone {
                corners: corners(bodies),
            },
            RestrictionBody::NoMopZone { corners: bodies } => Self::NoMopZone {
                corners: corners(bodies),
            },
            RestrictionBody::VirtualWall { corners: bodies } => Self::VirtualWall {
                corners: corners(bodies),
            },
        }
    }
}
