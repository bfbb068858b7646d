//! Claims for new robots from the local authority, as `iot` gets them from AWS IoT.

use std::sync::Arc;

use async_trait::async_trait;
use domain::ports::{DeviceError, ProvisioningClaim, ProvisioningClaims};

use crate::authority::{Authority, CLAIM_VALIDITY};
use crate::clock::now;

/// Makes claims of one provisioning template.
pub struct LocalClaims {
    authority: Arc<Authority>,
    template: String,
}

impl LocalClaims {
    /// Claims that `authority` signs, of the template with this name.
    pub fn new(authority: Arc<Authority>, template: String) -> Self {
        Self { authority, template }
    }
}

#[async_trait]
impl ProvisioningClaims for LocalClaims {
    async fn claim(&self) -> Result<ProvisioningClaim, DeviceError> {
        let made = self.authority.claim_identity(now().millis(), CLAIM_VALIDITY);
        let (certificate_pem, key_pem) = made.map_err(|error| DeviceError::Refused(Box::new(error)))?;
        Ok(ProvisioningClaim {
            template: self.template.clone(),
            certificate_pem,
            key_pem,
            expires_at: now().plus(CLAIM_VALIDITY),
        })
    }
}
