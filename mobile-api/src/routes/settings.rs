//! The settings of robots.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::access_log::AccessAction;
use domain::command::Corner;
use domain::schedule::DoNotDisturb;
use domain::settings::{Preferences, Restriction, Settings};
use domain::status::Status;
use domain::time_zone::ZoneName;
use domain::{FieldError, Timestamp};
use http::header::ETAG;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access_log::note;
use super::corner_body::CornerBody;
use super::schedule_body::{DoNotDisturbBody, EntryBody, SkippedBody};
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
    /// Whether the buttons on the robot start nothing; they stop it all the same.
    child_lock: bool,
    /// At most 64, in the home frame.
    restrictions: Vec<RestrictionBody>,
    /// A name of the IANA database, such as `Europe/Berlin`; left out, it stays as it is, as do the next two.
    time_zone: Option<String>,
    /// When the robot cleans by itself: at most 16 entries.
    schedule: Option<Vec<EntryBody>>,
    do_not_disturb: Option<DoNotDisturbBody>,
}

/// The settings of a robot.
#[derive(Serialize, ToSchema)]
pub(crate) struct SettingsBody {
    version: u64,
    /// The version that the robot applied; 0 before any.
    applied_version: u64,
    upload_map: bool,
    child_lock: bool,
    /// Whether somebody lifted the child lock at the robot; it holds again once settings are put.
    child_lock_lifted: bool,
    restrictions: Vec<RestrictionBody>,
    time_zone: String,
    schedule: Vec<EntryBody>,
    do_not_disturb: DoNotDisturbBody,
    /// The last scheduled run, if it did not begin.
    skipped: Option<SkippedBody>,
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
    let keeping = &state.services.settings_keeping;
    let present = keeping.read(id).await?.preferences;
    let wanted = body.over(present, state.now())?;
    let changed = keeping.change(id, expected, wanted).await?;
    let name = Some(robot.access.pairing.name.clone());
    note(
        &state,
        &robot.access.scope,
        &robot.principal,
        AccessAction::SettingsChanged,
        name,
    )
    .await;
    answer(&state, &id, changed).await
}

async fn answer(
    state: &ApiState,
    robot: &domain::id::RobotId,
    settings: Settings,
) -> Result<Response, Problem> {
    let health = state.services.health.health(*robot).await?;
    let tag = format!("\"{}\"", settings.version);
    let body = SettingsBody::new(settings, health.status.as_ref());
    Ok(([(ETAG, tag)], Json(body)).into_response())
}

impl SettingsBody {
    /// Settings, and what the robot last said of them.
    pub(crate) fn new(settings: Settings, status: Option<&Status>) -> Self {
        let preferences = settings.preferences;
        let restrictions = preferences.restrictions.into_iter();
        let applied_version = status.map_or(0, |status| status.settings_version);
        let is_lifted = status.is_some_and(|status| status.lock_lifted);
        Self {
            version: settings.version,
            applied_version,
            upload_map: preferences.upload_map,
            child_lock: preferences.child_lock,
            child_lock_lifted: preferences.child_lock && is_lifted && applied_version >= settings.chosen_in,
            restrictions: restrictions.map(RestrictionBody::from).collect(),
            time_zone: preferences.time_zone.into(),
            schedule: preferences.schedule.into_iter().map(EntryBody::from).collect(),
            do_not_disturb: preferences.do_not_disturb.into(),
            skipped: status.and_then(|status| status.skipped).map(SkippedBody::from),
        }
    }
}

impl PreferencesBody {
    /// What is chosen; what is left out stays as in `present`, so that a page of before there were schedules does not
    /// empty them.
    fn over(self, present: Preferences, now: Timestamp) -> Result<Preferences, FieldError> {
        let entries = |bodies: Vec<EntryBody>| bodies.into_iter().map(|body| body.entry(now)).collect();
        let quiet = self.do_not_disturb.map(DoNotDisturb::from);
        Ok(Preferences {
            upload_map: self.upload_map,
            child_lock: self.child_lock,
            restrictions: self.restrictions.into_iter().map(Restriction::from).collect(),
            time_zone: self.time_zone.map_or(Ok(present.time_zone), ZoneName::try_from)?,
            schedule: self.schedule.map_or(Ok(present.schedule), entries)?,
            do_not_disturb: quiet.unwrap_or(present.do_not_disturb),
        })
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
