//! The functions: which program, with how much memory, for how long, told what.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::TemplateError;
use crate::names::kind;
use crate::parameters::text_of;
use crate::template::Deployed;

/// A function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionSpec {
    /// Its name in the template.
    pub logical_id: String,
    /// The program that is its bootstrap, such as `map_ingest`.
    pub binary: String,
    /// Mebibytes.
    pub memory_mb: u32,
    /// How long one invocation may take.
    pub timeout: Duration,
    /// Its environment variables.
    pub environment: BTreeMap<String, String>,
}

pub(crate) fn read_all(deployed: &Deployed<'_>) -> Result<Vec<FunctionSpec>, TemplateError> {
    let functions = deployed.all::<FunctionProperties>(kind::FUNCTION)?;
    functions
        .into_iter()
        .map(|(id, properties)| read(deployed, id, properties))
        .collect()
}

fn read(
    deployed: &Deployed<'_>,
    id: &str,
    function: FunctionProperties,
) -> Result<FunctionSpec, TemplateError> {
    let metadata = deployed.resources.get(id).map(|resource| &resource.metadata);
    let binary = metadata.and_then(|metadata| metadata.pointer("/BuildProperties/Binary")?.as_str());
    let nameless = || TemplateError::unusable(&format!("Resources.{id}.Metadata"), "names no binary");
    Ok(FunctionSpec {
        logical_id: id.to_owned(),
        binary: binary.ok_or_else(nameless)?.to_owned(),
        memory_mb: function.memory_size,
        timeout: Duration::from_secs(function.timeout),
        environment: function
            .environment
            .variables
            .iter()
            .map(|(name, value)| (name.clone(), text_of(value)))
            .collect(),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FunctionProperties {
    memory_size: u32,
    timeout: u64,
    #[serde(default)]
    environment: Environment,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Environment {
    #[serde(default)]
    variables: BTreeMap<String, Value>,
}
