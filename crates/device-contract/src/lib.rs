//! What every adapter of the device ports must do, written once: the tests of each adapter play it on a rig of their own.
//!
//! Nothing but tests uses this crate.

use std::time::Duration;

use async_trait::async_trait;
use domain::Timestamp;
use domain::id::{LeaseId, PairingId, RobotId};
use domain::ports::{
    CommandLink, Connection, Connections, Delivery, DeviceError, DeviceRegistry, RobotMailbox, RobotRequest,
};
use domain::robot::{Certificate, IssuedCertificate, Successor};
use domain::settings::Settings;

/// How long a robot has to confirm; the shortest that all adapters know.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often it is looked again whether a connection has ended.
const LOOKS: usize = 1000;

fn the_robot() -> RobotId {
    RobotId::from_u128(0xA)
}

fn a_stranger() -> RobotId {
    RobotId::from_u128(0xB)
}

/// What a robot does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It confirms it.
    Attentive,
    /// It does not.
    Deaf,
}

/// An adapter, the robots at its other end, and what use cases keep beside it.
#[async_trait]
pub trait Rig: Send {
    /// Brings requests.
    fn link(&self) -> &dyn CommandLink;

    /// Knows connections.
    fn connections(&self) -> &dyn Connections;

    /// Leaves messages.
    fn mailbox(&self) -> &dyn RobotMailbox;

    /// Knows certificates.
    fn registry(&self) -> &dyn DeviceRegistry;

    /// A signing request by the key of all robots here, PEM.
    fn csr(&self) -> String;

    /// The time now.
    fn now(&self) -> Timestamp;

    /// Keeps what pairing and renewing keep of a robot's certificate.
    async fn keep(&mut self, robot: RobotId, certificate: Option<Certificate>);

    /// Whether the robot may connect with this certificate.
    async fn admits(&self, robot: RobotId, certificate: &str) -> bool;

    /// Connects the robot with this certificate, and subscribes to its settings; returns once that is granted.
    async fn connect(&mut self, robot: RobotId, with: &IssuedCertificate, manner: Manner);

    /// Ends the robot's connection from its own side.
    async fn leave(&mut self, robot: RobotId);

    /// The next settings that the connected robot gets, as a payload.
    async fn next_settings(&mut self, robot: RobotId) -> Vec<u8>;

    /// The payload of these settings.
    fn payload(&self, settings: &Settings) -> Vec<u8>;

    /// Lets some milliseconds pass.
    async fn pause(&self);
}

/// A robot that is there, one that is not, and one that does not answer are told apart.
///
/// # Errors
/// What the adapter fails with; what it does wrong ends the test.
pub async fn commands(rig: &mut dyn Rig) -> Result<(), DeviceError> {
    let robot = registered(rig).await?;
    assert_eq!(
        ask(rig).await?,
        (Connection::Closed, Delivery::Offline),
        "never there"
    );
    rig.connect(the_robot(), &robot, Manner::Attentive).await;
    assert_eq!(ask(rig).await?, (Connection::Open, Delivery::Acknowledged));
    rig.leave(the_robot()).await;
    wait_until_closed(rig).await?;
    assert_eq!(ask(rig).await?, (Connection::Closed, Delivery::Offline), "gone");
    rig.connect(the_robot(), &robot, Manner::Deaf).await;
    assert_eq!(ask(rig).await?, (Connection::Open, Delivery::Unconfirmed));
    Ok(())
}

/// Settings wait for a robot that is away, the newest ones only, until they are taken back.
///
/// # Errors
/// As [`commands`].
pub async fn settings(rig: &mut dyn Rig) -> Result<(), DeviceError> {
    let robot = registered(rig).await?;
    let version = |version: u64| Settings {
        version,
        ..Settings::initial(PairingId::from_u128(1))
    };
    for settings in [version(1), version(2)] {
        rig.mailbox().post_settings(the_robot(), &settings).await?;
    }
    rig.connect(the_robot(), &robot, Manner::Attentive).await;
    assert_eq!(rig.next_settings(the_robot()).await, rig.payload(&version(2)));
    rig.mailbox().post_settings(the_robot(), &version(3)).await?;
    assert_eq!(rig.next_settings(the_robot()).await, rig.payload(&version(3)));
    rig.leave(the_robot()).await;
    wait_until_closed(rig).await?;
    rig.mailbox().clear_settings(the_robot()).await?;
    rig.mailbox().clear_settings(the_robot()).await?;
    rig.connect(the_robot(), &robot, Manner::Attentive).await;
    rig.mailbox().post_settings(the_robot(), &version(4)).await?;
    assert_eq!(
        rig.next_settings(the_robot()).await,
        rig.payload(&version(4)),
        "none waited"
    );
    Ok(())
}

