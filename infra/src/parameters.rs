//! The values that a template is deployed with.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::TemplateError;

/// Where and as what a template is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    /// The value of the parameter `Stage`, in front of the names of all rules.
    pub stage: String,
    /// Such as `us-east-1`.
    pub region: String,
    /// Twelve digits.
    pub account: String,
    /// The value of the parameter `IotEndpoint`, the broker's host.
    pub iot_endpoint: String,
    /// Values of further parameters; each must be declared in the template.
    pub overrides: BTreeMap<String, String>,
}

impl Parameters {
    /// A deployment with the defaults of all parameters that have one.
    pub fn new(stage: &str, region: &str, account: &str) -> Self {
        Self {
            stage: stage.to_owned(),
            region: region.to_owned(),
            account: account.to_owned(),
            iot_endpoint: format!("local-ats.iot.{region}.amazonaws.com"),
            overrides: BTreeMap::new(),
        }
    }

    /// The values of all declared parameters and of the pseudo parameters, by name.
    pub(crate) fn values(&self, declared: &Value) -> Result<BTreeMap<String, Value>, TemplateError> {
        let declared: BTreeMap<String, Declaration> =
            serde_json::from_value(declared.clone()).map_err(|source| TemplateError::Shape {
                at: "Parameters".into(),
                source,
            })?;
        if let Some(name) = self.overrides.keys().find(|name| !declared.contains_key(*name)) {
            return Err(refused(name, "is not declared in the template"));
        }
        let mut values = self.pseudo_parameters();
        for (name, declaration) in declared {
            let value = declaration.value(&name, self.given(&name))?;
            values.insert(name, value);
        }
        Ok(values)
    }

    fn given(&self, name: &str) -> Option<&str> {
        match name {
            "Stage" => Some(&self.stage),
            "IotEndpoint" => Some(&self.iot_endpoint),
            other => self.overrides.get(other).map(String::as_str),
        }
    }

    fn pseudo_parameters(&self) -> BTreeMap<String, Value> {
        let stack = format!("sweepline-{}", self.stage);
        [
            ("AWS::Region", self.region.as_str()),
            ("AWS::AccountId", &self.account),
            ("AWS::Partition", "aws"),
            ("AWS::URLSuffix", "amazonaws.com"),
            ("AWS::StackName", &stack),
        ]
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .into()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Declaration {
    default: Option<Value>,
    #[serde(default)]
    allowed_values: Vec<Value>,
}

impl Declaration {
    fn value(&self, name: &str, given: Option<&str>) -> Result<Value, TemplateError> {
        let value = given.map(Value::from).or_else(|| self.default.clone());
        let value = value.ok_or_else(|| refused(name, "has no default and was not given a value"))?;
        let allowed: Vec<String> = self.allowed_values.iter().map(text_of).collect();
        if allowed.is_empty() || allowed.contains(&text_of(&value)) {
            return Ok(value);
        }
        Err(refused(
            name,
            &format!("must be one of {}, is {}", allowed.join(", "), text_of(&value)),
        ))
    }
}

/// A scalar as CloudFormation writes it into a text.
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn refused(name: &str, reason: &str) -> TemplateError {
    TemplateError::Parameter {
        name: name.to_owned(),
        reason: reason.to_owned(),
    }
}
