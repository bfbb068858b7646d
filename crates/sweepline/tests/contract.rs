//! The local stack keeps the contract of the device ports, as the adapter of AWS IoT does.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use device_contract::{Manner, Rig};
use domain::Timestamp;
use domain::id::RobotId;
use domain::ports::{CommandLink, Connections, DeviceRegistry, RobotMailbox, RobotStore};
use domain::robot::{Certificate, IssuedCertificate, Robot};
use domain::settings::Settings;
use rcgen::{CertificateParams, KeyPair};
use rumqttc::mqttbytes::v5::Packet;
use rumqttc::{AckMode, AsyncClient, Event, MqttOptions, QoS, SubscribeFilter, TlsConfiguration, Transport};
use sweepline::authority::Authority;
use sweepline::broker::{CertificateRegistry, CertificateStatus};
use sweepline::clock::now;
use sweepline::data_dir::DataDir;
use sweepline::stack::{Addresses, Stack};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(10);

/// A connected robot; dropping it closes the socket without a word.
struct Client {
    /// Its end would end the connection.
    _handle: AsyncClient,
    packets: mpsc::UnboundedReceiver<Packet>,
    task: JoinHandle<()>,
}

impl Drop for Client {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Client {
    async fn next(&mut self) -> Packet {
        let packet = timeout(PATIENCE, self.packets.recv()).await;
        packet.unwrap().unwrap()
    }
}

struct LocalRig {
    stack: Stack,
    authority: String,
    key: KeyPair,
    clients: HashMap<RobotId, Client>,
    _root: tempfile::TempDir,
}

impl LocalRig {
    async fn start() -> Self {
        let root = tempfile::tempdir().unwrap();
        let data = DataDir::open(root.path(), false).unwrap();
        let stack = Stack::start(&data, Addresses::free()).await.unwrap();
        let authority = Authority::open(&data.authority(), now().millis()).unwrap();
        Self {
            stack,
            authority: authority.ca_pem().to_owned(),
            key: KeyPair::generate().unwrap(),
            clients: HashMap::new(),
            _root: root,
        }
    }

    fn options(&self, robot: RobotId, certificate: &str, manner: Manner) -> MqttOptions {
        let address = self.stack.mqtt_addr();
        let mut options = MqttOptions::new(robot.to_string(), (address.ip().to_string(), address.port()));
        let own = (
            certificate.as_bytes().to_vec(),
            self.key.serialize_pem().into_bytes(),
        );
        options.set_transport(Transport::tls_with_config(TlsConfiguration::Simple {
            ca: self.authority.as_bytes().to_vec(),
            alpn: None,
            client_auth: Some(own),
        }));
        options.set_keep_alive(30);
        options.set_ack_mode(match manner {
            Manner::Attentive => AckMode::Automatic,
            Manner::Deaf => AckMode::Manual,
        });
        options
    }
}

#[async_trait]
impl Rig for LocalRig {
    fn link(&self) -> &dyn CommandLink {
        self.stack.parts.link.as_ref()
    }

    fn connections(&self) -> &dyn Connections {
        self.stack.parts.link.as_ref()
    }

    fn mailbox(&self) -> &dyn RobotMailbox {
        self.stack.parts.link.as_ref()
    }

    fn registry(&self) -> &dyn DeviceRegistry {
        self.stack.parts.registry.as_ref()
    }

    fn csr(&self) -> String {
        let request = CertificateParams::new(Vec::new())
            .unwrap()
            .serialize_request(&self.key);
        request.unwrap().pem().unwrap()
    }

    fn now(&self) -> Timestamp {
        now()
    }

    async fn keep(&mut self, robot: RobotId, certificate: Option<Certificate>) {
        let store = &self.stack.parts.store;
        let known = store.robot(robot).await.unwrap();
        let changed = Robot {
            id: robot,
            pairing: None,
            certificate,
        };
        store.put_robot(&changed, known.as_ref()).await.unwrap();
    }

    async fn admits(&self, robot: RobotId, certificate: &str) -> bool {
        let registry = &self.stack.parts.registry;
        registry.status(&robot.to_string(), certificate).await == CertificateStatus::Active
    }

    async fn connect(&mut self, robot: RobotId, with: &IssuedCertificate, manner: Manner) {
        let options = self.options(robot, &with.pem, manner);
        let (client, mut events) = AsyncClient::builder(options).capacity(16).build();
        let (sender, packets) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            while let Ok(event) = events.poll().await {
                if let Event::Incoming(packet) = event {
                    let _ = sender.send(packet);
                }
            }
        });
        let filter = SubscribeFilter::new(format!("cfg/{robot}"), QoS::AtLeastOnce);
        let granted = client.subscribe_many_tracked([filter]).await.unwrap();
        timeout(PATIENCE, granted.wait_completion_async())
            .await
            .unwrap()
            .unwrap();
        let connected = Client {
            _handle: client,
            packets,
            task,
        };
        self.clients.insert(robot, connected);
    }

    async fn leave(&mut self, robot: RobotId) {
        self.clients.remove(&robot);
    }

    async fn next_settings(&mut self, robot: RobotId) -> Vec<u8> {
        let client = self.clients.get_mut(&robot).unwrap();
        loop {
            if let Packet::Publish(message) = client.next().await
                && message.topic.starts_with(b"cfg/")
            {
                return message.payload.to_vec();
            }
        }
    }

    fn payload(&self, settings: &Settings) -> Vec<u8> {
        wire::settings::encode(settings).unwrap()
    }

    async fn pause(&self) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands() {
    device_contract::commands(&mut LocalRig::start().await)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn settings() {
    device_contract::settings(&mut LocalRig::start().await)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates() {
    device_contract::certificates(&mut LocalRig::start().await)
        .await
        .unwrap();
}
