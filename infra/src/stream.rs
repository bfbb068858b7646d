//! The functions that are fed by the table's stream.

use serde::Deserialize;
use serde_json::Value;

use crate::TemplateError;
use crate::event_pattern::EventPattern;
use crate::names::kind;
use crate::template::Deployed;

/// A function that is fed by the table's stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamSource {
    /// The function's logical id.
    pub function: String,
    /// The most records of one invocation.
    pub batch_size: usize,
    /// A record is handed over if one of them admits it; without any, all are.
    pub filters: Vec<EventPattern>,
}

impl StreamSource {
    /// Whether the function is to be given this record of the stream.
    pub fn admits(&self, record: &Value) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|filter| filter.matches(record))
    }
}

pub(crate) fn read_all(deployed: &Deployed<'_>) -> Result<Vec<StreamSource>, TemplateError> {
    let sources = deployed.all::<SourceProperties>(kind::STREAM_SOURCE)?;
    sources
        .into_iter()
        .map(|(id, source)| read(deployed, id, &source))
        .collect()
}

fn read(deployed: &Deployed<'_>, id: &str, source: &SourceProperties) -> Result<StreamSource, TemplateError> {
    let at = format!("Resources.{id}.Properties");
    let (table, _) = deployed.only::<Value>(kind::TABLE)?;
    if deployed.names.attribute(table, "StreamArn").as_deref() != Some(&source.event_source_arn) {
        return Err(TemplateError::unusable(
            &at,
            "its source is not the stream of the table",
        ));
    }
    let parse = |filter: &Filter| {
        let at = at.clone();
        EventPattern::parse(&filter.pattern).map_err(|source| TemplateError::Pattern { at, source })
    };
    Ok(StreamSource {
        function: deployed.function(&source.function_name, &at)?,
        batch_size: source.batch_size,
        filters: source
            .filter_criteria
            .filters
            .iter()
            .map(parse)
            .collect::<Result<_, _>>()?,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SourceProperties {
    event_source_arn: String,
    function_name: String,
    batch_size: usize,
    #[serde(default)]
    filter_criteria: FilterCriteria,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FilterCriteria {
    filters: Vec<Filter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    pattern: String,
}
