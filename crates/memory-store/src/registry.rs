use std::time::Duration;

use async_trait::async_trait;
use domain::Timestamp;
use domain::id::RobotId;
use domain::ports::{DeviceError, DeviceRegistry};
use domain::robot::{Certificate, IssuedCertificate};

use super::Memory;

/// How long a certificate lasts.
const LIFE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

#[async_trait]
impl DeviceRegistry for Memory {
    async fn register(
        &self,
        _: RobotId,
        csr: &str,
        now: Timestamp,
    ) -> Result<IssuedCertificate, DeviceError> {
        let mut shelves = self.mailbox().await?;
        if csr == "broken" {
            let reason = "is not a certificate signing request".to_owned();
            return Err(DeviceError::BadRequest { reason });
        }
        let id = format!("certificate-{}", shelves.certificates.len());
        shelves.certificates.insert(id.clone(), true);
        let certificate = Certificate {
            id: id.clone(),
            not_after: now.plus(LIFE),
            successor: None,
            quarantine: None,
        };
        Ok(IssuedCertificate { pem: id, certificate })
    }

    async fn revoke(&self, _: RobotId) -> Result<(), DeviceError> {
        let mut shelves = self.mailbox().await?;
        shelves
            .certificates
            .values_mut()
            .for_each(|active| *active = false);
        Ok(())
    }

    async fn suspend(&self, robot: RobotId) -> Result<(), DeviceError> {
        self.mailbox().await?.suspended.insert(robot);
        Ok(())
    }

    async fn reinstate(&self, robot: RobotId) -> Result<(), DeviceError> {
        self.mailbox().await?.suspended.remove(&robot);
        Ok(())
    }

    async fn retire(&self, _: RobotId, certificate: &str) -> Result<(), DeviceError> {
        self.mailbox()
            .await?
            .certificates
            .insert(certificate.to_owned(), false);
        Ok(())
    }

    async fn disconnect(&self, _: &str) -> Result<(), DeviceError> {
        Ok(())
    }
}
