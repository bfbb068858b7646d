//! A robot whose certificate nears its end, in the whole local stack: it goes on under another one, and the old one
//! opens nothing any more.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::future::pending;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use common::docked::Docked;
use common::until;
use device_agent::agent::{self, AgentConfig};
use device_agent::credentials::Credentials;
use device_agent::identity::{Endpoint, RobotIdentity};
use device_agent::renewal::RENEWAL_FILE;
use domain::Timestamp;
use domain::claim::ClaimCode;
use domain::home::Name;
use domain::id::{ClaimId, PairingId, RobotId};
use domain::ports::{DeviceRegistry, RobotStore};
use domain::robot::{Certificate, Robot};
use domain::usecase::NewClaim;
use rcgen::{CertificateParams, KeyPair};
use sweepline::authority::{Authority, DEVICE_VALIDITY};
use sweepline::broker::{CertificateRegistry, CertificateStatus};
use sweepline::clock::now;
use sweepline::data_dir::DataDir;
use sweepline::demo::Demo;
use sweepline::stack::{Addresses, STAGE, Stack};

/// What is left of the certificate that the robot was given when it was paired.
const LEFT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The stack with one robot that was paired almost a certificate's life ago.
struct World {
    stack: Stack,
    robot: RobotId,
    data: DataDir,
    _root: tempfile::TempDir,
}

impl World {
    async fn start() -> Self {
        let root = tempfile::tempdir().unwrap();
        let data = DataDir::open(root.path(), false).unwrap();
        let stack = Stack::start(&data, Addresses::free()).await.unwrap();
        let robot = RobotId::new(now(), rand::random());
        let world = Self {
            stack,
            robot,
            data,
            _root: root,
        };
        world.pair().await;
        world
    }

    /// Pairs the robot, and gives it the certificate that it would have after years.
    async fn pair(&self) {
        let parts = &self.stack.parts;
        let demo = Demo::open(&self.data.demo(), &parts.store).await.unwrap();
        let key = KeyPair::generate().unwrap();
        let request = CertificateParams::new(Vec::new())
            .unwrap()
            .serialize_request(&key);
        let csr = request.unwrap().pem().unwrap();
        let (id, pairing) = (ClaimId::new(now(), 1), PairingId::new(now(), 2));
        let (scope, name) = (
            demo.scope(parts).await.unwrap(),
            Name::new("name", "Robot").unwrap(),
        );
        let claim = NewClaim {
            id,
            robot: self.robot,
            code: ClaimCode::new(7),
            secret_hash: String::new(),
            csr: csr.clone(),
        };
        let pairings = parts.pairings();
        let claim = pairings.open_claim(claim, now()).await.unwrap();
        let paired = pairings
            .pair(&scope, &claim.code, name, pairing, now())
            .await
            .unwrap();
        let then = before(now(), DEVICE_VALIDITY - LEFT);
        let issued = parts.registry.register(self.robot, &csr, then).await.unwrap();
        let aged = Robot {
            certificate: Some(issued.certificate),
            ..paired.clone()
        };
        parts.store.put_robot(&aged, Some(&paired)).await.unwrap();
        self.identity(pairing, issued.pem, &key)
            .save(&self.dir())
            .unwrap();
    }

    fn identity(&self, pairing: PairingId, certificate_pem: String, key: &KeyPair) -> RobotIdentity {
        let authority = Authority::open(&self.data.authority(), now().millis()).unwrap();
        RobotIdentity {
            endpoint: self.endpoint(pairing),
            credentials: Credentials {
                certificate_pem,
                key_pem: key.serialize_pem(),
            },
            ca_pem: authority.ca_pem().to_owned(),
        }
    }

    fn endpoint(&self, pairing: PairingId) -> Endpoint {
        let address = self.stack.mqtt_addr();
        Endpoint {
            robot: self.robot,
            pairing,
            stage: STAGE.into(),
            host: address.ip().to_string(),
            port: address.port(),
        }
    }

    fn dir(&self) -> std::path::PathBuf {
        self.data.robot(1)
    }

    async fn certificate(&self) -> Certificate {
        let robot = self.stack.parts.store.robot(self.robot).await.unwrap();
        robot.unwrap().certificate.unwrap()
    }

    async fn status(&self, certificate: &str) -> CertificateStatus {
        let registry = Arc::clone(&self.stack.parts.registry);
        registry.status(&self.robot.to_string(), certificate).await
    }
}

fn before(time: Timestamp, duration: Duration) -> Timestamp {
    Timestamp::from_millis(time.millis() - i64::try_from(duration.as_millis()).unwrap())
}

fn in_use(dir: &Path) -> Credentials {
    RobotIdentity::load(dir).unwrap().credentials
}

#[tokio::test(flavor = "multi_thread")]
async fn a_robot_goes_on_under_a_new_certificate_and_the_old_one_is_closed() {
    let world = World::start().await;
    let (dir, first) = (world.dir(), world.certificate().await);
    let old = in_use(&dir);
    assert_eq!(world.status(&first.id).await, CertificateStatus::Active);
    let config = AgentConfig::new(&dir);
    let running =
        tokio::spawn(async move { agent::run(&config, Docked::new(&Arc::default()), pending()).await });
    until("the renewal is over", async || {
        let is_replaced = world.certificate().await.id != first.id;
        is_replaced && !dir.join(RENEWAL_FILE).exists()
    })
    .await;
    let next = world.certificate().await;
    assert!(next.successor.is_none() && next.not_after.since(now()) > DEVICE_VALIDITY - LEFT);
    assert_ne!(in_use(&dir), old);
    assert_eq!(world.status(&first.id).await, CertificateStatus::Revoked);
    assert_eq!(world.status(&next.id).await, CertificateStatus::Active);

    running.abort();
    let _ = running.await;
    let name = world.robot.to_string();
    let broker = world.stack.parts.broker.get().unwrap().clone();
    until("the robot is gone", async || !broker.is_connected(&name).await).await;
    let config = AgentConfig::new(&dir);
    let running =
        tokio::spawn(async move { agent::run(&config, Docked::new(&Arc::default()), pending()).await });
    until("the robot is back", async || broker.is_connected(&name).await).await;
    running.abort();
    world.stack.stop().await;
}
