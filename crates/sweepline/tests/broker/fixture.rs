//! A broker with an authority, a registry of certificates and leases for phones.

use std::collections::HashMap;
use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use bytes::Bytes;
use policy::{Endpoint, PolicyDocument};
use serde_json::{Value, json};
use sweepline::authority::{Authority, CLAIM_VALIDITY};
use sweepline::broker::{
    Authorizer, Broker, BrokerConfig, BrokerError, CertificateRegistry, CertificateStatus, Ingest,
    PresenceChange, PresenceEvent, Quality, Streams,
};
use sweepline::meter::Meter;

const DEADLINE: Duration = Duration::from_secs(10);
const ARN: &str = "arn:aws:iot:us-east-1:000000000000";
const SELF: &str = "${iot:Connection.Thing.ThingName}";

/// Waits for what must come.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future)
        .await
        .unwrap_or_else(|_| panic!("no {what} within {DEADLINE:?}"))
}

pub fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}

fn device_policy() -> PolicyDocument {
    PolicyDocument::from_value(json!({ "Version": "2012-10-17", "Statement": [
        {
            "Effect": "Allow", "Action": "iot:Connect", "Resource": format!("{ARN}:client/{SELF}"),
            "Condition": { "Bool": { "iot:Connection.Thing.IsAttached": "true" } }
        },
        {
            "Effect": "Allow", "Action": "iot:Publish", "Resource": [
                format!("{ARN}:topic/$aws/rules/dev_map_ingest/r/{SELF}/*"),
                format!("{ARN}:topic/live/{SELF}/*")
            ]
        },
        {
            "Effect": "Allow", "Action": "iot:Subscribe", "Resource": [
                format!("{ARN}:topicfilter/cfg/{SELF}"), format!("{ARN}:topicfilter/rcv/{SELF}")
            ]
        },
        {
            "Effect": "Allow", "Action": "iot:Receive", "Resource": [
                format!("{ARN}:topic/cfg/{SELF}"), format!("{ARN}:topic/rcv/{SELF}"),
                format!("{ARN}:topic/cmd/{SELF}")
            ]
        }
    ]}))
    .unwrap()
}

/// What a lease allows: the live topics of one robot.
pub fn lease(client_id: &str, robot: &str) -> Value {
    json!([
        { "Effect": "Allow", "Action": "iot:Connect", "Resource": format!("{ARN}:client/{client_id}") },
        { "Effect": "Allow", "Action": "iot:Subscribe", "Resource": format!("{ARN}:topicfilter/live/*") },
        { "Effect": "Allow", "Action": "iot:Receive", "Resource": format!("{ARN}:topic/live/{robot}/*") }
    ])
}

/// Everything is allowed, so that only the broker's own rules are left.
pub fn everything() -> Value {
    json!([{ "Effect": "Allow", "Action": "iot:*", "Resource": "*" }])
}

#[derive(Default)]
struct Registry(Mutex<HashMap<(String, String), CertificateStatus>>);

#[async_trait]
impl CertificateRegistry for Registry {
    async fn status(&self, thing_name: &str, serial: &str) -> CertificateStatus {
        let known = self.0.lock().unwrap();
        let key = (thing_name.to_owned(), serial.to_owned());
        known.get(&key).copied().unwrap_or(CertificateStatus::Unknown)
    }
}

#[derive(Default)]
struct Leases(Mutex<HashMap<(String, Vec<u8>), PolicyDocument>>);

#[async_trait]
impl Authorizer for Leases {
    async fn authorize(&self, client_id: &str, _: Option<&str>, token: &[u8]) -> Option<Vec<PolicyDocument>> {
        let key = (client_id.to_owned(), token.to_vec());
        Some(vec![self.0.lock().unwrap().get(&key)?.clone()])
    }
}

/// A robot's certificate and key, PEM.
pub struct Credentials {
    pub certificate: String,
    pub key: String,
    pub serial: String,
}

pub struct Stack {
    pub broker: Broker,
    pub ingest: Option<tokio::sync::mpsc::Receiver<Ingest>>,
    presence: tokio::sync::mpsc::UnboundedReceiver<PresenceEvent>,
    authority: Authority,
    registry: Arc<Registry>,
    leases: Arc<Leases>,
    _dir: tempfile::TempDir,
}

