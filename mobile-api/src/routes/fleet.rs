//! The fleet, for operators: health, never a home, a map or a schedule.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use domain::FieldError;
use domain::error::check_text;
use domain::fleet::{FleetFilter, FleetSummary, RobotHealth};
use domain::id::RobotId;
use domain::label::LabelCode;
use domain::page::{Cursor, Page, PageRequest};
use domain::ports::StoreError;
use domain::status::{MAX_LABEL, RobotState};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::robot_body::HealthBody;
use crate::extract::{JsonBody, Operator, PathId, QueryOf};
use crate::lists::{Limit, ListOf};
use crate::problem::{Problem, ProblemBody};
use crate::state::ApiState;

/// How often the store is asked for one page.
const MAX_READS: usize = 32;

/// Which robots are wanted; each parameter may be left out or empty.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct FleetQuery {
    /// Matter's operational state.
    state: Option<String>,
    /// The agent's version.
    firmware: Option<String>,
    /// `true` or `false`.
    connected: Option<String>,
    /// How many items at most, 1 to 100; 50 unless given.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 100)]
    limit: Option<Limit>,
    /// Where the page before this one ended.
    cursor: Option<String>,
}

/// A robot that comes with a claim certificate.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AnnouncedRobot {
    /// The sixteen letters and digits that are printed on it, such as `ABCD-EFGH-JKMN-PQRS`.
    code: String,
}

/// Counts over the fleet.
#[derive(Serialize, ToSchema)]
struct SummaryBody {
    total: u64,
    connected: u64,
    /// All states, also those with no robot.
    by_state: BTreeMap<&'static str, u64>,
    by_firmware: BTreeMap<String, u64>,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(announce))
        .routes(routes!(lift))
        .routes(routes!(summary))
}

/// The robots of the fleet; a page may be short while `next` says that the list goes on.
#[utoipa::path(
    get, path = "/v1/fleet/robots", tag = "fleet", params(FleetQuery),
    responses((status = 200, body = ListOf<HealthBody>), (status = "default", body = ProblemBody))
)]
async fn list(
    State(state): State<ApiState>,
    _: Operator,
    QueryOf(query): QueryOf<FleetQuery>,
) -> Result<Json<ListOf<HealthBody>>, Problem> {
    let limit = query.limit.unwrap_or_default().items();
    let page = PageRequest::new(
        limit,
        query
            .cursor
            .clone()
            .filter(|cursor| !cursor.is_empty())
            .map(Cursor),
    );
    let robots = full_page(&state, &query.filter()?, page).await?;
    Ok(Json(robots.map(HealthBody::from).into()))
}

/// Announce a robot that comes with a claim certificate, so that it is provisioned and its owner can add it.
///
/// A robot that is known stays as it is, and may be announced again with another code: each is good for one
/// certificate. A code that is printed on another robot is `conflict`.
#[utoipa::path(
    put, path = "/v1/fleet/robots/{robot}", tag = "fleet", params(("robot" = String, Path)),
    request_body = AnnouncedRobot,
    responses((status = 204), (status = "default", body = ProblemBody))
)]
async fn announce(
    State(state): State<ApiState>,
    _: Operator,
    PathId(robot): PathId<RobotId>,
    JsonBody(announced): JsonBody<AnnouncedRobot>,
) -> Result<StatusCode, Problem> {
    let code: LabelCode = announced.code.parse()?;
    state.services.admitting.announce(robot, code).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let a robot in again that was cut off; one that was not, or is not known, stays as it is.
#[utoipa::path(
    delete, path = "/v1/fleet/robots/{robot}/quarantine", tag = "fleet", params(("robot" = String, Path)),
    responses((status = 204), (status = "default", body = ProblemBody))
)]
async fn lift(
    State(state): State<ApiState>,
    _: Operator,
    PathId(robot): PathId<RobotId>,
) -> Result<StatusCode, Problem> {
    state.services.quarantining.lift(robot).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reads on while the page is not full: the store may give short pages where the filter lets few robots pass.
async fn full_page(
    state: &ApiState,
    filter: &FleetFilter,
    page: PageRequest,
) -> Result<Page<RobotHealth>, StoreError> {
    let limit = page.limit();
    let mut robots = state.services.fleet.fleet(filter, &page).await?;
    for _ in 1..MAX_READS {
        let Some(cursor) = robots.next.clone().filter(|_| robots.items.len() < limit) else {
            break;
        };
        let rest = PageRequest::new(limit - robots.items.len(), Some(cursor));
        let more = state.services.fleet.fleet(filter, &rest).await?;
        robots.items.extend(more.items);
        robots.next = more.next;
    }
    Ok(robots)
}

/// Counts over the fleet.
#[utoipa::path(
    get, path = "/v1/fleet/summary", tag = "fleet",
    responses((status = 200, body = SummaryBody), (status = "default", body = ProblemBody))
)]
async fn summary(State(state): State<ApiState>, _: Operator) -> Result<Json<SummaryBody>, Problem> {
    Ok(Json(state.services.fleet.summary().await?.into()))
}

impl FleetQuery {
    fn filter(self) -> Result<FleetFilter, FieldError> {
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let firmware = given(self.firmware);
        firmware
            .as_deref()
            .map_or(Ok(()), |text| check_text("firmware", text, MAX_LABEL))?;
        Ok(FleetFilter {
            state: given(self.state).map(|text| state_of(&text)).transpose()?,
            firmware,
            connected: given(self.connected).map(|text| truth_of(&text)).transpose()?,
        })
    }
}

fn state_of(text: &str) -> Result<RobotState, FieldError> {
    let found = RobotState::ALL.into_iter().find(|state| state.as_str() == text);
    found.ok_or_else(|| {
        let names: Vec<&str> = RobotState::ALL.iter().map(|state| state.as_str()).collect();
        FieldError::new("state", format!("must be one of {}", names.join(", ")))
    })
}

fn truth_of(text: &str) -> Result<bool, FieldError> {
    text.parse()
        .map_err(|_| FieldError::new("connected", "must be true or false"))
}

impl From<FleetSummary> for SummaryBody {
    fn from(summary: FleetSummary) -> Self {
        let count = |state: &RobotState| summary.by_state.get(state).copied().unwrap_or(0);
        Self {
            total: summary.total,
            connected: summary.connected,
            by_state: RobotState::ALL
                .iter()
                .map(|state| (state.as_str(), count(state)))
                .collect(),
            by_firmware: summary.by_firmware,
        }
    }
}
