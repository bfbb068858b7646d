//! The template, resolved for one deployment.

use std::collections::BTreeMap;

use policy::PolicyDocument;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::function::{self, FunctionSpec};
use crate::intrinsics::Scope;
use crate::names::{Names, kind, name_property};
use crate::parameters::text_of;
use crate::provisioning::{self, FleetProvisioning};
use crate::route::{self, Route};
use crate::rule::{self, TopicRule};
use crate::stream::{self, StreamSource};
use crate::table::{self, TableSpec};
use crate::{Parameters, TemplateError, yaml};

/// A resource with all its functions carried out.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// Such as `AWS::DynamoDB::Table`.
    pub kind: String,
    /// Its properties.
    pub properties: Value,
    /// What tools are told about it.
    pub metadata: Value,
}

/// A template, resolved for one deployment and checked as far as the local stack depends on it.
#[derive(Debug)]
pub struct Template {
    resources: BTreeMap<String, Resource>,
    table: TableSpec,
    rules: Vec<TopicRule>,
    device_policy: PolicyDocument,
    provisioning: Option<FleetProvisioning>,
    stream_sources: Vec<StreamSource>,
    functions: Vec<FunctionSpec>,
    routes: Vec<Route>,
}

impl Template {
    /// Reads a template in YAML and resolves it with `parameters`.
    ///
    /// # Errors
    /// [`TemplateError`] names what is not known and where it stands.
    pub fn parse(yaml: &str, parameters: &Parameters) -> Result<Self, TemplateError> {
        let sections: Sections =
            serde_json::from_value(yaml::parse(yaml)?).map_err(|source| TemplateError::Shape {
                at: "template".into(),
                source,
            })?;
        let scope = sections.scope(parameters)?;
        let resources = sections.resolve(&scope)?;
        let deployed = Deployed {
            resources: &resources,
            names: &scope.names,
        };
        Ok(Self {
            table: table::read(&deployed)?,
            rules: rule::read_all(&deployed)?,
            device_policy: deployed.policy(DEVICE_POLICY)?,
            provisioning: provisioning::read(&deployed)?,
            stream_sources: stream::read_all(&deployed)?,
            functions: function::read_all(&deployed)?,
            routes: route::read_all(&deployed)?,
            resources,
        })
    }

    /// All resources that are deployed with these parameters, by logical id.
    pub fn resources(&self) -> &BTreeMap<String, Resource> {
        &self.resources
    }

    /// The table.
    pub fn table(&self) -> &TableSpec {
        &self.table
    }

    /// The rules that hand messages to functions.
    pub fn rules(&self) -> &[TopicRule] {
        &self.rules
    }

    /// What a robot's certificate may do.
    pub fn device_policy(&self) -> &PolicyDocument {
        &self.device_policy
    }

    /// How robots with a claim certificate are provisioned, if the deployment does.
    pub fn provisioning(&self) -> Option<&FleetProvisioning> {
        self.provisioning.as_ref()
    }

    /// The functions that are fed by the table's stream.
    pub fn stream_sources(&self) -> &[StreamSource] {
        &self.stream_sources
    }

    /// The functions.
    pub fn functions(&self) -> &[FunctionSpec] {
        &self.functions
    }

    /// The function with this logical id.
    pub fn function(&self, logical_id: &str) -> Option<&FunctionSpec> {
        self.functions
            .iter()
            .find(|function| function.logical_id == logical_id)
    }

    /// The routes of the HTTP API.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }
}

/// The logical id of the robots' policy.
const DEVICE_POLICY: &str = "DevicePolicy";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyProperties {
    policy_document: Value,
}

/// The resources of a template, to be read by type.
pub(crate) struct Deployed<'a> {
    pub(crate) resources: &'a BTreeMap<String, Resource>,
    pub(crate) names: &'a Names,
}