/// Certificates are issued, retired one by one and revoked all together, with the connection; again changes nothing.
///
/// # Errors
/// As [`commands`].
pub async fn certificates(rig: &mut dyn Rig) -> Result<(), DeviceError> {
    let first = registered(rig).await?;
    let second = rig
        .registry()
        .register(the_robot(), &rig.csr(), rig.now())
        .await?;
    assert_ne!(first.certificate.id, second.certificate.id);
    rig.keep(the_robot(), Some(with_successor(&first, &second, rig.now())))
        .await;
    assert!(
        rig.admits(the_robot(), &first.certificate.id).await
            && rig.admits(the_robot(), &second.certificate.id).await
    );
    assert!(!rig.admits(a_stranger(), &first.certificate.id).await);
    rig.connect(the_robot(), &second, Manner::Attentive).await;
    for _ in 0..2 {
        rig.registry().retire(the_robot(), &first.certificate.id).await?;
        rig.keep(the_robot(), Some(second.certificate.clone())).await;
        assert!(!rig.admits(the_robot(), &first.certificate.id).await);
        assert!(rig.admits(the_robot(), &second.certificate.id).await);
        assert_eq!(ask(rig).await?, (Connection::Open, Delivery::Acknowledged));
    }
    for robot in [the_robot(), the_robot(), a_stranger()] {
        rig.registry().revoke(robot).await?;
        wait_until_closed(rig).await?;
        assert!(!rig.admits(the_robot(), &second.certificate.id).await);
    }
    rig.registry().disconnect("app_nobody").await?;
    let broken = rig
        .registry()
        .register(a_stranger(), "no request", rig.now())
        .await;
    assert!(
        matches!(broken, Err(DeviceError::BadRequest { .. })),
        "{broken:?}"
    );
    Ok(())
}

async fn registered(rig: &mut dyn Rig) -> Result<IssuedCertificate, DeviceError> {
    let issued = rig
        .registry()
        .register(the_robot(), &rig.csr(), rig.now())
        .await?;
    assert!(issued.certificate.not_after > rig.now());
    rig.keep(the_robot(), Some(issued.certificate.clone())).await;
    assert!(rig.admits(the_robot(), &issued.certificate.id).await);
    Ok(issued)
}

fn with_successor(first: &IssuedCertificate, next: &IssuedCertificate, now: Timestamp) -> Certificate {
    let successor = Successor {
        id: next.certificate.id.clone(),
        not_after: next.certificate.not_after,
        pem: next.pem.clone(),
        request: String::new(),
        issued_at: now,
    };
    Certificate {
        successor: Some(successor),
        quarantine: None,
        ..first.certificate.clone()
    }
}

async fn ask(rig: &dyn Rig) -> Result<(Connection, Delivery), DeviceError> {
    let request = RobotRequest::Live {
        pairing: PairingId::from_u128(1),
        lease: LeaseId::from_u128(2),
        duration: Duration::from_secs(60),
    };
    let connection = rig.connections().connection(the_robot()).await?;
    Ok((
        connection,
        rig.link().deliver(the_robot(), &request, PATIENCE).await?,
    ))
}

async fn wait_until_closed(rig: &dyn Rig) -> Result<(), DeviceError> {
    for _ in 0..LOOKS {
        if rig.connections().connection(the_robot()).await? == Connection::Closed {
            return Ok(());
        }
        rig.pause().await;
    }
    Err(DeviceError::Unavailable(
        "the connection of a robot that is gone stays open".into(),
    ))
}
