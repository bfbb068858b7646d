//! The robots' certificates: each robot is a thing with its id as name, and a certificate that is attached to it alone.

use async_trait::async_trait;
use aws_sdk_iot::Client;
use aws_sdk_iot::error::SdkError;
use aws_sdk_iot::operation::create_certificate_from_csr::CreateCertificateFromCsrOutput;
use aws_sdk_iot::types::{CertificateStatus, ThingPrincipalType};
use domain::Timestamp;
use domain::id::RobotId;
use domain::ports::{DeviceError, DeviceRegistry};
use domain::robot::{Certificate, IssuedCertificate};
use thiserror::Error;
use wire::certificate::Validity;

use crate::error::{device_error, unless_missing};
use crate::{DataPlane, TemplateClaims};

/// An answer without something that it always has.
#[derive(Debug, Error)]
#[error("the registry's answer has no {what}")]
struct Incomplete {
    what: &'static str,
}

/// The registry of one account and region.
#[derive(Debug, Clone)]
pub struct Registry {
    client: Client,
    data: DataPlane,
    policy: String,
}

/// A certificate that the registry made.
struct Made {
    arn: String,
    id: String,
    pem: String,
}

impl Registry {
    /// The registry over `client`; robots get the IoT policy named `policy`.
    pub fn new(client: Client, data: DataPlane, policy: String) -> Self {
        Self { client, data, policy }
    }

    /// The messages to the same robots.
    pub fn data_plane(&self) -> &DataPlane {
        &self.data
    }

    /// Claims for new robots of the same account, of the provisioning template with this name.
    pub fn claims(&self, template: String) -> TemplateClaims {
        TemplateClaims::new(self.client.clone(), template)
    }

    async fn make(&self, csr: &str) -> Result<Made, DeviceError> {
        let request = self.client.create_certificate_from_csr();
        let answer = request
            .certificate_signing_request(csr)
            .set_as_active(true)
            .send()
            .await;
        let made = answer.map_err(|error| match &error {
            SdkError::ServiceError(answer) if answer.err().is_invalid_request_exception() => {
                DeviceError::BadRequest {
                    reason: "is not a certificate signing request that the registry takes".to_owned(),
                }
            }
            _ => device_error(error),
        })?;
        Made::of(made)
    }

    /// The certificates attached to a robot, by their ARNs; none for a robot that is not registered.
    async fn certificates(&self, robot: RobotId) -> Result<Vec<String>, DeviceError> {
        let mut pages = self
            .client
            .list_thing_principals()
            .thing_name(robot.to_string())
            .into_paginator()
            .send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let Some(page) = unless_missing(page)? else { break };
            found.extend(page.principals.unwrap_or_default());
        }
        Ok(found)
    }

    async fn deactivate(&self, id: &str) -> Result<(), DeviceError> {
        self.set_status(id, CertificateStatus::Inactive).await
    }

    /// Makes all certificates of the robot open nothing, cuts its connection, and gives them by their names.
    async fn shut_out(&self, robot: RobotId) -> Result<Vec<String>, DeviceError> {
        let certificates = self.certificates(robot).await?;
        for arn in &certificates {
            self.deactivate(certificate_id(arn)).await?;
        }
        self.data.disconnect(&robot.to_string()).await?;
        Ok(certificates)
    }

    async fn set_status(&self, id: &str, status: CertificateStatus) -> Result<(), DeviceError> {
        let request = self.client.update_certificate().certificate_id(id);
        unless_missing(request.new_status(status).send().await).map(|_| ())
    }

    /// Takes a certificate that is inactive away from its robot, and deletes it; what is gone already is no error.
    async fn discard(&self, robot: RobotId, arn: &str, id: &str) -> Result<(), DeviceError> {
        let policy = self.client.detach_policy().policy_name(&self.policy).target(arn);
        unless_missing(policy.send().await)?;
        let principal = self
            .client
            .detach_thing_principal()
            .thing_name(robot.to_string())
            .principal(arn);
        unless_missing(principal.send().await)?;
        let deleted = self
            .client
            .delete_certificate()
            .certificate_id(id)
            .force_delete(true)
            .send()
            .await;
        match deleted {
            // Detaching takes some seconds to act; what stays is inactive and attached to nothing.
            Err(SdkError::ServiceError(answer)) if answer.err().is_delete_conflict_exception() => {
                tracing::warn!(robot.id = %robot, "a revoked certificate could not be deleted yet");
                Ok(())
            }
            other => unless_missing(other).map(|_| ()),
        }
    }
}