impl Deployed<'_> {
    /// All resources of a type, with their properties as `P`.
    pub(crate) fn all<P: DeserializeOwned>(&self, kind: &str) -> Result<Vec<(&str, P)>, TemplateError> {
        let of_kind = self
            .resources
            .iter()
            .filter(|(_, resource)| resource.kind == kind);
        let read = |(id, resource): (&'_ String, &Resource)| {
            let at = format!("Resources.{id}.Properties");
            serde_json::from_value(resource.properties.clone())
                .map_err(|source| TemplateError::Shape { at, source })
        };
        of_kind
            .map(|entry| Ok((entry.0.as_str(), read(entry)?)))
            .collect()
    }

    /// The document of the policy with this logical id; there may be others.
    pub(crate) fn policy(&self, wanted: &str) -> Result<PolicyDocument, TemplateError> {
        let policies = self.all::<PolicyProperties>(kind::POLICY)?;
        let found = policies.into_iter().find(|(id, _)| *id == wanted);
        let (_, PolicyProperties { policy_document }) = found.ok_or_else(|| {
            TemplateError::unusable("Resources", format!("has no {} {wanted}", kind::POLICY))
        })?;
        PolicyDocument::from_value(policy_document).map_err(|source| TemplateError::Policy {
            at: format!("Resources.{wanted}"),
            source,
        })
    }

    /// The one resource of a type.
    pub(crate) fn only<P: DeserializeOwned>(&self, kind: &'static str) -> Result<(&str, P), TemplateError> {
        let mut all = self.all(kind)?;
        match (all.pop(), all.len()) {
            (Some(only), 0) => Ok(only),
            (last, before) => Err(TemplateError::NotOne {
                kind,
                found: before + usize::from(last.is_some()),
            }),
        }
    }

    /// The logical id of the function with this ARN.
    pub(crate) fn function(&self, arn: &str, at: &str) -> Result<String, TemplateError> {
        let id = self.names.by_arn(kind::FUNCTION, arn);
        id.map(str::to_owned)
            .ok_or_else(|| TemplateError::unusable(at, format!("{arn} is none of the functions")))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sections {
    #[serde(default = "empty")]
    parameters: Value,
    #[serde(default)]
    conditions: BTreeMap<String, Value>,
    #[serde(default)]
    globals: BTreeMap<String, Value>,
    resources: BTreeMap<String, Declared>,
    #[serde(default)]
    outputs: BTreeMap<String, Output>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Output {
    condition: Option<String>,
    value: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Declared {
    r#type: String,
    condition: Option<String>,
    #[serde(default = "empty")]
    properties: Value,
    #[serde(default = "empty")]
    metadata: Value,
}

fn empty() -> Value {
    json!({})
}

impl Sections {
    /// Parameters first, then conditions, then names, since each may need what stands before it.
    fn scope(&self, parameters: &Parameters) -> Result<Scope, TemplateError> {
        let values = parameters.values(&self.parameters)?;
        let mut scope = Scope {
            values,
            conditions: BTreeMap::new(),
            names: Names::new(parameters),
        };
        let held = self.conditions.iter().map(|(name, condition)| {
            Ok((
                name.clone(),
                scope.holds(condition, &format!("Conditions.{name}"))?,
            ))
        });
        scope.conditions = held.collect::<Result<_, TemplateError>>()?;
        let mut names = Names::new(parameters);
        for (id, declared) in &self.resources {
            if declared.is_deployed(id, &scope)? {
                names.add(id, &declared.r#type, declared.own_name(id, &scope)?);
            }
        }
        scope.names = names;
        Ok(scope)
    }

    fn resolve(&self, scope: &Scope) -> Result<BTreeMap<String, Resource>, TemplateError> {
        let mut resources = BTreeMap::new();
        for (id, declared) in self.resources.iter().filter(|(id, _)| scope.names.contains(id)) {
            let properties = match declared.r#type.as_str() {
                kind::FUNCTION => merged(self.globals.get("Function"), &declared.properties),
                _ => declared.properties.clone(),
            };
            let resolve = |value: &Value, part: &str| scope.resolve(value, &format!("Resources.{id}.{part}"));
            let resource = Resource {
                kind: declared.r#type.clone(),
                properties: resolve(&properties, "Properties")?.unwrap_or_else(empty),
                metadata: resolve(&declared.metadata, "Metadata")?.unwrap_or_else(empty),
            };
            resources.insert(id.clone(), resource);
        }
        self.check_outputs(scope)?;
        Ok(resources)
    }

    fn check_outputs(&self, scope: &Scope) -> Result<(), TemplateError> {
        for (name, output) in &self.outputs {
            let at = format!("Outputs.{name}");
            if is_wanted(output.condition.as_deref(), scope, &at)? {
                scope.resolve(&output.value, &at)?;
            }
        }
        Ok(())
    }
}

impl Declared {
    fn is_deployed(&self, id: &str, scope: &Scope) -> Result<bool, TemplateError> {
        is_wanted(self.condition.as_deref(), scope, &format!("Resources.{id}"))
    }

    fn own_name(&self, id: &str, scope: &Scope) -> Result<Option<String>, TemplateError> {
        let property = name_property(&self.r#type).and_then(|name| Some((name, self.properties.get(name)?)));
        let Some((name, value)) = property else {
            return Ok(None);
        };
        let resolved = scope.resolve(value, &format!("Resources.{id}.Properties.{name}"))?;
        Ok(resolved.as_ref().map(text_of))
    }
}

/// Whether what has this condition, if it has one, is there.
fn is_wanted(condition: Option<&str>, scope: &Scope, at: &str) -> Result<bool, TemplateError> {
    condition.map_or(Ok(true), |condition| {
        scope.condition(condition, &format!("{at}.Condition"))
    })
}

/// The global properties with the resource's own over them, field by field.
fn merged(global: Option<&Value>, own: &Value) -> Value {
    match (global, own) {
        (Some(Value::Object(global)), Value::Object(own)) if !is_call(own) => {
            let mut fields: Map<String, Value> = global.clone();
            for (name, value) in own {
                fields.insert(name.clone(), merged(global.get(name), value));
            }
            Value::Object(fields)
        }
        _ => own.clone(),
    }
}

fn is_call(fields: &Map<String, Value>) -> bool {
    fields.len() == 1
        && fields
            .keys()
            .all(|name| name == "Ref" || name.starts_with("Fn::"))
}
