use std::time::Duration;

use async_trait::async_trait;
use thiserror::Error;

use crate::Timestamp;
use crate::command::Command;
use crate::id::{LeaseId, PairingId, RobotId};
use crate::plan::CleaningPlan;
use crate::receipt::Receipt;
use crate::robot::IssuedCertificate;
use crate::settings::Settings;

/// Why robots could not be reached or registered.
#[derive(Debug, Error)]
pub enum DeviceError {
    /// The broker or the registry did not answer; the caller may try again later.
    #[error("the device service is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A signing request that no certificate can be made from.
    #[error("csr: {reason}")]
    BadRequest {
        /// What is wrong with it.
        reason: String,
    },
    /// The message is larger than the service carries.
    #[error("the message has more than the {limit} bytes that a robot can be sent")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// The service refused for good.
    #[error("the device service refused the request")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What a robot is asked for directly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RobotRequest {
    /// To do something.
    Command {
        /// What.
        command: Command,
        /// The way that a start shall take; without one the robot cleans by its own means.
        plan: Option<CleaningPlan>,
    },
    /// To send its live position for a while.
    Live {
        /// The pairing under which somebody watches.
        pairing: PairingId,
        /// Their lease.
        lease: LeaseId,
        /// For how long from now.
        duration: Duration,
    },
}

/// What became of a message that had to be confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The robot confirmed that it has it.
    Acknowledged,
    /// The robot is not connected; nothing is queued.
    Offline,
    /// No confirmation came in time; the robot may have it or not.
    Unconfirmed,
}

/// What the broker itself says of a robot's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// It is open.
    Open,
    /// It is closed, or there never was one.
    Closed,
    /// This broker cannot be asked.
    Untold,
}

/// Asks the broker for the truth, where presence only knows what events have told.
#[async_trait]
pub trait Connections: Send + Sync {
    /// The connection of a robot as it is now; MUST NOT answer from what was told before.
    async fn connection(&self, robot: RobotId) -> Result<Connection, DeviceError>;
}

/// Brings requests to robots that are connected now.
#[async_trait]
pub trait CommandLink: Send + Sync {
    /// Sends `request` to the robot's command topic, once, and waits up to `timeout` for its confirmation.
    ///
    /// Nothing MUST be queued for a robot that is offline, and nothing MUST be sent a second time.
    async fn deliver(
        &self,
        robot: RobotId,
        request: &RobotRequest,
        timeout: Duration,
    ) -> Result<Delivery, DeviceError>;
}

/// Leaves messages for robots: settings that wait for them, and receipts for what they sent.
#[async_trait]
pub trait RobotMailbox: Send + Sync {
    /// Replaces the robot's retained settings; a robot MUST get them when it subscribes.
    async fn post_settings(&self, robot: RobotId, settings: &Settings) -> Result<(), DeviceError>;

    /// Removes the robot's retained settings, so that nothing of this pairing waits for the next one.
    async fn clear_settings(&self, robot: RobotId) -> Result<(), DeviceError>;

    /// Sends a receipt at QoS 1; a robot that is away asks again, so it MAY be lost.
    async fn post_receipt(&self, robot: RobotId, receipt: &Receipt) -> Result<(), DeviceError>;
}

/// Knows the robots' certificates.
#[async_trait]
pub trait DeviceRegistry: Send + Sync {
    /// Registers the robot and makes a certificate with its id as common name from its signing request.
    async fn register(
        &self,
        robot: RobotId,
        csr: &str,
        now: Timestamp,
    ) -> Result<IssuedCertificate, DeviceError>;

    /// Revokes all certificates of the robot and MUST cut its live connection.
    async fn revoke(&self, robot: RobotId) -> Result<(), DeviceError>;

    /// Makes all certificates of the robot open nothing until they are reinstated, and MUST cut its live connection.
    async fn suspend(&self, robot: RobotId) -> Result<(), DeviceError>;

    /// Makes the certificates of a robot that was suspended open again what they did.
    async fn reinstate(&self, robot: RobotId) -> Result<(), DeviceError>;

    /// Revokes one certificate of a robot that connects with another by now; one that is not there is no error.
    async fn retire(&self, robot: RobotId, certificate: &str) -> Result<(), DeviceError>;

    /// Cuts the live connection of an MQTT client, if there is one.
    async fn disconnect(&self, client_id: &str) -> Result<(), DeviceError>;
}

/// What a new robot connects with for some minutes, to be provisioned.
#[derive(Clone, PartialEq, Eq)]
pub struct ProvisioningClaim {
    /// The provisioning template that it is of.
    pub template: String,
    /// The claim certificate, PEM.
    pub certificate_pem: String,
    /// Its private key, PEM: a secret, for the robot alone and for no log.
    pub key_pem: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Lets a trusted user take a new robot in.
#[async_trait]
pub trait ProvisioningClaims: Send + Sync {
    /// A claim for one robot, good for minutes.
    async fn claim(&self) -> Result<ProvisioningClaim, DeviceError>;
}
