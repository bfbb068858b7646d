//! The `Condition` block of a statement.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::error::PolicyError;
use crate::evaluate::Identity;
use crate::template::Template;

/// `Condition` as it stands in the document: operator → key → one value or a list.
pub(crate) type RawConditions = BTreeMap<String, BTreeMap<String, Value>>;

/// A fact about the connection that a condition may test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    IsAttached,
    ThingName,
    ClientId,
}

impl Key {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "iot:Connection.Thing.IsAttached" => Some(Self::IsAttached),
            "iot:Connection.Thing.ThingName" => Some(Self::ThingName),
            "iot:ClientId" => Some(Self::ClientId),
            _ => None,
        }
    }

    fn value(self, identity: &Identity) -> Option<&str> {
        match self {
            Self::IsAttached => Some(if identity.attached { "true" } else { "false" }),
            Self::ThingName => identity.thing_name.as_deref(),
            Self::ClientId => Some(&identity.client_id),
        }
    }
}

/// One key with the values of which one must be equal to the connection's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    key: Key,
    any_of: Vec<Template>,
}

impl Condition {
    /// Reads a whole `Condition` block; all of what it returns must hold.
    pub(crate) fn parse_all(raw: &RawConditions) -> Result<Vec<Self>, PolicyError> {
        raw.iter()
            .flat_map(|(operator, tests)| tests.iter().map(move |(key, values)| (operator, key, values)))
            .map(|(operator, key, values)| Self::parse(operator, key, values))
            .collect()
    }

    fn parse(operator: &str, name: &str, values: &Value) -> Result<Self, PolicyError> {
        let boolean = match operator {
            "Bool" => true,
            "StringEquals" | "ForAnyValue:StringEquals" => false,
            unknown => return Err(PolicyError::Operator(unknown.to_owned())),
        };
        let key = Key::parse(name)
            .filter(|key| !boolean || *key == Key::IsAttached)
            .ok_or_else(|| PolicyError::Key {
                operator: operator.to_owned(),
                key: name.to_owned(),
            })?;
        let any_of = match values {
            Value::Array(list) if list.is_empty() => return Err(PolicyError::Empty("Condition value")),
            Value::Array(list) => list.iter().map(|value| template(name, value, boolean)).collect(),
            single => template(name, single, boolean).map(|only| vec![only]),
        };
        Ok(Self { key, any_of: any_of? })
    }

    pub(crate) fn holds(&self, identity: &Identity) -> bool {
        let Some(actual) = self.key.value(identity) else {
            return false;
        };
        self.any_of.iter().any(|wanted| {
            wanted
                .resolve(identity)
                .is_some_and(|spans| spans.iter().map(|span| span.text()).collect::<String>() == actual)
        })
    }
}

fn template(key: &str, value: &Value, boolean: bool) -> Result<Template, PolicyError> {
    match value {
        Value::Bool(truth) => Template::parse(if *truth { "true" } else { "false" }),
        Value::String(text) if !boolean || text == "true" || text == "false" => Template::parse(text),
        other => Err(PolicyError::Value {
            key: key.to_owned(),
            value: other.to_string(),
        }),
    }
}
