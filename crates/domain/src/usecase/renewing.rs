//! A robot gets another certificate before its own ends.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{Authorizing, MAX_ATTEMPTS, RobotAccess, UseCaseError, unless_conflict};
use crate::claim::check_csr;
use crate::id::{PairingId, RobotId};
use crate::ports::{DeviceRegistry, RobotMailbox, RobotStore};
use crate::receipt::{Receipt, ReceiptKind};
use crate::robot::{Certificate, RENEWAL_PAUSE, Robot, Successor};
use crate::{FieldError, Timestamp};

/// Renews the certificates of robots.
///
/// The old certificate stays in force until the robot has connected with the new one: at each moment the robot holds
/// one that opens the door.
#[derive(Clone)]
pub struct Renewing {
    /// Tells whether the robot is paired.
    pub authorizing: Authorizing,
    /// Where robots are.
    pub robots: Arc<dyn RobotStore>,
    /// Makes and revokes certificates.
    pub registry: Arc<dyn DeviceRegistry>,
    /// How the robot gets its certificate.
    pub mailbox: Arc<dyn RobotMailbox>,
}

impl Renewing {
    /// Makes a certificate from the robot's signing request and sends it; the same request gets the same one.
    ///
    /// A foreign pairing, an unsound request, and one that comes too early are [`UseCaseError::Refused`].
    pub async fn issue(
        &self,
        robot: RobotId,
        pairing: PairingId,
        csr: &str,
        now: Timestamp,
    ) -> Result<(), UseCaseError> {
        check_csr(csr)?;
        let request = digest(csr);
        for _ in 0..MAX_ATTEMPTS {
            let (access, certificate) = self.certified(robot, pairing).await?;
            if let Some(known) = certificate
                .successor
                .as_ref()
                .filter(|next| next.request == request)
            {
                return self.send(robot, pairing, &known.pem).await;
            }
            self.make_room(robot, &certificate, now).await?;
            let issued = self.registry.register(robot, csr, now).await?;
            let successor = Successor {
                id: issued.certificate.id,
                not_after: issued.certificate.not_after,
                pem: issued.pem,
                request: request.clone(),
                issued_at: now,
            };
            let renewed = Certificate {
                successor: Some(successor.clone()),
                ..certificate
            };
            if self.put(&access, renewed).await? {
                tracing::info!(robot.id = %robot, "certificate to renew with issued");
                return self.send(robot, pairing, &successor.pem).await;
            }
            // Nobody knows it, so it must not open anything.
            self.registry.retire(robot, &successor.id).await?;
        }
        Err(UseCaseError::contended("robot"))
    }

    /// Ends the certificate before the one that the robot is connected with, and tells the robot.
    ///
    /// A foreign pairing and a `principal` that was not issued for this are [`UseCaseError::Refused`].
    pub async fn take_over(
        &self,
        robot: RobotId,
        pairing: PairingId,
        principal: &str,
    ) -> Result<(), UseCaseError> {
        for _ in 0..MAX_ATTEMPTS {
            let (access, certificate) = self.certified(robot, pairing).await?;
            let next = match certificate.successor {
                Some(next) if next.id == principal => next,
                None if certificate.id == principal => {
                    return self.answer(robot, pairing, ReceiptKind::Renewed).await;
                }
                Some(_) | None => {
                    return Err(FieldError::new("principal", "is not the robot's next certificate").into());
                }
            };
            // First the old one: were it forgotten before, nobody would know what to revoke.
            self.registry.retire(robot, &certificate.id).await?;
            let renewed = Certificate {
                id: next.id,
                not_after: next.not_after,
                successor: None,
                quarantine: None,
            };
            if self.put(&access, renewed).await? {
                tracing::info!(robot.id = %robot, "certificate renewed");
                return self.answer(robot, pairing, ReceiptKind::Renewed).await;
            }
        }
        Err(UseCaseError::contended("robot"))
    }

    async fn certified(
        &self,
        robot: RobotId,
        pairing: PairingId,
    ) -> Result<(RobotAccess, Certificate), UseCaseError> {
        let access = self.authorizing.paired_robot(robot, pairing).await?;
        let certificate = access.robot.certificate.clone();
        let certificate = certificate.ok_or_else(|| FieldError::new("client", "has no certificate"))?;
        Ok((access, certificate))
    }

    /// Refuses what comes too early, and revokes a successor whose key the robot must have lost.
    async fn make_room(
        &self,
        robot: RobotId,
        certificate: &Certificate,
        now: Timestamp,
    ) -> Result<(), UseCaseError> {
        if !certificate.may_be_renewed(now) {
            return Err(FieldError::new("csr", "comes before the certificate nears its end").into());
        }
        let Some(lost) = &certificate.successor else {
            return Ok(());
        };
        if now.since(lost.issued_at) < RENEWAL_PAUSE {
            let reason = format!("comes within {} s of another one", RENEWAL_PAUSE.as_secs());
            return Err(FieldError::new("csr", reason).into());
        }
        Ok(self.registry.retire(robot, &lost.id).await?)
    }

    /// Whether the robot was still as it was read.
    async fn put(&self, access: &RobotAccess, certificate: Certificate) -> Result<bool, UseCaseError> {
        let changed = Robot {
            certificate: Some(certificate),
            ..access.robot.clone()
        };
        let written = self.robots.put_robot(&changed, Some(&access.robot)).await;
        Ok(unless_conflict(written)?.is_some())
    }

    async fn send(&self, robot: RobotId, pairing: PairingId, pem: &str) -> Result<(), UseCaseError> {
        let kind = ReceiptKind::Certificate { pem: pem.to_owned() };
        self.answer(robot, pairing, kind).await
    }

    async fn answer(
        &self,
        robot: RobotId,
        pairing: PairingId,
        kind: ReceiptKind,
    ) -> Result<(), UseCaseError> {
        let pairing = Some(pairing);
        Ok(self
            .mailbox
            .post_receipt(robot, &Receipt { pairing, kind })
            .await?)
    }
}

fn digest(csr: &str) -> String {
    let digest = Sha256::digest(csr);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
