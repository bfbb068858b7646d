//! An owner claims a robot with the code that it shows.

use axum::Json;
use axum::extract::State;
use domain::access_log::AccessAction;
use domain::home::Name;
use domain::id::PairingId;
use domain::label::PairingCode;
use domain::robot::Robot;
use domain::usecase::UseCaseError;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access_log::note;
use super::robot_body::{RobotBody, robot_body};
use crate::extract::{AsOwner, HomeOf, JsonBody};
use crate::problem::{Code, Problem, ProblemBody};
use crate::state::ApiState;

/// A robot to be claimed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRobot {
    /// The eight letters and digits that the robot shows, such as `ABCD-1234`, or the sixteen printed on it.
    code: String,
    /// 1 to 64 characters.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(claim))
}

/// Claim the robot that shows a code, or that a code is printed on.
///
/// A code that is unknown, expired or used is `claim_unknown`; after ten of them within five minutes one waits.
#[utoipa::path(
    post, path = "/v1/homes/{home}/robots", tag = "robots", params(("home" = String, Path)),
    request_body = NewRobot,
    responses((status = 201, body = RobotBody), (status = "default", body = ProblemBody))
)]
async fn claim(
    State(state): State<ApiState>,
    home: HomeOf<AsOwner>,
    JsonBody(wanted): JsonBody<NewRobot>,
) -> Result<(StatusCode, Json<RobotBody>), Problem> {
    let code: PairingCode = wanted.code.parse()?;
    let name = Name::new("name", &wanted.name)?;
    let now = state.now();
    let person = home.principal.person.to_string();
    state.failed_claims.check(&person, now)?;
    let robot = pair(&state, &home, &code, name)
        .await
        .map_err(|error| match error {
            UseCaseError::NotFound { .. } => {
                state.failed_claims.fail(&person, now);
                Problem::new(Code::ClaimUnknown, "no robot shows this code now")
            }
            other => other.into(),
        })?;
    let name = robot.pairing.as_ref().map(|pairing| pairing.name.clone());
    note(&state, &home.scope, &home.principal, AccessAction::Paired, name).await;
    let body = robot_body(&state, &robot).await?;
    let body = body.ok_or_else(|| Problem::not_found("robot"))?;
    Ok((StatusCode::CREATED, Json(body)))
}

async fn pair(
    state: &ApiState,
    home: &HomeOf<AsOwner>,
    code: &PairingCode,
    name: Name,
) -> Result<Robot, UseCaseError> {
    let now = state.now();
    let (scope, id) = (&home.scope, PairingId::new(now, rand::random()));
    let pairings = state.services.pairings.clone();
    match code {
        PairingCode::Shown(code) => pairings.pair(scope, code, name, id, now).await,
        PairingCode::Printed(code) => pairings.pair_labelled(scope, code, name, id, now).await,
    }
}
