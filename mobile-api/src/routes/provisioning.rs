//! A robot without an owner asks for one.

use access::Secret;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::claim::{Claim, ClaimCode};
use domain::id::{ClaimId, PairingId, RobotId};
use domain::ports::StoreError;
use domain::usecase::{NewClaim, UseCaseError};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{ClaimSecret, JsonBody, PathId};
use crate::problem::{Code, Problem, ProblemBody};
use crate::rfc3339::Rfc3339;
use crate::state::{ApiState, Provisioning};

/// How many codes are tried before giving up; two open claims share a code once in 10^12.
const CODE_ATTEMPTS: usize = 3;

/// A robot's request for an owner.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClaimRequest {
    /// A certificate signing request, PEM, at most 4,096 bytes.
    csr: String,
}

/// An open claim, for the robot alone.
#[derive(Serialize, ToSchema)]
struct OpenedClaim {
    #[schema(value_type = String)]
    id: ClaimId,
    /// The id that the robot will have.
    #[schema(value_type = String)]
    robot: RobotId,
    /// What the owner types.
    code: String,
    /// With this the robot asks what became of the claim.
    secret: String,
    expires_at: Rfc3339,
}

/// What became of a claim.
#[derive(Serialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
enum ClaimBody {
    /// Nobody has typed the code yet.
    Waiting,
    /// An owner has; this is what the robot connects with.
    Claimed(Box<ClaimedBody>),
}

/// What a claimed robot connects with.
#[derive(Serialize, ToSchema)]
struct ClaimedBody {
    #[schema(value_type = String)]
    robot: RobotId,
    #[schema(value_type = String)]
    pairing: PairingId,
    /// PEM.
    certificate: String,
    /// The certificates that the broker's own is checked with, PEM.
    ca: String,
    mqtt: BrokerBody,
    /// What the names of the installation's rules start with.
    stage: String,
}

/// Where the broker is.
#[derive(Serialize, ToSchema)]
pub(super) struct BrokerBody {
    host: String,
    port: u16,
}

impl BrokerBody {
    pub(super) fn of(provisioning: &Provisioning) -> Self {
        Self {
            host: provisioning.mqtt_host.clone(),
            port: provisioning.mqtt_port,
        }
    }
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(open)).routes(routes!(show))
}

/// Open a claim; its code is good for five minutes.
#[utoipa::path(
    post, path = "/v1/provisioning/claims", tag = "provisioning", security(()), request_body = ClaimRequest,
    responses((status = 201, body = OpenedClaim), (status = "default", body = ProblemBody))
)]
async fn open(
    State(state): State<ApiState>,
    JsonBody(request): JsonBody<ClaimRequest>,
) -> Result<(StatusCode, Json<OpenedClaim>), Problem> {
    let secret =
        Secret::generate().ok_or_else(|| Problem::new(Code::Unavailable, "no randomness, try again"))?;
    let claim = open_claim(&state, &secret, &request.csr).await?;
    let opened = OpenedClaim {
        id: claim.id,
        robot: claim.robot,
        code: claim.code.to_string(),
        secret: secret.expose().to_owned(),
        expires_at: claim.expires_at.into(),
    };
    Ok((StatusCode::CREATED, Json(opened)))
}

async fn open_claim(state: &ApiState, secret: &Secret, csr: &str) -> Result<Claim, Problem> {
    let now = state.now();
    for _ in 0..CODE_ATTEMPTS {
        let new = NewClaim {
            id: ClaimId::new(now, rand::random()),
            robot: RobotId::new(now, rand::random()),
            code: ClaimCode::new(rand::random()),
            secret_hash: secret.hash(),
            csr: csr.to_owned(),
        };
        match state.services.pairings.open_claim(new, now).await {
            Err(UseCaseError::Store(StoreError::Conflict { .. })) => {}
            other => return Ok(other?),
        }
    }
    Err(StoreError::Conflict { what: "claim" }.into())
}

/// What became of a claim; 410 once it has expired, for a foreign one and for one that never was.
#[utoipa::path(
    get, path = "/v1/provisioning/claims/{claim}", tag = "provisioning", security(("claim" = [])),
    params(("claim" = String, Path)),
    responses((status = 200, body = ClaimBody), (status = 202, body = ClaimBody), (status = "default", body = ProblemBody))
)]
async fn show(
    State(state): State<ApiState>,
    secret: ClaimSecret,
    id: Result<PathId<ClaimId>, Problem>,
) -> Result<Response, Problem> {
    let gone = || Problem::new(Code::ClaimGone, "the claim has expired, open another one");
    let PathId(id) = id.map_err(|_| gone())?;
    let claim = state.services.pairings.claim(id, &secret.hash, state.now()).await;
    let claim = claim.map_err(|error| match error {
        UseCaseError::NotFound { .. } => gone(),
        other => other.into(),
    })?;
    let (status, body) = match claim_body(&state, claim) {
        None => (StatusCode::ACCEPTED, ClaimBody::Waiting),
        Some(claimed) => (StatusCode::OK, ClaimBody::Claimed(Box::new(claimed))),
    };
    Ok((status, Json(body)).into_response())
}

fn claim_body(state: &ApiState, claim: Claim) -> Option<ClaimedBody> {
    let provisioning = &state.config.provisioning;
    let outcome = claim.outcome?;
    Some(ClaimedBody {
        robot: claim.robot,
        pairing: outcome.pairing,
        certificate: outcome.certificate_pem,
        ca: provisioning.ca_pem.clone(),
        mqtt: BrokerBody::of(provisioning),
        stage: provisioning.stage.clone(),
    })
}
