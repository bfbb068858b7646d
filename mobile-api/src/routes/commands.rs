//! Commands to robots.

use access::sha256_hex;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use domain::command::{Chosen, Command, CommandKind, CommandState, Corner, Order, Scope, Zone};
use domain::id::{CommandId, RobotId, RoomId, RunId};
use domain::usecase::NewCommand;
use domain::{CorrelationId, FieldError};
use http::StatusCode;
use http::header::LOCATION;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::corner_body::CornerBody;
use crate::extract::{AsGuest, Idempotency, JsonBody, PathId, RobotOf};
use crate::problem::{Problem, ProblemBody};
use crate::rfc3339::Rfc3339;
use crate::rounding::hundredths;
use crate::state::ApiState;

/// What a robot can be asked for.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum KindBody {
    Start,
    Pause,
    Resume,
    Stop,
    Dock,
    Locate,
}

/// What a start shall clean.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum ScopeBody {
    /// Everything that the robot can reach.
    WholeHome,
    /// These rooms, 1 to 32.
    Rooms { rooms: Vec<String> },
    /// These polygons, 1 to 32, each of 3 to 32 corners.
    Zones { zones: Vec<Vec<CornerBody>> },
}

/// A command to be given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CommandRequest {
    r#type: KindBody,
    /// Needed for a start, and for nothing else.
    scope: Option<ScopeBody>,
    /// The version of the room list that the scope was made from; another than the present one is `rooms_changed`.
    rooms_version: Option<u64>,
}

/// How far a command has come.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum StateBody {
    /// Not known to have arrived.
    Requested,
    /// Arrived at the robot.
    Delivered,
    /// The robot does it.
    Accepted,
    /// The robot refused; see the reason.
    Rejected,
    /// Nobody answered in time.
    Expired,
    /// Done.
    Succeeded,
    /// Not carried out; see the reason.
    Failed,
}

/// A command.
#[derive(Serialize, ToSchema)]
struct CommandBody {
    #[schema(value_type = String)]
    id: CommandId,
    state: StateBody,
    #[schema(value_type = String)]
    robot: RobotId,
    r#type: KindBody,
    issued_at: Rfc3339,
    expires_at: Rfc3339,
    /// The run that it started.
    #[schema(value_type = Option<String>)]
    run: Option<RunId>,
    /// Minutes that the plan of a start takes; null without a plan.
    planned_minutes: Option<f64>,
    /// Why the robot refused it or did not carry it out.
    #[schema(value_type = Option<String>)]
    reason: Option<serde_json::Value>,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(issue)).routes(routes!(show))
}

/// Ask a robot for something, and hear whether it arrived.
///
/// `delivered` means that the robot has it, `requested` that no confirmation came in time. A robot that is not
/// connected is `robot_offline` and never gets it later. The same `Idempotency-Key` with the same body is the same
/// command, for a day and the last 16 commands.
#[utoipa::path(
    post, path = "/v1/robots/{robot}/commands", tag = "commands",
    params(
        ("robot" = String, Path),
        ("Idempotency-Key" = String, Header, min_length = 1, max_length = 128, description = "1 to 128 characters"),
        ("X-Correlation-Id" = Option<String>, Header, description = "What our logs call the request, up to its map"),
    ),
    request_body = CommandRequest,
    responses(
        (status = 202, body = CommandBody, headers(("Location" = String), ("X-Correlation-Id" = String))),
        (status = "default", body = ProblemBody)
    )
)]
async fn issue(
    State(state): State<ApiState>,
    robot: RobotOf<AsGuest>,
    Idempotency(idempotency_key): Idempotency,
    Extension(correlation): Extension<CorrelationId>,
    JsonBody(request): JsonBody<CommandRequest>,
) -> Result<Response, Problem> {
    let rooms_version = request.rooms_version;
    let order = request.order()?;
    let now = state.now();
    let new = NewCommand {
        id: CommandId::new(now, rand::random()),
        issuer: robot.principal.person,
        key: digest(&(robot.access.scope.home(), idempotency_key)),
        digest: digest(&(&order, rooms_version)),
        order,
        rooms_version,
        correlation: Some(correlation),
    };
    let command = state.services.commanding.issue(&robot.access, new, now).await?;
    let location = format!("/v1/robots/{}/commands/{}", command.robot, command.id);
    let body = Json(CommandBody::new(&command, state.now()));
    Ok((StatusCode::ACCEPTED, [(LOCATION, location)], body).into_response())
}

