//! Every decision about a client: whether it may connect, publish, subscribe and receive. Refusals are the
//! default; only what the certificate, the policies and the limits all permit goes through.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use policy::{Action, Endpoint, Identity, PolicyDocument, Resource};
use rmqtt::codec::types::MQTT_LEVEL_5;
use rmqtt::types::{ConnectInfo, ListenerId, Publish};
use thiserror::Error;

use crate::authority::CLAIM_NAME;

use super::config::{Authorizer, CertificateRegistry, CertificateStatus};
use super::connection::{Admission, Connection};
use super::limits::{self, LimitError, MAX_FILTERS_PER_SUBSCRIBE};

/// The listener for robots, with mutual TLS.
pub(super) const ROBOTS: ListenerId = 1;
/// The listener for phones, websockets with a token.
pub(super) const PHONES: ListenerId = 2;

pub(super) struct Gate {
    pub(super) endpoint: Endpoint,
    pub(super) device_policy: Arc<[PolicyDocument]>,
    pub(super) claim_policy: Arc<[PolicyDocument]>,
    pub(super) authorizer: Arc<dyn Authorizer>,
    pub(super) registry: Arc<dyn CertificateRegistry>,
}

/// Why a client may not connect.
#[derive(Debug, Error)]
pub(super) enum Refusal {
    #[error("no certificate with a common name and serial number")]
    NoCertificate,
    #[error("certificate is not in force")]
    Certificate(CertificateStatus),
    #[error("token was not accepted")]
    Token,
    #[error("unknown listener")]
    Listener,
    #[error("policy does not allow the connection")]
    Policy,
    #[error("last will cannot be published")]
    Will(#[source] PublishRefusal),
}

/// Why a message may not be published.
#[derive(Debug, Error)]
pub(super) enum PublishRefusal {
    #[error("policy does not allow {0}")]
    Policy(Action),
    #[error(transparent)]
    Limit(#[from] LimitError),
}

/// Why a topic filter may not be subscribed to.
#[derive(Debug, Error)]
pub(super) enum SubscribeRefusal {
    #[error("policy does not allow iot:Subscribe")]
    Policy,
    #[error("more than {MAX_FILTERS_PER_SUBSCRIBE} filters in one SUBSCRIBE")]
    TooMany,
    #[error(transparent)]
    Limit(#[from] LimitError),
}

impl Gate {
    /// Finds out who the client is and whether it may connect, and checks its last will, which the broker library
    /// publishes without asking again.
    pub(super) async fn admit(&self, info: &ConnectInfo) -> Result<Admission, Refusal> {
        let admission = match info.id().lid() {
            ROBOTS => self.admit_robot(info).await?,
            PHONES => self.admit_phone(info).await?,
            _ => return Err(Refusal::Listener),
        };
        if !admission.may(Action::Connect, Resource::Client(info.client_id())) {
            return Err(Refusal::Policy);
        }
        if let Some(will) = info.last_will() {
            let will = Publish::try_from(will).map_err(|_| Refusal::Will(LimitError::TopicName.into()))?;
            check_publish(&admission, &will).map_err(Refusal::Will)?;
        }
        Ok(admission)
    }

    /// The registry says whose a certificate is; a robot that was provisioned by a claim has no name in its own. A
    /// claim is everybody's of its make, so that its name says all.
    async fn admit_robot(&self, info: &ConnectInfo) -> Result<Admission, Refusal> {
        let certificate = info.cert().ok_or(Refusal::NoCertificate)?;
        let (name, serial) = certificate
            .common_name
            .as_deref()
            .zip(certificate.serial.as_deref())
            .ok_or(Refusal::NoCertificate)?;
        let stranger = Identity {
            common_name: Some(name.to_owned()),
            ..self.stranger(info)
        };
        if name == CLAIM_NAME {
            return Ok(admission(info, stranger, Arc::clone(&self.claim_policy), serial));
        }
        let thing = info.client_id();
        match self.registry.status(thing, serial).await {
            CertificateStatus::Active => {}
            status @ (CertificateStatus::Revoked | CertificateStatus::Unknown) => {
                return Err(Refusal::Certificate(status));
            }
        }
        let identity = Identity {
            thing_name: Some(thing.to_string()),
            attached: true,
            ..stranger
        };
        Ok(admission(info, identity, Arc::clone(&self.device_policy), serial))
    }

    async fn admit_phone(&self, info: &ConnectInfo) -> Result<Admission, Refusal> {
        let username = info.username().map(|name| &**name);
        let password = info.password().ok_or(Refusal::Token)?;
        let policies = self
            .authorizer
            .authorize(info.client_id(), username, password)
            .await
            .ok_or(Refusal::Token)?;
        Ok(admission(
            info,
            self.stranger(info),
            policies.into(),
            info.client_id(),
        ))
    }

    fn stranger(&self, info: &ConnectInfo) -> Identity {
        Identity {
            endpoint: self.endpoint.clone(),
            client_id: info.client_id().to_string(),
            thing_name: None,
            attached: false,
            common_name: None,
        }
    }
}

fn admission(
    info: &ConnectInfo,
    identity: Identity,
    policies: Arc<[PolicyDocument]>,
    principal: &str,
) -> Admission {
    Admission {
        identity,
        policies,
        principal: principal.to_owned(),
        address: info
            .ipaddress()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip()),
        hears_reasons: info.proto_ver() == MQTT_LEVEL_5,
    }
}

/// Checks a message against the limits and the client's policies.
pub(super) fn check_publish(admission: &Admission, publish: &Publish) -> Result<(), PublishRefusal> {
    limits::check_publish(
        &publish.topic,
        publish.payload.len(),
        publish.qos.value(),
        publish.retain,
    )?;
    let needed: &[Action] = if publish.retain {
        &[Action::Publish, Action::RetainPublish]
    } else {
        &[Action::Publish]
    };
    let topic = Resource::Topic(&publish.topic);
    match needed.iter().find(|action| !admission.may(**action, topic)) {
        Some(denied) => Err(PublishRefusal::Policy(*denied)),
        None => Ok(()),
    }
}

/// Checks one topic filter of a SUBSCRIBE.
pub(super) fn check_subscribe(connection: &Connection, filter: &str) -> Result<(), SubscribeRefusal> {
    if connection.count_filter() > MAX_FILTERS_PER_SUBSCRIBE {
        return Err(SubscribeRefusal::TooMany);
    }
    limits::check_filter(filter)?;
    if connection
        .admission
        .may(Action::Subscribe, Resource::TopicFilter(filter))
    {
        Ok(())
    } else {
        Err(SubscribeRefusal::Policy)
    }
}
