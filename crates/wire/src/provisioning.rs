//! Fleet provisioning: how a robot with a claim certificate gets one of its own. The topics and payloads are AWS IoT's
//! ("Device provisioning MQTT API", AWS IoT Developer Guide), so that they carry no version of ours.

use std::fmt;

use domain::id::RobotId;
use domain::label::LabelCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::json::malformed;
use crate::{MAX_PAYLOAD_BYTES, WireError};

/// What the MQTT client ids of robots start with that have no certificate of their own yet.
pub const CLAIM_CLIENT_PREFIX: &str = "claim_";

const CREATE: &str = "$aws/certificates/create-from-csr/json";
const TEMPLATES: &str = "$aws/provisioning-templates/";
const PROVISION: &str = "/provision/json";
const ACCEPTED: &str = "/accepted";
const REJECTED: &str = "/rejected";

/// What a robot asks for; the answer comes on the same topic with an end of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ProvisioningTopic {
    /// A certificate for a key that the robot made: a [`CertificateWanted`], answered by a [`CertificateMade`].
    Certificate,
    /// To be registered under its own name: a [`RegistrationWanted`], answered by a [`Registered`].
    Registration {
        /// The provisioning template.
        template: String,
    },
}

impl ProvisioningTopic {
    /// Where the answer comes when the robot gets what it wants.
    pub fn accepted(&self) -> String {
        format!("{self}{ACCEPTED}")
    }

    /// Where a [`Rejected`] comes when it does not.
    pub fn rejected(&self) -> String {
        format!("{self}{REJECTED}")
    }

    /// What is asked for on `topic`, if anything is.
    ///
    /// ```
    /// # use wire::provisioning::ProvisioningTopic;
    /// let topic = ProvisioningTopic::of("$aws/provisioning-templates/prod_robots/provision/json");
    /// assert_eq!(topic, Some(ProvisioningTopic::Registration { template: "prod_robots".into() }));
    /// assert_eq!(ProvisioningTopic::of("$aws/provisioning-templates//provision/json"), None);
    /// ```
    pub fn of(topic: &str) -> Option<Self> {
        if topic == CREATE {
            return Some(Self::Certificate);
        }
        let template = topic.strip_prefix(TEMPLATES)?.strip_suffix(PROVISION)?;
        let is_name = !template.is_empty() && !template.contains(['/', '+', '#']);
        is_name.then(|| Self::Registration {
            template: template.to_owned(),
        })
    }

    /// Whether `topic` is one that answers come on.
    pub fn is_answer(topic: &str) -> bool {
        let asked = [ACCEPTED, REJECTED]
            .iter()
            .find_map(|end| topic.strip_suffix(end));
        asked.and_then(Self::of).is_some()
    }
}

impl fmt::Display for ProvisioningTopic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate => f.write_str(CREATE),
            Self::Registration { template } => write!(f, "{TEMPLATES}{template}{PROVISION}"),
        }
    }
}

/// A robot wants a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CertificateWanted {
    /// The signing request, PEM.
    pub certificate_signing_request: String,
}

/// A certificate that opens nothing before its owner is registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CertificateMade {
    /// What the registry knows it by.
    pub certificate_id: String,
    /// The certificate, PEM.
    pub certificate_pem: String,
    /// Shows that the certificate is the robot's; good for an hour.
    pub certificate_ownership_token: String,
}

/// A robot wants to be registered with its certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegistrationWanted {
    /// What came with the certificate.
    pub certificate_ownership_token: String,
    /// Who it is.
    pub parameters: RegistrationParameters,
}

/// The parameters of the provisioning template that the robot gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RegistrationParameters {
    /// Who the robot says it is.
    pub serial_number: RobotId,
    /// The code that is printed on it, which shows that it is.
    pub code: LabelCode,
}

/// A robot is registered, and may connect with its certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Registered {
    /// Under this name.
    pub thing_name: String,
}

/// Why it is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rejected {
    /// As in HTTP.
    pub status_code: u16,
    /// Such as `InvalidCertificateOwnershipToken`.
    pub error_code: String,
    /// For people.
    pub error_message: String,
}

/// The bytes of a payload.
pub fn encode<T: Serialize>(payload: &T) -> Vec<u8> {
    // The payloads of this module have string keys and no failing serializers, so this cannot fail.
    serde_json::to_vec(payload).unwrap_or_default()
}

/// The payload in `bytes`; fields that are not known are left out.
///
/// # Errors
/// [`WireError::TooLarge`] and [`WireError::Malformed`].
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, WireError> {
    if bytes.len() > MAX_PAYLOAD_BYTES {
        return Err(WireError::TooLarge { bytes: bytes.len() });
    }
    serde_json::from_slice(bytes).map_err(|error| malformed("payload", &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_read_back_and_their_answers_are_told_apart() {
        let template = "dev_robots".to_owned();
        for topic in [
            ProvisioningTopic::Certificate,
            ProvisioningTopic::Registration { template },
        ] {
            assert_eq!(ProvisioningTopic::of(&topic.to_string()), Some(topic.clone()));
            for answer in [topic.accepted(), topic.rejected()] {
                assert!(ProvisioningTopic::is_answer(&answer), "{answer}");
                assert_eq!(ProvisioningTopic::of(&answer), None);
            }
            assert!(!ProvisioningTopic::is_answer(&topic.to_string()));
        }
        for foreign in [
            "$aws/certificates/create/json",
            "$aws/provisioning-templates/a/b/provision/json",
            "",
        ] {
            assert_eq!(ProvisioningTopic::of(foreign), None);
        }
    }

    #[test]
    fn payloads_have_the_services_names() {
        let wanted = RegistrationWanted {
            certificate_ownership_token: "token".into(),
            parameters: RegistrationParameters {
                serial_number: RobotId::from_u128(1),
                code: LabelCode::new(2),
            },
        };
        let text = String::from_utf8(encode(&wanted)).unwrap();
        for name in ["certificateOwnershipToken", "parameters", "SerialNumber", "Code"] {
            assert!(text.contains(&format!("\"{name}\":")), "{text}");
        }
        assert_eq!(decode(text.as_bytes()), Ok(wanted));
        let refused = decode::<CertificateMade>(br#"{"certificateId":"a"}"#);
        assert_eq!(refused.unwrap_err().field(), "certificatePem");
    }
}
