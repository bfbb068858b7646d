//! Fleet provisioning: the template by which robots with a claim certificate are registered, and who decides.

use policy::PolicyDocument;
use serde::Deserialize;

use crate::TemplateError;
use crate::names::kind;
use crate::template::Deployed;

/// The logical id of the policy of claim certificates.
const CLAIM_POLICY: &str = "ClaimPolicy";

/// How robots with a claim certificate are provisioned.
#[derive(Debug, Clone, PartialEq)]
pub struct FleetProvisioning {
    /// The name of the provisioning template, which topics carry.
    pub template: String,
    /// The logical id of the function that is asked first.
    pub hook: String,
    /// What a claim certificate may do.
    pub claim_policy: PolicyDocument,
}

/// The one template, if the deployment has it.
pub(crate) fn read(deployed: &Deployed<'_>) -> Result<Option<FleetProvisioning>, TemplateError> {
    let found = deployed.all::<Properties>(kind::PROVISIONING_TEMPLATE)?.pop();
    let of_template = |(id, properties): (&str, Properties)| {
        let at = format!("Resources.{id}.Properties");
        Ok(FleetProvisioning {
            hook: deployed.function(&properties.pre_provisioning_hook.target_arn, &at)?,
            template: properties.template_name,
            claim_policy: deployed.policy(CLAIM_POLICY)?,
        })
    };
    found.map(of_template).transpose()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Properties {
    template_name: String,
    pre_provisioning_hook: Hook,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Hook {
    target_arn: String,
}
