//! The request of AWS IoT before it provisions a robot, and the answer to it.

use domain::FieldError;
use domain::id::RobotId;
use domain::label::LabelCode;
use domain::robot::Certificate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wire::certificate::Validity;

use super::shaped;

/// A robot that wants a certificate of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvisioningRequest {
    /// Who it says it is.
    pub robot: RobotId,
    /// With what it shows that it is.
    pub code: LabelCode,
    /// The certificate that was made for it.
    pub certificate: Certificate,
}

/// Whether it is provisioned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProvisioningAnswer {
    allow_provisioning: bool,
    parameter_overrides: Overrides,
}

/// What takes the place of the robot's own parameters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Overrides {
    #[serde(skip_serializing_if = "Option::is_none")]
    robot: Option<RobotId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    certificate_id: String,
    certificate_pem: String,
    parameters: Parameters,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameters {
    serial_number: String,
    code: String,
}

impl TryFrom<&Value> for ProvisioningRequest {
    type Error = FieldError;

    fn try_from(event: &Value) -> Result<Self, FieldError> {
        let envelope: Envelope = shaped(event)?;
        let robot = envelope.parameters.serial_number.parse::<RobotId>();
        let robot = robot.map_err(|error| FieldError::new("SerialNumber", error.to_string()))?;
        let code = envelope.parameters.code.parse::<LabelCode>();
        let code = code.map_err(|error| FieldError::new("Code", error.reason))?;
        let validity = Validity::of(&envelope.certificate_pem)
            .map_err(|error| FieldError::new("certificatePem", error.to_string()))?;
        Ok(Self {
            robot,
            code,
            certificate: Certificate {
                id: envelope.certificate_id,
                not_after: validity.not_after,
                successor: None,
                quarantine: None,
            },
        })
    }
}

impl ProvisioningAnswer {
    /// Yes, and under this name, whatever the robot called itself.
    pub fn yes(robot: RobotId) -> Self {
        Self {
            allow_provisioning: true,
            parameter_overrides: Overrides { robot: Some(robot) },
        }
    }

    /// No.
    pub fn no() -> Self {
        Self {
            allow_provisioning: false,
            parameter_overrides: Overrides::default(),
        }
    }
}
