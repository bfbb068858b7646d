//! Claims with which robots are provisioned by a fleet provisioning template.

use async_trait::async_trait;
use aws_sdk_iot::Client;
use domain::Timestamp;
use domain::ports::{DeviceError, ProvisioningClaim, ProvisioningClaims};

use crate::error::device_error;
use crate::registry::required;

/// The claims of one provisioning template.
#[derive(Debug, Clone)]
pub struct TemplateClaims {
    client: Client,
    template: String,
}

impl TemplateClaims {
    /// Claims over `client`, of the template with this name.
    pub fn new(client: Client, template: String) -> Self {
        Self { client, template }
    }
}

#[async_trait]
impl ProvisioningClaims for TemplateClaims {
    async fn claim(&self) -> Result<ProvisioningClaim, DeviceError> {
        let request = self.client.create_provisioning_claim();
        let made = request
            .template_name(&self.template)
            .send()
            .await
            .map_err(device_error)?;
        let end = required("expiration", made.expiration)?;
        let key = required("key pair", made.key_pair)?.private_key;
        Ok(ProvisioningClaim {
            template: self.template.clone(),
            certificate_pem: required("certificate", made.certificate_pem)?,
            key_pem: required("private key", key)?,
            expires_at: Timestamp::from_millis(end.secs().saturating_mul(1000)),
        })
    }
}