/// A command as it stands.
#[utoipa::path(
    get, path = "/v1/robots/{robot}/commands/{command}", tag = "commands",
    params(("robot" = String, Path), ("command" = String, Path)),
    responses((status = 200, body = CommandBody), (status = "default", body = ProblemBody))
)]
async fn show(
    State(state): State<ApiState>,
    robot: RobotOf<AsGuest>,
    PathId(id): PathId<CommandId>,
) -> Result<Json<CommandBody>, Problem> {
    let command = state.services.commanding.current(&robot.access, id).await?;
    let command = command.ok_or_else(|| Problem::not_found("command"))?;
    Ok(Json(CommandBody::new(&command, state.now())))
}

/// The first half of a SHA-256: what tells keys and requests apart.
fn digest(what: &impl Serialize) -> u128 {
    const DIGITS: usize = 32;
    let digest = sha256_hex(&serde_json::to_vec(what).unwrap_or_default());
    let half = digest.get(..DIGITS).unwrap_or_default();
    u128::from_str_radix(half, 16).unwrap_or_default()
}

impl CommandRequest {
    fn order(self) -> Result<Order, FieldError> {
        Order::new(self.r#type.into(), self.scope.map(ScopeBody::scope).transpose()?)
    }
}

impl ScopeBody {
    fn scope(self) -> Result<Scope, FieldError> {
        match self {
            Self::WholeHome => Ok(Scope::WholeHome),
            Self::Rooms { rooms } => {
                let ids: Result<Vec<RoomId>, _> = rooms.iter().map(|room| room.parse()).collect();
                let ids = ids.map_err(|error| FieldError::new("scope.rooms", error.to_string()))?;
                let rooms = Chosen::new("scope.rooms", ids)?;
                Ok(Scope::Rooms { rooms })
            }
            Self::Zones { zones } => {
                let zones: Result<Vec<Zone>, _> = zones.into_iter().map(zone).collect();
                let zones = Chosen::new("scope.zones", zones?)?;
                Ok(Scope::Zones { zones })
            }
        }
    }
}

fn zone(corners: Vec<CornerBody>) -> Result<Zone, FieldError> {
    corners
        .into_iter()
        .map(Corner::from)
        .collect::<Vec<_>>()
        .try_into()
}

impl From<KindBody> for CommandKind {
    fn from(kind: KindBody) -> Self {
        match kind {
            KindBody::Start => Self::Start,
            KindBody::Pause => Self::Pause,
            KindBody::Resume => Self::Resume,
            KindBody::Stop => Self::Stop,
            KindBody::Dock => Self::Dock,
            KindBody::Locate => Self::Locate,
        }
    }
}

impl From<CommandKind> for KindBody {
    fn from(kind: CommandKind) -> Self {
        match kind {
            CommandKind::Start => Self::Start,
            CommandKind::Pause => Self::Pause,
            CommandKind::Resume => Self::Resume,
            CommandKind::Stop => Self::Stop,
            CommandKind::Dock => Self::Dock,
            CommandKind::Locate => Self::Locate,
        }
    }
}

impl CommandBody {
    /// The command as a reader sees it at `now`.
    fn new(command: &Command, now: domain::Timestamp) -> Self {
        let word = Result::<serde_json::Value, serde_json::Error>::ok;
        let (state, run, reason) = match command.state.seen_at(now, command.expires_at) {
            CommandState::Requested => (StateBody::Requested, None, None),
            CommandState::Delivered => (StateBody::Delivered, None, None),
            CommandState::Accepted { run } => (StateBody::Accepted, run, None),
            CommandState::Rejected { reason } => {
                (StateBody::Rejected, None, word(serde_json::to_value(reason)))
            }
            CommandState::Expired => (StateBody::Expired, None, None),
            CommandState::Succeeded { run } => (StateBody::Succeeded, run, None),
            CommandState::Failed { reason } => (StateBody::Failed, None, word(serde_json::to_value(reason))),
        };
        Self {
            id: command.id,
            state,
            robot: command.robot,
            r#type: command.order.kind().into(),
            issued_at: command.issued_at.into(),
            expires_at: command.expires_at.into(),
            run,
            planned_minutes: command
                .planned_seconds
                .map(|seconds| hundredths(f64::from(seconds) / 60.0)),
            reason,
        }
    }
}
