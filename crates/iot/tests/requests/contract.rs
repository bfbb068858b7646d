//! The adapter keeps the contract of the device ports, as the local stack does.

use std::time::Duration;

use async_trait::async_trait;
use device_contract::{Manner, Rig};
use domain::Timestamp;
use domain::id::RobotId;
use domain::ports::{CommandLink, Connections, DeviceRegistry, RobotMailbox};
use domain::robot::{Certificate, IssuedCertificate};
use domain::settings::Settings;
use iot::Registry;

use crate::cloud::Cloud;
use crate::replay::{AT, CSR, Service};

struct CloudRig {
    cloud: Cloud,
    registry: Registry,
}

impl CloudRig {
    fn new() -> Self {
        let cloud = Cloud::default();
        let registry = Service::in_memory(cloud.clone()).registry();
        Self { cloud, registry }
    }
}

#[async_trait]
impl Rig for CloudRig {
    fn link(&self) -> &dyn CommandLink {
        self.registry.data_plane()
    }

    fn connections(&self) -> &dyn Connections {
        self.registry.data_plane()
    }

    fn mailbox(&self) -> &dyn RobotMailbox {
        self.registry.data_plane()
    }

    fn registry(&self) -> &dyn DeviceRegistry {
        &self.registry
    }

    fn csr(&self) -> String {
        CSR.to_owned()
    }

    fn now(&self) -> Timestamp {
        AT
    }

    /// AWS IoT itself knows what is in force.
    async fn keep(&mut self, _: RobotId, _: Option<Certificate>) {}

    async fn admits(&self, robot: RobotId, certificate: &str) -> bool {
        let state = self.cloud.state();
        let kept = state.certificates.get(certificate);
        let name = robot.to_string();
        kept.is_some_and(|kept| kept.is_active && kept.has_policy && kept.thing == Some(name))
    }

    async fn connect(&mut self, robot: RobotId, with: &IssuedCertificate, manner: Manner) {
        assert!(self.admits(robot, &with.certificate.id).await);
        self.cloud.state().connect(&robot.to_string(), manner);
    }

    async fn leave(&mut self, robot: RobotId) {
        self.cloud.state().connections.remove(&robot.to_string());
    }

    async fn next_settings(&mut self, robot: RobotId) -> Vec<u8> {
        let mut state = self.cloud.state();
        let inbox = state.inboxes.get_mut(&robot.to_string()).unwrap();
        inbox.pop_front().unwrap().into_bytes()
    }

    fn payload(&self, settings: &Settings) -> Vec<u8> {
        wire::settings::encode(settings).unwrap()
    }

    async fn pause(&self) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn commands() {
    device_contract::commands(&mut CloudRig::new()).await.unwrap();
}

#[tokio::test]
async fn settings() {
    device_contract::settings(&mut CloudRig::new()).await.unwrap();
}

#[tokio::test]
async fn certificates() {
    device_contract::certificates(&mut CloudRig::new()).await.unwrap();
}
