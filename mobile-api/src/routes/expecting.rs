//! An owner provisions a new robot: their phone hands it a claim, and it is theirs as soon as it connects.

use axum::Json;
use axum::extract::State;
use domain::home::Name;
use domain::id::{PairingId, RobotId};
use domain::label::LabelCode;
use domain::ports::ProvisioningClaim;
use domain::usecase::ExpectedRobot;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::provisioning::BrokerBody;
use crate::extract::{AsOwner, HomeOf, JsonBody};
use crate::problem::{Code, Problem, ProblemBody};
use crate::rfc3339::Rfc3339;
use crate::state::ApiState;

/// A robot to be provisioned.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewcomerBody {
    /// 1 to 64 characters.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
}

/// What a new robot is provisioned with: a secret, for the robot alone.
#[derive(Serialize, ToSchema)]
struct ProvisioningBody {
    /// The id that the robot has from now on.
    #[schema(value_type = String)]
    robot: RobotId,
    /// With this it proves who it is, once.
    code: String,
    /// The provisioning template.
    template: String,
    /// What the names of the installation's rules start with.
    stage: String,
    /// The claim certificate, PEM.
    certificate: String,
    /// Its private key, PEM.
    key: String,
    /// The certificates that the broker's own is checked with, PEM.
    ca: String,
    mqtt: BrokerBody,
    expires_at: Rfc3339,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(expect))
}

/// Provision a new robot: the answer goes to the robot, which has some minutes to get a certificate of its own with it.
///
/// The robot is in the home at once, and connected when it is done. Where the installation provisions no robots, this
/// is `provisioning_unavailable`.
#[utoipa::path(
    post, path = "/v1/homes/{home}/provisioning", tag = "provisioning", params(("home" = String, Path)),
    request_body = NewcomerBody,
    responses((status = 201, body = ProvisioningBody), (status = "default", body = ProblemBody))
)]
async fn expect(
    State(state): State<ApiState>,
    home: HomeOf<AsOwner>,
    JsonBody(wanted): JsonBody<NewcomerBody>,
) -> Result<(StatusCode, Json<ProvisioningBody>), Problem> {
    let (name, now) = (Name::new("name", &wanted.name)?, state.now());
    let claims = state.services.claims.clone();
    let claims = claims.ok_or_else(|| {
        Problem::new(
            Code::ProvisioningUnavailable,
            "this installation provisions no robots",
        )
    })?;
    let claim = claims.claim().await?;
    let expected = ExpectedRobot {
        robot: RobotId::new(now, rand::random()),
        code: LabelCode::new(rand::random()),
        name,
        pairing: PairingId::new(now, rand::random()),
    };
    let body = body(&state, &expected, claim);
    state.services.pairings.expect(&home.scope, expected, now).await?;
    Ok((StatusCode::CREATED, Json(body)))
}

fn body(state: &ApiState, expected: &ExpectedRobot, claim: ProvisioningClaim) -> ProvisioningBody {
    let provisioning = &state.config.provisioning;
    ProvisioningBody {
        robot: expected.robot,
        code: expected.code.to_string(),
        template: claim.template,
        stage: provisioning.stage.clone(),
        certificate: claim.certificate_pem,
        key: claim.key_pem,
        ca: provisioning.ca_pem.clone(),
        mqtt: BrokerBody::of(provisioning),
        expires_at: claim.expires_at.into(),
    }
}
