//! Policy documents: what is read from JSON and checked once.

use serde::Deserialize;
use serde_json::Value;

use crate::condition::{Condition, RawConditions};
use crate::error::PolicyError;
use crate::evaluate::{Action, Identity};
use crate::pattern::Pattern;

/// The only policy language version with variables.
const VERSION: &str = "2012-10-17";

/// A checked AWS IoT policy document, ready to be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RawDocument")]
pub struct PolicyDocument {
    pub(crate) statements: Vec<Statement>,
}

impl PolicyDocument {
    /// Reads a document from JSON text.
    ///
    /// # Errors
    /// [`PolicyError`] names what is malformed or not evaluated by this crate.
    pub fn from_json(text: &str) -> Result<Self, PolicyError> {
        serde_json::from_str::<RawDocument>(text)?.try_into()
    }

    /// Reads a document from a JSON value, such as one taken from a resolved template.
    ///
    /// # Errors
    /// [`PolicyError`] names what is malformed or not evaluated by this crate.
    pub fn from_value(value: Value) -> Result<Self, PolicyError> {
        serde_json::from_value::<RawDocument>(value)?.try_into()
    }
}

/// What a statement that matches says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum Effect {
    Allow,
    Deny,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) effect: Effect,
    actions: Vec<ActionPattern>,
    resources: Vec<Pattern>,
    conditions: Vec<Condition>,
}

impl Statement {
    pub(crate) fn applies(&self, identity: &Identity, action: Action, arn: &str) -> bool {
        self.actions.iter().any(|pattern| pattern.matches(action))
            && self
                .resources
                .iter()
                .any(|pattern| pattern.matches(arn, identity))
            && self.conditions.iter().all(|condition| condition.holds(identity))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ActionPattern {
    Any,
    Only(Action),
}

impl ActionPattern {
    fn parse(text: &str) -> Result<Self, PolicyError> {
        match text {
            "iot:*" => Ok(Self::Any),
            name => Action::parse(name)
                .map(Self::Only)
                .ok_or_else(|| PolicyError::Action(name.to_owned())),
        }
    }

    fn matches(self, action: Action) -> bool {
        match self {
            Self::Any => true,
            Self::Only(only) => only == action,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct RawDocument {
    version: String,
    #[serde(default, rename = "Id")]
    _id: Option<String>,
    // Kept as JSON until its shape is known: an untagged enum would not name an unknown field.
    statement: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct RawStatement {
    #[serde(default, rename = "Sid")]
    _sid: Option<String>,
    effect: Effect,
    action: OneOrMany,
    resource: OneOrMany,
    #[serde(default)]
    condition: RawConditions,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn parse_each<T>(
        self,
        field: &'static str,
        parse: impl Fn(&str) -> Result<T, PolicyError>,
    ) -> Result<Vec<T>, PolicyError> {
        let texts = match self {
            Self::One(text) => vec![text],
            Self::Many(texts) if texts.is_empty() => return Err(PolicyError::Empty(field)),
            Self::Many(texts) => texts,
        };
        texts.iter().map(|text| parse(text)).collect()
    }
}

impl TryFrom<RawDocument> for PolicyDocument {
    type Error = PolicyError;

    fn try_from(raw: RawDocument) -> Result<Self, PolicyError> {
        if raw.version != VERSION {
            return Err(PolicyError::Version(raw.version));
        }
        let statements = match raw.statement {
            Value::Array(list) if list.is_empty() => return Err(PolicyError::Empty("Statement")),
            Value::Array(list) => list.into_iter().map(Statement::parse).collect(),
            single => Statement::parse(single).map(|only| vec![only]),
        };
        Ok(Self {
            statements: statements?,
        })
    }
}

impl Statement {
    fn parse(value: Value) -> Result<Self, PolicyError> {
        let raw: RawStatement = serde_json::from_value(value)?;
        Ok(Self {
            effect: raw.effect,
            actions: raw.action.parse_each("Action", ActionPattern::parse)?,
            resources: raw.resource.parse_each("Resource", Pattern::parse)?,
            conditions: Condition::parse_all(&raw.condition)?,
        })
    }
}
