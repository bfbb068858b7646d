//! Robots that come with a claim certificate: the maker's list says which may take a certificate of their own.

use std::sync::Arc;

use super::{MAX_ATTEMPTS, UseCaseError, unless_conflict};
use crate::FieldError;
use crate::id::RobotId;
use crate::ports::RobotStore;
use crate::robot::{Certificate, Robot};

/// Lets robots in that were announced.
///
/// The list is the robots' own records: a robot that is announced has one without a certificate.
#[derive(Clone)]
pub struct Admitting {
    /// Where robots are.
    pub robots: Arc<dyn RobotStore>,
}

impl Admitting {
    /// Announces a robot; one that is known stays as it is.
    pub async fn announce(&self, robot: RobotId) -> Result<(), UseCaseError> {
        let announced = Robot {
            id: robot,
            pairing: None,
            certificate: None,
        };
        unless_conflict(self.robots.put_robot(&announced, None).await)?;
        Ok(())
    }

    /// Notes the certificate that the robot takes, once: the same one again is fine.
    ///
    /// A robot that was not announced, or that has another certificate, is [`UseCaseError::Refused`]: who knows no
    /// more than a robot's name cannot take its place.
    pub async fn admit(&self, robot: RobotId, certificate: &Certificate) -> Result<(), UseCaseError> {
        for _ in 0..MAX_ATTEMPTS {
            let known = self.robots.robot(robot).await?;
            let known =
                known.ok_or_else(|| FieldError::new("SerialNumber", "is not a robot that was announced"))?;
            match &known.certificate {
                Some(has) if has.id == certificate.id => return Ok(()),
                Some(_) => return Err(FieldError::new("SerialNumber", "has a certificate already").into()),
                None => {}
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
}
