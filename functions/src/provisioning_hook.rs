//! Which robots may be provisioned with a claim certificate, and under which name.

use domain::Timestamp;
use domain::usecase::Admitting;
use serde_json::Value;

use crate::error::{Failure, HandlerError};
use crate::event::{ProvisioningAnswer, ProvisioningRequest};

/// Answers AWS IoT before it provisions a robot, which must be within 5 seconds.
#[derive(Clone)]
pub struct ProvisioningHook {
    admitting: Admitting,
}

impl ProvisioningHook {
    /// A hook over the use case.
    pub fn new(admitting: Admitting) -> Self {
        Self { admitting }
    }

    /// Lets a robot in that was announced, shows its code and has no certificate yet; a request that cannot be read is a no.
    ///
    /// # Errors
    /// [`HandlerError`] when the robots cannot be read now, which refuses the robot until it asks again.
    pub async fn handle(&self, event: &Value, _now: Timestamp) -> Result<ProvisioningAnswer, HandlerError> {
        match self.admit(event).await {
            Ok(answer) => Ok(answer),
            Err(Failure::Quarantined { .. }) => Ok(ProvisioningAnswer::no()),
            Err(Failure::Later(error)) => Err(error),
            Err(Failure::Refused(refusal)) => {
                let (field, reason) = (refusal.field, refusal.reason);
                tracing::warn!(
                    field,
                    reason,
                    monotonic_counter.auth_failures = 1,
                    "provisioning refused"
                );
                Ok(ProvisioningAnswer::no())
            }
        }
    }

    async fn admit(&self, event: &Value) -> Result<ProvisioningAnswer, Failure> {
        let ProvisioningRequest {
            robot,
            code,
            certificate,
        } = ProvisioningRequest::try_from(event)?;
        self.admitting.admit(robot, &code, &certificate).await?;
        Ok(ProvisioningAnswer::yes(robot))
    }
}
