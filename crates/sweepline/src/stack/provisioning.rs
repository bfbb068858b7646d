//! Fleet provisioning, as AWS IoT does it: a robot with a claim certificate gets one of its own, and is registered with
//! it once the template's hook allows it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::ensure;
use bytes::Bytes;
use domain::Timestamp;
use domain::id::RobotId;
use domain::usecase::Admitting;
use functions::ProvisioningHook;
use infra::Template;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wire::provisioning::{
    CertificateMade, CertificateWanted, ProvisioningTopic, Registered, RegistrationWanted, Rejected, decode,
    encode,
};

use super::devices::{LateBroker, LocalRegistry};
use super::parts::Parts;
use crate::authority::Authority;
use crate::broker::Ingest;
use crate::clock::now;
use crate::meter::{BilledFunction, Meter};

/// How long an ownership token is good.
pub const TOKEN_VALIDITY: Duration = Duration::from_secs(60 * 60);
/// How long a robot may take to acknowledge an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// The common name of a certificate that was made before anybody knows whose it is.
const UNNAMED: &str = "unnamed";

/// Answers robots that are to be provisioned; clones stand for the same one.
#[derive(Clone)]
pub struct FleetProvisioning(Arc<Shared>);

struct Shared {
    template: String,
    hook: ProvisioningHook,
    billed: BilledFunction,
    meter: Meter,
    authority: Arc<Authority>,
    registry: Arc<LocalRegistry>,
    broker: LateBroker,
    made: Mutex<HashMap<String, Made>>,
}

/// A certificate that waits for its owner to be registered.
#[derive(Clone)]
struct Made {
    id: String,
    pem: String,
    at: Timestamp,
}

impl FleetProvisioning {
    /// Provisioning as the template has it.
    ///
    /// # Errors
    /// Names the hook that is not known.
    pub fn new(
        fleet: &infra::FleetProvisioning,
        template: &Template,
        parts: &Parts,
        authority: &Arc<Authority>,
        meter: &Meter,
    ) -> anyhow::Result<Self> {
        let hook = template.function(&fleet.hook);
        let program = hook.map(|function| function.binary.as_str());
        ensure!(
            program == Some("provisioning_hook"),
            "infra/template.yaml: its provisioning hook runs {program:?}, which the local stack does not know"
        );
        let (robots, labels) = (parts.store.clone(), parts.store.clone());
        Ok(Self(Arc::new(Shared {
            template: fleet.template.clone(),
            hook: ProvisioningHook::new(Admitting { robots, labels }),
            billed: meter.function(&fleet.hook),
            meter: meter.clone(),
            authority: authority.clone(),
            registry: parts.registry.clone(),
            broker: parts.broker.clone(),
            made: Mutex::default(),
        })))
    }

    /// Answers what a client asked for, if it is something that robots are provisioned with.
    pub fn take(&self, ingest: &Ingest) {
        let Some(topic) = ProvisioningTopic::of(&ingest.topic) else {
            return;
        };
        let (provisioning, ingest) = (Arc::clone(&self.0), ingest.clone());
        tokio::spawn(async move {
            let answer = provisioning.answer(&topic, &ingest).await;
            provisioning.tell(&ingest.client_id, &topic, answer).await;
        });
    }
}

impl Shared {
    async fn answer(&self, topic: &ProvisioningTopic, ingest: &Ingest) -> Result<Vec<u8>, Rejected> {
        match topic {
            ProvisioningTopic::Certificate => Ok(encode(&self.make(&read(ingest)?)?)),
            ProvisioningTopic::Registration { template } if *template == self.template => {
                Ok(encode(&self.register(&read(ingest)?, &ingest.client_id).await?))
            }
            ProvisioningTopic::Registration { .. } => Err(rejected(
                404,
                "ResourceNotFound",
                "there is no such provisioning template",
            )),
        }
    }

    fn make(&self, wanted: &CertificateWanted) -> Result<CertificateMade, Rejected> {
        let csr = &wanted.certificate_signing_request;
        let issued = self.authority.sign_csr(csr, UNNAMED, now().millis());
        let issued = issued.map_err(|error| rejected(400, "InvalidCsr", &error.to_string()))?;
        let token = format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>());
        let made = Made {
            id: issued.serial.clone(),
            pem: issued.pem.clone(),
            at: now(),
        };
        let mut all = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, made| now().since(made.at) < TOKEN_VALIDITY);
        all.insert(token.clone(), made);
        Ok(CertificateMade {
            certificate_id: issued.serial,
            certificate_pem: issued.pem,
            certificate_ownership_token: token,
        })
    }

    async fn register(&self, wanted: &RegistrationWanted, client_id: &str) -> Result<Registered, Rejected> {
        let made = self.owned(&wanted.certificate_ownership_token)?;
        let event = json!({
            "certificateId": made.id, "certificatePem": made.pem, "templateArn": self.template,
            "clientId": client_id, "parameters": wanted.parameters,
        });
        let asked = self
            .meter
            .invocation(&self.billed, self.hook.handle(&event, now()))
            .await;
        let answer = asked.map_err(|_| rejected(500, "InternalFailure", "the hook failed"))?;
        let name = named(&json!(answer));
        let robot = name.ok_or_else(|| rejected(403, "AccessDenied", "the hook does not allow it"))?;
        self.registry.readmit(robot);
        Ok(Registered {
            thing_name: robot.to_string(),
        })
    }

    /// The certificate of the token; the same robot may ask again.
    fn owned(&self, token: &str) -> Result<Made, Rejected> {
        let all = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let made = all
            .get(token)
            .filter(|made| now().since(made.at) < TOKEN_VALIDITY);
        let unknown = || {
            rejected(
                400,
                "InvalidCertificateOwnershipToken",
                "the token is unknown or has ended",
            )
        };
        made.cloned().ok_or_else(unknown)
    }

    /// Whoever is gone asks again.
    async fn tell(&self, client_id: &str, topic: &ProvisioningTopic, answer: Result<Vec<u8>, Rejected>) {
        let (topic, payload) = match answer {
            Ok(payload) => (topic.accepted(), payload),
            Err(reason) => {
                tracing::warn!(client.id = client_id, ?reason, "provisioning rejected");
                (topic.rejected(), encode(&reason))
            }
        };
        let Some(broker) = self.broker.get() else {
            return;
        };
        let told = broker
            .deliver(client_id, &topic, Bytes::from(payload), ANSWER_TIMEOUT)
            .await;
        tracing::debug!(client.id = client_id, topic, ?told, "provisioning answered");
    }
}

fn read<T: DeserializeOwned>(ingest: &Ingest) -> Result<T, Rejected> {
    decode(&ingest.payload).map_err(|error| rejected(400, "InvalidPayload", &error.to_string()))
}

/// The name that the hook gives the robot, if it lets it in.
fn named(answer: &Value) -> Option<RobotId> {
    let is_allowed = answer["allowProvisioning"] == true;
    let name = answer["parameterOverrides"]["Robot"].as_str()?;
    name.parse().ok().filter(|_| is_allowed)
}

fn rejected(status_code: u16, error_code: &str, error_message: &str) -> Rejected {
    Rejected {
        status_code,
        error_code: error_code.to_owned(),
        error_message: error_message.to_owned(),
    }
}
