//! The table and its indexes.

use serde::Deserialize;

use crate::TemplateError;
use crate::names::kind;
use crate::template::Deployed;

/// The type of a key attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum AttributeType {
    /// Text.
    #[serde(rename = "S")]
    String,
    /// A number.
    #[serde(rename = "N")]
    Number,
    /// Bytes.
    #[serde(rename = "B")]
    Binary,
}

/// A key attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySpec {
    /// Its name.
    pub attribute: String,
    /// Its type.
    pub kind: AttributeType,
}

/// The keys of a table or an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySchema {
    /// What items are grouped by.
    pub partition: KeySpec,
    /// What they are sorted by within a group.
    pub sort: Option<KeySpec>,
}

/// What an index repeats of each item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Projection {
    /// Everything.
    All,
    /// Only the keys.
    KeysOnly,
    /// The keys and these attributes.
    Include(Vec<String>),
}

/// A global secondary index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexSpec {
    /// Its name.
    pub name: String,
    /// Its keys; items without them are not in it.
    pub keys: KeySchema,
    /// What it repeats.
    pub projection: Projection,
}

/// The table as it is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSpec {
    /// Its name; the logical id where the template leaves the name to AWS.
    pub name: String,
    /// Its keys.
    pub keys: KeySchema,
    /// Its indexes.
    pub indexes: Vec<IndexSpec>,
    /// The attribute with the second after which an item may be deleted.
    pub ttl_attribute: Option<String>,
    /// Whether changes are streamed, with the new image of the item.
    pub stream: bool,
}

pub(crate) fn read(deployed: &Deployed<'_>) -> Result<TableSpec, TemplateError> {
    let (id, table) = deployed.only::<TableProperties>(kind::TABLE)?;
    let at = format!("Resources.{id}.Properties");
    let keys = |schema: &[KeyElement]| key_schema(schema, &table.attribute_definitions, &at);
    let index = |index: &IndexProperties| {
        let projection = index.projection.read(&at)?;
        Ok(IndexSpec {
            name: index.index_name.clone(),
            keys: keys(&index.key_schema)?,
            projection,
        })
    };
    let stream = table
        .stream_specification
        .is_some_and(|stream| stream.stream_view_type.has_new_image());
    Ok(TableSpec {
        name: deployed.names.reference(id).unwrap_or_else(|| id.to_owned()),
        keys: keys(&table.key_schema)?,
        indexes: table
            .global_secondary_indexes
            .iter()
            .map(index)
            .collect::<Result<_, TemplateError>>()?,
        ttl_attribute: table
            .time_to_live_specification
            .filter(|ttl| ttl.enabled)
            .map(|ttl| ttl.attribute_name),
        stream,
    })
}

fn key_schema(
    schema: &[KeyElement],
    definitions: &[AttributeDefinition],
    at: &str,
) -> Result<KeySchema, TemplateError> {
    let key = |role: KeyRole| -> Result<Option<KeySpec>, TemplateError> {
        let Some(element) = schema.iter().find(|element| element.key_type == role) else {
            return Ok(None);
        };
        let name = &element.attribute_name;
        let definition = definitions
            .iter()
            .find(|definition| definition.attribute_name == *name);
        let missing = || TemplateError::unusable(at, format!("the key {name} has no attribute definition"));
        let kind = definition.ok_or_else(missing)?.attribute_type;
        Ok(Some(KeySpec {
            attribute: name.clone(),
            kind,
        }))
    };
    let partition =
        key(KeyRole::Hash)?.ok_or_else(|| TemplateError::unusable(at, "a key schema has no HASH key"))?;
    Ok(KeySchema {
        partition,
        sort: key(KeyRole::Range)?,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TableProperties {
    attribute_definitions: Vec<AttributeDefinition>,
    key_schema: Vec<KeyElement>,
    #[serde(default)]
    global_secondary_indexes: Vec<IndexProperties>,
    time_to_live_specification: Option<TimeToLive>,
    stream_specification: Option<StreamSpecification>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AttributeDefinition {
    attribute_name: String,
    attribute_type: AttributeType,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyElement {
    attribute_name: String,
    key_type: KeyRole,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum KeyRole {
    Hash,
    Range,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct IndexProperties {
    index_name: String,
    key_schema: Vec<KeyElement>,
    projection: ProjectionProperties,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ProjectionProperties {
    projection_type: String,
    #[serde(default)]
    non_key_attributes: Vec<String>,
}

impl ProjectionProperties {
    fn read(&self, at: &str) -> Result<Projection, TemplateError> {
        match self.projection_type.as_str() {
            "ALL" => Ok(Projection::All),
            "KEYS_ONLY" => Ok(Projection::KeysOnly),
            "INCLUDE" => Ok(Projection::Include(self.non_key_attributes.clone())),
            other => Err(TemplateError::unusable(at, format!("{other} is no projection"))),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TimeToLive {
    attribute_name: String,
    enabled: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StreamSpecification {
    stream_view_type: StreamView,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum StreamView {
    NewImage,
    OldImage,
    NewAndOldImages,
    KeysOnly,
}

impl StreamView {
    fn has_new_image(self) -> bool {
        match self {
            Self::NewImage | Self::NewAndOldImages => true,
            Self::OldImage | Self::KeysOnly => false,
        }
    }
}
