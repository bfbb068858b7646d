//! Robots and a registry that do what the test says and remember what they were told.

use std::pin::Pin;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use domain::Timestamp;
use domain::id::RobotId;
use domain::ports::{
    CommandLink, Connection, Connections, Delivery, DeviceError, DeviceRegistry, ProvisioningClaim,
    ProvisioningClaims, RobotMailbox, RobotRequest,
};
use domain::receipt::Receipt;
use domain::robot::{Certificate, IssuedCertificate};
use domain::settings::Settings;

/// Something that happens while a request is under way.
pub type Meanwhile = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What is between the API and the robots.
pub struct RecordedDevices {
    /// What becomes of the next requests; `None` is an outage.
    pub delivery: Mutex<Option<Delivery>>,
    /// What the broker says of connections; `None` is an outage.
    pub connection: Mutex<Option<Connection>>,
    /// What happens the next time that it is asked.
    pub meanwhile: Mutex<Option<Meanwhile>>,
    /// How often it was asked.
    pub asked: Mutex<usize>,
    /// What robots were asked for.
    pub requests: Mutex<Vec<RobotRequest>>,
    /// The versions of the settings that were posted.
    pub posted: Mutex<Vec<u64>>,
    /// The robots whose certificates were revoked.
    pub revoked: Mutex<Vec<RobotId>>,
    /// The robots whose certificates open again.
    pub reinstated: Mutex<Vec<RobotId>>,
    /// The clients that were cut off.
    pub disconnected: Mutex<Vec<String>>,
}

impl Default for RecordedDevices {
    fn default() -> Self {
        Self {
            delivery: Mutex::new(Some(Delivery::Acknowledged)),
            connection: Mutex::new(Some(Connection::Closed)),
            meanwhile: Mutex::default(),
            asked: Mutex::default(),
            requests: Mutex::default(),
            posted: Mutex::default(),
            revoked: Mutex::default(),
            reinstated: Mutex::default(),
            disconnected: Mutex::default(),
        }
    }
}

#[async_trait]
impl CommandLink for RecordedDevices {
    async fn deliver(
        &self,
        _robot: RobotId,
        request: &RobotRequest,
        _timeout: Duration,
    ) -> Result<Delivery, DeviceError> {
        self.requests.lock().unwrap().push(request.clone());
        let delivery = *self.delivery.lock().unwrap();
        delivery.ok_or_else(|| DeviceError::Unavailable("the test cut the line".into()))
    }
}

#[async_trait]
impl Connections for RecordedDevices {
    async fn connection(&self, _robot: RobotId) -> Result<Connection, DeviceError> {
        *self.asked.lock().unwrap() += 1;
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile.await;
        }
        let connection = *self.connection.lock().unwrap();
        connection.ok_or_else(|| DeviceError::Unavailable("the test cut the line".into()))
    }
}

#[async_trait]
impl RobotMailbox for RecordedDevices {
    async fn post_settings(&self, _robot: RobotId, settings: &Settings) -> Result<(), DeviceError> {
        self.posted.lock().unwrap().push(settings.version);
        Ok(())
    }

    async fn clear_settings(&self, _robot: RobotId) -> Result<(), DeviceError> {
        Ok(())
    }

    async fn post_receipt(&self, _robot: RobotId, _receipt: &Receipt) -> Result<(), DeviceError> {
        Ok(())
    }
}

#[async_trait]
impl DeviceRegistry for RecordedDevices {
    async fn register(
        &self,
        robot: RobotId,
        csr: &str,
        now: Timestamp,
    ) -> Result<IssuedCertificate, DeviceError> {
        if csr == "broken" {
            let reason = "is not a certificate signing request".to_owned();
            return Err(DeviceError::BadRequest { reason });
        }
        let certificate = Certificate {
            id: "00".repeat(32),
            not_after: now,
            successor: None,
            quarantine: None,
        };
        Ok(IssuedCertificate {
            pem: format!("certificate of {robot}"),
            certificate,
        })
    }

    async fn revoke(&self, robot: RobotId) -> Result<(), DeviceError> {
        self.revoked.lock().unwrap().push(robot);
        Ok(())
    }

    async fn suspend(&self, robot: RobotId) -> Result<(), DeviceError> {
        self.disconnect(&robot.to_string()).await
    }

    async fn reinstate(&self, robot: RobotId) -> Result<(), DeviceError> {
        self.reinstated.lock().unwrap().push(robot);
        Ok(())
    }

    async fn retire(&self, robot: RobotId, _certificate: &str) -> Result<(), DeviceError> {
        self.revoked.lock().unwrap().push(robot);
        Ok(())
    }

    async fn disconnect(&self, client_id: &str) -> Result<(), DeviceError> {
        self.disconnected.lock().unwrap().push(client_id.to_owned());
        Ok(())
    }
}

#[async_trait]
impl ProvisioningClaims for RecordedDevices {
    async fn claim(&self) -> Result<ProvisioningClaim, DeviceError> {
        Ok(ProvisioningClaim {
            template: "local_robots".into(),
            certificate_pem: "a claim".into(),
            key_pem: "its key".into(),
            expires_at: Timestamp::from_millis(1_790_000_300_000),
        })
    }
}