impl Stack {
    pub async fn start() -> Self {
        Self::start_at((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap()
    }

    pub async fn start_at(mqtt: SocketAddr) -> Result<Self, BrokerError> {
        Self::start_with(mqtt, device_policy(), None).await
    }

    /// A broker that holds robots to the policy `device_policy`, and those with a claim to `claim_policy`.
    pub async fn start_with(
        mqtt: SocketAddr,
        device_policy: PolicyDocument,
        claim_policy: Option<PolicyDocument>,
    ) -> Result<Self, BrokerError> {
        let dir = tempfile::tempdir().unwrap();
        let authority = Authority::open(dir.path(), now_ms()).unwrap();
        let (server_cert_pem, server_key_pem) = authority.server_identity(&[], now_ms()).unwrap();
        let (registry, leases) = (Arc::new(Registry::default()), Arc::new(Leases::default()));
        let config = BrokerConfig {
            mqtt,
            ws: (Ipv4Addr::LOCALHOST, 0).into(),
            server_cert_pem,
            server_key_pem,
            client_ca_pem: authority.ca_pem().to_owned(),
            device_policy,
            claim_policy,
            authorizer: leases.clone(),
            registry: registry.clone(),
            traffic: Arc::new(Meter::default()),
            endpoint: Endpoint {
                region: "us-east-1".to_owned(),
                account: "000000000000".to_owned(),
            },
        };
        let (broker, Streams { ingest, presence }) = Broker::start(config).await?;
        Ok(Self {
            broker,
            ingest: Some(ingest),
            presence,
            authority,
            registry,
            leases,
            _dir: dir,
        })
    }

    pub fn ca_pem(&self) -> &str {
        self.authority.ca_pem()
    }

    /// A certificate that the registry does not know.
    pub fn issue(&self, name: &str) -> Credentials {
        self.issue_at(name, now_ms())
    }

    /// A certificate that the authority signed at `time_ms`.
    pub fn issue_at(&self, name: &str, time_ms: i64) -> Credentials {
        let key = rcgen::KeyPair::generate().unwrap();
        let request = rcgen::CertificateParams::default()
            .serialize_request(&key)
            .unwrap()
            .pem()
            .unwrap();
        let issued = self.authority.sign_csr(&request, name, time_ms).unwrap();
        Credentials {
            certificate: issued.pem,
            key: key.serialize_pem(),
            serial: issued.serial,
        }
    }

    /// A claim certificate.
    pub fn claim(&self) -> Credentials {
        let (certificate, key) = self.authority.claim_identity(now_ms(), CLAIM_VALIDITY).unwrap();
        Credentials {
            certificate,
            key,
            serial: String::new(),
        }
    }

    /// A certificate that is in force.
    pub fn register(&self, name: &str) -> Credentials {
        let credentials = self.issue(name);
        self.set_status(name, &credentials, CertificateStatus::Active);
        credentials
    }

    pub fn set_status(&self, name: &str, credentials: &Credentials, status: CertificateStatus) {
        let key = (name.to_owned(), credentials.serial.clone());
        self.registry.0.lock().unwrap().insert(key, status);
    }

    pub fn grant(&self, client_id: &str, token: &str, statements: Value) {
        let document =
            PolicyDocument::from_value(json!({ "Version": "2012-10-17", "Statement": statements })).unwrap();
        let key = (client_id.to_owned(), token.as_bytes().to_vec());
        self.leases.0.lock().unwrap().insert(key, document);
    }

    /// Publishes from the cloud.
    pub async fn tell(&self, topic: &str, payload: &'static [u8]) {
        self.publish(topic, payload, false).await;
    }

    /// Publishes a retained message from the cloud.
    pub async fn retain(&self, topic: &str, payload: &'static [u8]) {
        self.publish(topic, payload, true).await;
    }

    async fn publish(&self, topic: &str, payload: &'static [u8], retain: bool) {
        let payload = Bytes::from_static(payload);
        self.broker
            .publish(topic, payload, Quality::AtLeastOnce, retain)
            .await
            .unwrap();
    }

    pub async fn next_ingest(&mut self) -> Ingest {
        within("ingest", self.ingest.as_mut().unwrap().recv())
            .await
            .unwrap()
    }

    pub async fn next_presence(&mut self) -> PresenceEvent {
        within("presence", self.presence.recv()).await.unwrap()
    }

    /// The next disconnection, whatever else happens before it.
    pub async fn next_disconnect(&mut self) -> PresenceEvent {
        loop {
            let event = self.next_presence().await;
            if matches!(event.change, PresenceChange::Disconnected { .. }) {
                return event;
            }
        }
    }
}
