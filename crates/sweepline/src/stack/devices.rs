//! The device ports over the embedded broker and the local authority, as `iot` implements them over AWS IoT.

use std::collections::HashSet;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use domain::Timestamp;
use domain::id::RobotId;
use domain::ports::{
    CommandLink, Connection, Connections, Delivery, DeviceError, DeviceRegistry, RobotMailbox, RobotRequest,
    RobotStore,
};
use domain::receipt::Receipt;
use domain::robot::{Certificate, IssuedCertificate};
use domain::settings::Settings;
use tokio::sync::OnceCell;
use wire::topic::Downlink;

use crate::authority::{Authority, AuthorityError};
use crate::broker::{self, Broker, BrokerError, CertificateRegistry, CertificateStatus, Quality};

/// The broker, once it has started; the ports are handed out before.
pub type LateBroker = Arc<OnceCell<Broker>>;

/// Sends to robots through the broker.
#[derive(Clone)]
pub struct BrokerLink {
    broker: LateBroker,
}

impl BrokerLink {
    /// A link over `broker`.
    pub fn new(broker: LateBroker) -> Self {
        Self { broker }
    }

    async fn publish(
        &self,
        topic: Downlink,
        payload: Vec<u8>,
        quality: Quality,
        retain: bool,
    ) -> Result<(), DeviceError> {
        let (broker, topic) = (started(&self.broker)?, topic.to_string());
        broker
            .publish(&topic, Bytes::from(payload), quality, retain)
            .await
            .map_err(not_sent)
    }
}

#[async_trait]
impl CommandLink for BrokerLink {
    async fn deliver(
        &self,
        robot: RobotId,
        request: &RobotRequest,
        timeout: Duration,
    ) -> Result<Delivery, DeviceError> {
        let payload = wire::command::RobotRequest::from(request).encode();
        let topic = Downlink::Commands(robot).to_string();
        let (broker, client) = (started(&self.broker)?, robot.to_string());
        let delivery = broker
            .deliver(&client, &topic, Bytes::from(payload), timeout)
            .await;
        Ok(match delivery.map_err(not_sent)? {
            broker::Delivery::Acknowledged => Delivery::Acknowledged,
            broker::Delivery::Offline => Delivery::Offline,
            broker::Delivery::TimedOut => Delivery::Unconfirmed,
        })
    }
}

#[async_trait]
impl Connections for BrokerLink {
    async fn connection(&self, robot: RobotId) -> Result<Connection, DeviceError> {
        let is_open = started(&self.broker)?.is_connected(&robot.to_string()).await;
        Ok(if is_open {
            Connection::Open
        } else {
            Connection::Closed
        })
    }
}

#[async_trait]
impl RobotMailbox for BrokerLink {
    async fn post_settings(&self, robot: RobotId, settings: &Settings) -> Result<(), DeviceError> {
        let too_large = DeviceError::TooLarge {
            limit: domain::settings::MAX_SETTINGS_BYTES,
        };
        let payload = wire::settings::encode(settings).map_err(|_| too_large)?;
        self.publish(Downlink::Settings(robot), payload, Quality::AtLeastOnce, true)
            .await
    }

    async fn clear_settings(&self, robot: RobotId) -> Result<(), DeviceError> {
        self.publish(Downlink::Settings(robot), Vec::new(), Quality::AtLeastOnce, true)
            .await
    }

    async fn post_receipt(&self, robot: RobotId, receipt: &Receipt) -> Result<(), DeviceError> {
        let payload = wire::receipt::encode(receipt);
        self.publish(Downlink::Receipts(robot), payload, Quality::AtMostOnce, false)
            .await
    }
}

/// Issues certificates from the local authority and withdraws them.
#[derive(Clone)]
pub struct LocalRegistry {
    authority: Arc<Authority>,
    broker: LateBroker,
    robots: Arc<dyn RobotStore>,
    /// Robots whose certificate was withdrawn while the store may still show it.
    withdrawn: Arc<Mutex<HashSet<RobotId>>>,
}

impl LocalRegistry {
    /// A registry that issues from `authority` and knows the certificates that `robots` keeps.
    pub fn new(authority: Arc<Authority>, broker: LateBroker, robots: Arc<dyn RobotStore>) -> Self {
        Self {
            authority,
            broker,
            robots,
            withdrawn: Arc::default(),
        }
    }
}

impl LocalRegistry {
    /// Takes a robot in again whose certificate was withdrawn, since it has another.
    pub fn readmit(&self, robot: RobotId) {
        let mut withdrawn = self.withdrawn.lock().unwrap_or_else(PoisonError::into_inner);
        withdrawn.remove(&robot);
    }
}

#[async_trait]
impl DeviceRegistry for LocalRegistry {
    async fn register(
        &self,
        robot: RobotId,
        csr: &str,
        now: Timestamp,
    ) -> Result<IssuedCertificate, DeviceError> {
        let issued = self.authority.sign_csr(csr, &robot.to_string(), now.millis());
        let issued = issued.map_err(|error| match error {
            AuthorityError::Request(_) | AuthorityError::RequestSize(_) => DeviceError::BadRequest {
                reason: error.to_string(),
            },
            other => DeviceError::Refused(Box::new(other)),
        })?;
        let not_after = Timestamp::from_millis(issued.not_after_ms);
        Ok(IssuedCertificate {
            pem: issued.pem,
            certificate: Certificate {
                id: issued.serial,
                not_after,
                successor: None,
                quarantine: None,
            },
        })
    }

    async fn revoke(&self, robot: RobotId) -> Result<(), DeviceError> {
        self.withdrawn
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(robot);
        self.disconnect(&robot.to_string()).await
    }

    /// The store tells that the certificates open nothing.
    async fn suspend(&self, robot: RobotId) -> Result<(), DeviceError> {
        self.disconnect(&robot.to_string()).await
    }

    /// The store tells that they do again.
    async fn reinstate(&self, _robot: RobotId) -> Result<(), DeviceError> {
        Ok(())
    }

    /// The store tells which certificates are in force, and forgets this one.
    async fn retire(&self, _robot: RobotId, _certificate: &str) -> Result<(), DeviceError> {
        Ok(())
    }

    async fn disconnect(&self, client_id: &str) -> Result<(), DeviceError> {
        started(&self.broker)?.disconnect(client_id).await;
        Ok(())
    }
}

#[async_trait]
impl CertificateRegistry for LocalRegistry {
    async fn status(&self, thing_name: &str, serial: &str) -> CertificateStatus {
        let Ok(robot) = thing_name.parse::<RobotId>() else {
            return CertificateStatus::Unknown;
        };
        if self
            .withdrawn
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(&robot)
        {
            return CertificateStatus::Revoked;
        }
        match self.robots.robot(robot).await {
            Ok(Some(known)) => match known.certificate {
                Some(certificate) if certificate.admits(serial) => CertificateStatus::Active,
                Some(_) | None => CertificateStatus::Revoked,
            },
            Ok(None) => CertificateStatus::Unknown,
            Err(error) => {
                tracing::error!(robot.id = %robot, error = &error as &dyn Error, "certificate cannot be looked up");
                CertificateStatus::Unknown
            }
        }
    }
}

fn started(broker: &LateBroker) -> Result<&Broker, DeviceError> {
    broker
        .get()
        .ok_or_else(|| DeviceError::Unavailable("the broker has not started".into()))
}

fn not_sent(error: BrokerError) -> DeviceError {
    match error {
        BrokerError::Message { .. } => DeviceError::Refused(Box::new(error)),
        other => DeviceError::Unavailable(Box::new(other)),
    }
}
