//! Robots that come with a claim certificate: the maker's list says which may take a certificate of their own.

use std::sync::Arc;

use super::{MAX_ATTEMPTS, UseCaseError, unless_conflict};
use crate::FieldError;
use crate::id::RobotId;
use crate::label::{Label, LabelCode};
use crate::ports::{LabelStore, RobotStore, StoreError};
use crate::robot::{Certificate, Robot};

/// Lets robots in that were announced.
///
/// The list is the robots' labels, with their records: a robot that is announced has one without a certificate.
#[derive(Clone)]
pub struct Admitting {
    /// Where robots are.
    pub robots: Arc<dyn RobotStore>,
    /// Where their labels are.
    pub labels: Arc<dyn LabelStore>,
}

impl Admitting {
    /// Announces a robot with the code that is printed on it; a robot that is known stays as it is.
    ///
    /// A code that is another robot's is a [`StoreError::Conflict`].
    pub async fn announce(&self, robot: RobotId, code: LabelCode) -> Result<(), UseCaseError> {
        let label = Label::new(code, robot);
        if unless_conflict(self.labels.put_label(&label, None).await)?.is_none() {
            let known = self.labels.label(&label.code).await?;
            if known.is_none_or(|known| known.robot != robot) {
                return Err(StoreError::Conflict { what: "code" }.into());
            }
        }
        let announced = Robot {
            id: robot,
            pairing: None,
            certificate: None,
        };
        unless_conflict(self.robots.put_robot(&announced, None).await)?;
        Ok(())
    }

    /// Notes the certificate that the robot takes with its code, once: the same one again is fine.
    ///
    /// A robot that was not announced with this code, or that has another certificate, is [`UseCaseError::Refused`]:
    /// who knows no more than a robot's name, or its code once it was used, cannot take its place.
    pub async fn admit(
        &self,
        robot: RobotId,
        code: &LabelCode,
        certificate: &Certificate,
    ) -> Result<(), UseCaseError> {
        for _ in 0..MAX_ATTEMPTS {
            let known = self.announced(robot).await?;
            match &known.certificate {
                Some(has) if has.id == certificate.id => return Ok(()),
                Some(_) => return Err(FieldError::new("SerialNumber", "has a certificate already").into()),
                None => self.use_label(robot, code, certificate).await?,
            }
            let admitted = Robot {
                certificate: Some(certificate.clone()),
                ..known.clone()
            };
            let written = self.robots.put_robot(&admitted, Some(&known)).await;
            if unless_conflict(written)?.is_some() {
                tracing::info!(robot.id = %robot, "robot provisioned");
                return Ok(());
            }
        }
        Err(UseCaseError::contended("robot"))
    }

    async fn announced(&self, robot: RobotId) -> Result<Robot, UseCaseError> {
        let known = self.robots.robot(robot).await?;
        let stranger = || FieldError::new("SerialNumber", "is not a robot that was announced");
        Ok(known.ok_or_else(stranger)?)
    }

    /// The label first: were the robot's record first, the code would be good for another certificate after an outage.
    async fn use_label(
        &self,
        robot: RobotId,
        code: &LabelCode,
        certificate: &Certificate,
    ) -> Result<(), UseCaseError> {
        let label = self.labels.label(code).await?;
        let label = label.filter(|label| label.robot == robot);
        let label = label.ok_or_else(|| FieldError::new("Code", "is not the robot's"))?;
        let used = label.admitting(certificate);
        let used = used.ok_or_else(|| FieldError::new("Code", "was used for another certificate"))?;
        Ok(self.labels.put_label(&used, Some(&label)).await?)
    }
}
