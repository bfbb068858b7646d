//! Live views of robots, each under a lease.

use access::Secret;
use axum::Json;
use axum::extract::State;
use domain::id::{LeaseId, RobotId};
use domain::lease::Lease;
use domain::usecase::NewLease;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{AsGuest, PathId, RobotOf};
use crate::problem::{Code, Problem, ProblemBody};
use crate::rfc3339::Rfc3339;
use crate::state::ApiState;

/// The MQTT user name of everybody who watches; the token is the password.
const USERNAME: &str = "lease";

/// Where a robot publishes while somebody watches.
#[derive(Serialize, ToSchema)]
struct Topics {
    pose: String,
    tiles: String,
}

/// A lease, with what opens its connection.
#[derive(Serialize, ToSchema)]
struct LeaseBody {
    #[schema(value_type = String)]
    id: LeaseId,
    /// MQTT over websockets.
    url: String,
    /// The only client id that the token opens.
    client_id: String,
    username: &'static str,
    /// Told once, when the lease is opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    topics: Topics,
    expires_at: Rfc3339,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(open))
        .routes(routes!(renew, end))
}

/// Watch a robot for five minutes; a robot that is offline has just nothing to show.
///
/// Where the installation has no live view, this is `live_unavailable`.
#[utoipa::path(
    post, path = "/v1/robots/{robot}/live", tag = "live", params(("robot" = String, Path)),
    responses((status = 201, body = LeaseBody), (status = "default", body = ProblemBody))
)]
async fn open(
    State(state): State<ApiState>,
    robot: RobotOf<AsGuest>,
) -> Result<(StatusCode, Json<LeaseBody>), Problem> {
    let url = live_url(&state)?;
    let now = state.now();
    let token =
        Secret::generate().ok_or_else(|| Problem::new(Code::Unavailable, "no randomness, try again"))?;
    let new = NewLease {
        id: LeaseId::new(now, rand::random()),
        person: robot.principal.person,
        token_hash: token.hash(),
    };
    let lease = state.services.leasing.open(&robot.access, new, now).await?;
    let body = LeaseBody::new(url, &lease, Some(token));
    Ok((StatusCode::CREATED, Json(body)))
}

/// Let a lease run on for five minutes from now; the robot shows everything again.
#[utoipa::path(
    post, path = "/v1/robots/{robot}/live/{lease}", tag = "live",
    params(("robot" = String, Path), ("lease" = String, Path)),
    responses((status = 200, body = LeaseBody), (status = "default", body = ProblemBody))
)]
async fn renew(
    State(state): State<ApiState>,
    robot: RobotOf<AsGuest>,
    PathId(id): PathId<LeaseId>,
) -> Result<Json<LeaseBody>, Problem> {
    let url = live_url(&state)?;
    let person = robot.principal.person;
    let lease = state
        .services
        .leasing
        .renew(&robot.access, id, person, state.now())
        .await?;
    Ok(Json(LeaseBody::new(url, &lease, None)))
}

/// End a lease and cut its connection.
#[utoipa::path(
    delete, path = "/v1/robots/{robot}/live/{lease}", tag = "live",
    params(("robot" = String, Path), ("lease" = String, Path)),
    responses((status = 204), (status = "default", body = ProblemBody))
)]
async fn end(
    State(state): State<ApiState>,
    robot: RobotOf<AsGuest>,
    PathId(id): PathId<LeaseId>,
) -> Result<StatusCode, Problem> {
    let person = robot.principal.person;
    state
        .services
        .leasing
        .end(&robot.access, id, person, state.now())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where live views connect.
fn live_url(state: &ApiState) -> Result<&str, Problem> {
    let url = state.config.live_url.as_deref();
    url.ok_or_else(|| Problem::new(Code::LiveUnavailable, "this installation has no live view"))
}

impl LeaseBody {
    fn new(url: &str, lease: &Lease, token: Option<Secret>) -> Self {
        Self {
            id: lease.id,
            url: url.to_owned(),
            client_id: lease.client_id(),
            username: USERNAME,
            password: token.map(|token| token.expose().to_owned()),
            topics: Topics::of(lease.robot),
            expires_at: lease.expires_at.into(),
        }
    }
}

impl Topics {
    fn of(robot: RobotId) -> Self {
        Self {
            pose: wire::topic::Downlink::LivePose(robot).to_string(),
            tiles: wire::topic::Downlink::LiveTiles(robot).to_string(),
        }
    }
}
