//! A robot that came with a claim certificate, in the whole local stack: it gets a certificate of its own, is killed
//! wherever it can be, and finds its owner by the code that is printed on it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::PathBuf;
use std::time::Duration;

use device_agent::identity::RobotIdentity;
use device_agent::provision::{PROVISIONING_FILE, ProvisionError, Provisioning};
use domain::home::Name;
use domain::id::{PairingId, RobotId};
use domain::label::LabelCode;
use domain::ports::{ProvisioningClaims, RobotStore};
use domain::robot::Robot;
use domain::usecase::Admitting;
use serde_json::json;
use sweepline::authority::Authority;
use sweepline::broker::{CertificateRegistry, CertificateStatus};
use sweepline::clock::now;
use sweepline::data_dir::DataDir;
use sweepline::demo::Demo;
use sweepline::stack::{Addresses, STAGE, Stack};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(30);

/// A stack, with the folder of a robot that is not provisioned.
struct World {
    stack: Stack,
    data: DataDir,
    robot: RobotId,
    code: LabelCode,
    _root: tempfile::TempDir,
}

impl World {
    async fn start() -> Self {
        let root = tempfile::tempdir().unwrap();
        let data = DataDir::open(root.path(), false).unwrap();
        let stack = Stack::start(&data, Addresses::free()).await.unwrap();
        Self {
            stack,
            data,
            robot: RobotId::new(now(), rand::random()),
            code: LabelCode::new(rand::random()),
            _root: root,
        }
    }

    async fn announce(&self) {
        let (robots, labels) = (self.stack.parts.store.clone(), self.stack.parts.store.clone());
        let admitting = Admitting { robots, labels };
        admitting.announce(self.robot, self.code.clone()).await.unwrap();
    }

    fn dir(&self) -> PathBuf {
        self.data.robot(1)
    }

    /// The file that the maker put on the robot, with this code.
    async fn claim_file(&self, code: &LabelCode) -> PathBuf {
        let claim = self.stack.parts.claims.claim().await.unwrap();
        let authority = Authority::open(&self.data.authority(), now().millis()).unwrap();
        let broker = self.stack.mqtt_addr();
        let file = json!({
            "robot": self.robot, "code": code, "template": claim.template, "stage": STAGE,
            "certificate": claim.certificate_pem, "key": claim.key_pem, "ca": authority.ca_pem(),
            "mqtt": {"host": broker.ip().to_string(), "port": broker.port()},
        });
        let path = self.data.demo().with_file_name("claim.json");
        std::fs::write(&path, file.to_string()).unwrap();
        path
    }

    async fn pair(&self) -> Robot {
        let parts = &self.stack.parts;
        let demo = Demo::open(&self.data.demo(), &parts.store).await.unwrap();
        let (scope, name) = (
            demo.scope(parts).await.unwrap(),
            Name::new("name", "Robot").unwrap(),
        );
        let pairing = PairingId::new(now(), rand::random());
        let pairings = parts.pairings();
        let paired = pairings.pair_labelled(&scope, &self.code, name, pairing, now());
        paired.await.unwrap()
    }

    async fn stored(&self) -> Robot {
        self.stack.parts.store.robot(self.robot).await.unwrap().unwrap()
    }

    /// What a robot says that does one step more.
    async fn refusal(&self) -> String {
        let mut provisioning = Provisioning::open(None, &self.dir()).unwrap();
        provisioning.advance().await.unwrap_err().to_string()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_robot_is_provisioned_although_it_is_killed_after_every_answer() {
    let world = World::start().await;
    world.announce().await;
    let (dir, file) = (world.dir(), world.claim_file(&world.code).await);
    let progress = dir.join(PROVISIONING_FILE);
    drop(Provisioning::open(Some(&file), &dir).unwrap());
    for _ in ["certificate", "registration"] {
        let before = std::fs::read(&progress).unwrap();
        let mut killed = Provisioning::open(Some(&file), &dir).unwrap();
        assert_eq!(killed.advance().await.unwrap(), None);
        std::fs::write(&progress, before).unwrap();
        let mut again = Provisioning::open(Some(&file), &dir).unwrap();
        assert_eq!(again.advance().await.unwrap(), None);
    }
    let mut registered = Provisioning::open(None, &dir).unwrap();
    assert!(registered.is_registered());
    assert!(!std::fs::read_to_string(&progress).unwrap().contains("\"claim\""));
    let waiting = timeout(Duration::from_millis(500), registered.advance()).await;
    assert!(waiting.is_err(), "there is no owner yet");
    assert!(!file.exists() && !RobotIdentity::exists(&dir));

    let paired = world.pair().await;
    let mut registered = Provisioning::open(None, &dir).unwrap();
    let endpoint = timeout(PATIENCE, registered.advance())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert_eq!(Some(endpoint.pairing), paired.pairing.map(|pairing| pairing.id));
    assert!(!progress.exists());
    let identity = RobotIdentity::load(&dir).unwrap();
    identity.credentials.check().unwrap();
    let again = Provisioning::open(Some(&file), &dir).err().unwrap();
    assert!(matches!(again, ProvisionError::AlreadyPaired { .. }));
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_not_announced_or_shows_another_code_gets_nothing() {
    let world = World::start().await;
    let dir = world.dir();
    let none = Provisioning::open(Some(&dir.join("none.json")), &dir)
        .err()
        .unwrap();
    assert!(none.to_string().contains("--claim"), "{none}");
    for (is_announced, code) in [(false, world.code.clone()), (true, LabelCode::new(1))] {
        if is_announced {
            world.announce().await;
        }
        let file = world.claim_file(&code).await;
        let mut provisioning = Provisioning::open(Some(&file), &dir).unwrap();
        assert_eq!(provisioning.advance().await.unwrap(), None);
        let refusal = world.refusal().await;
        assert_eq!(
            refusal,
            "registration: refused (AccessDenied: the hook does not allow it)"
        );
        assert!(file.exists(), "it may be tried again");
    }
    assert_eq!(world.stored().await.certificate, None);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_robot_that_left_its_home_needs_to_be_announced_again() {
    let world = World::start().await;
    world.announce().await;
    let paired = world.pair().await;
    let (dir, file) = (world.dir(), world.claim_file(&world.code).await);
    let endpoint = timeout(
        PATIENCE,
        device_agent::provision::provision(Some(&file), &dir, |_| {}),
    )
    .await;
    assert_eq!(
        Some(endpoint.unwrap().unwrap().pairing),
        paired.pairing.map(|pairing| pairing.id)
    );
    let certificate = world.stored().await.certificate.unwrap();
    let status = async |id: &str| {
        world
            .stack
            .parts
            .registry
            .status(&world.robot.to_string(), id)
            .await
    };
    assert_eq!(status(&certificate.id).await, CertificateStatus::Active);

    let known = world.stored().await;
    let left = Robot {
        pairing: None,
        certificate: None,
        ..known.clone()
    };
    world
        .stack
        .parts
        .store
        .put_robot(&left, Some(&known))
        .await
        .unwrap();
    assert_eq!(status(&certificate.id).await, CertificateStatus::Revoked);
    device_agent::pair::reset(&dir).unwrap();
    let file = world.claim_file(&world.code).await;
    let mut former = Provisioning::open(Some(&file), &dir).unwrap();
    assert_eq!(former.advance().await.unwrap(), None);
    assert!(
        world.refusal().await.contains("AccessDenied"),
        "its code is used up"
    );
    world.stack.stop().await;
}