#[async_trait]
impl DeviceRegistry for Registry {
    async fn register(
        &self,
        robot: RobotId,
        csr: &str,
        _now: Timestamp,
    ) -> Result<IssuedCertificate, DeviceError> {
        let name = robot.to_string();
        self.client
            .create_thing()
            .thing_name(&name)
            .send()
            .await
            .map_err(device_error)?;
        let made = self.make(csr).await?;
        let not_after = not_after(&made.pem)?;
        // The thing comes before the policy: a certificate that an outage leaves without a policy opens nothing, and
        // one that is attached is found by `revoke`.
        let attachment = self
            .client
            .attach_thing_principal()
            .thing_name(&name)
            .principal(&made.arn);
        let attachment = attachment.thing_principal_type(ThingPrincipalType::ExclusiveThing);
        attachment.send().await.map_err(device_error)?;
        let policy = self
            .client
            .attach_policy()
            .policy_name(&self.policy)
            .target(&made.arn);
        policy.send().await.map_err(device_error)?;
        tracing::info!(robot.id = %robot, "certificate issued");
        Ok(IssuedCertificate {
            pem: made.pem,
            certificate: Certificate {
                id: made.id,
                not_after,
                successor: None,
                quarantine: None,
            },
        })
    }

    async fn revoke(&self, robot: RobotId) -> Result<(), DeviceError> {
        let certificates = self.shut_out(robot).await?;
        for arn in &certificates {
            self.discard(robot, arn, certificate_id(arn)).await?;
        }
        tracing::info!(robot.id = %robot, count = certificates.len(), "certificates revoked");
        Ok(())
    }

    async fn suspend(&self, robot: RobotId) -> Result<(), DeviceError> {
        self.shut_out(robot).await.map(drop)
    }

    async fn reinstate(&self, robot: RobotId) -> Result<(), DeviceError> {
        for arn in self.certificates(robot).await? {
            self.set_status(certificate_id(&arn), CertificateStatus::Active)
                .await?;
        }
        Ok(())
    }

    async fn retire(&self, robot: RobotId, certificate: &str) -> Result<(), DeviceError> {
        self.deactivate(certificate).await?;
        let attached = self.certificates(robot).await?;
        if let Some(arn) = attached.iter().find(|arn| certificate_id(arn) == certificate) {
            self.discard(robot, arn, certificate).await?;
        }
        tracing::info!(robot.id = %robot, "certificate retired");
        Ok(())
    }

    async fn disconnect(&self, client_id: &str) -> Result<(), DeviceError> {
        self.data.disconnect(client_id).await
    }
}

impl Made {
    fn of(answer: CreateCertificateFromCsrOutput) -> Result<Self, DeviceError> {
        Ok(Self {
            arn: required("certificate ARN", answer.certificate_arn)?,
            id: required("certificate id", answer.certificate_id)?,
            pem: required("certificate", answer.certificate_pem)?,
        })
    }
}

pub(crate) fn required<T>(what: &'static str, value: Option<T>) -> Result<T, DeviceError> {
    value.ok_or_else(|| DeviceError::Refused(Box::new(Incomplete { what })))
}

/// When a certificate ends.
fn not_after(pem: &str) -> Result<Timestamp, DeviceError> {
    let validity = Validity::of(pem).map_err(|error| DeviceError::Refused(Box::new(error)))?;
    Ok(validity.not_after)
}

/// The id at the end of `arn:aws:iot:region:account:cert/id`.
fn certificate_id(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
