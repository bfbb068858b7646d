//! Filters of stream records: the part of EventBridge's pattern language that compares texts and asks for
//! presence.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use thiserror::Error;

/// Why a pattern is not known.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PatternError {
    /// It is not JSON.
    #[error("the pattern is not JSON")]
    Json(#[from] serde_json::Error),
    /// It asks for something other than equal texts or presence.
    #[error("{at}: only lists of texts and {{\"exists\":true}} are known, not {found}")]
    Unsupported {
        /// The path of fields.
        at: String,
        /// What stands there, as JSON.
        found: String,
    },
}

/// A pattern: all its fields must be in the record, each with one of the listed texts where it lists any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPattern(Node);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    AllOf(BTreeMap<String, Node>),
    OneOf(Vec<String>),
    Present,
}

impl EventPattern {
    /// Reads a pattern from JSON text.
    ///
    /// # Errors
    /// [`PatternError`] names the field that is compared in a way that is not known.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        match serde_json::from_str(text)? {
            Value::Object(fields) => Node::parse(&Value::Object(fields), "pattern").map(Self),
            other => Err(unsupported("pattern", &other)),
        }
    }

    /// Whether the record has what the pattern asks for.
    pub fn matches(&self, record: &Value) -> bool {
        self.0.matches(record)
    }
}

impl Node {
    fn parse(value: &Value, at: &str) -> Result<Self, PatternError> {
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                let child = |(name, value): (&String, &Value)| {
                    Ok((name.clone(), Self::parse(value, &format!("{at}.{name}"))?))
                };
                fields
                    .iter()
                    .map(child)
                    .collect::<Result<_, _>>()
                    .map(Self::AllOf)
            }
            Value::Array(only) if *only == [json!({"exists": true})] => Ok(Self::Present),
            Value::Array(texts) if !texts.is_empty() => {
                let text = |value: &Value| {
                    value
                        .as_str()
                        .map(str::to_owned)
                        .ok_or_else(|| unsupported(at, value))
                };
                texts.iter().map(text).collect::<Result<_, _>>().map(Self::OneOf)
            }
            other => Err(unsupported(at, other)),
        }
    }

    fn matches(&self, value: &Value) -> bool {
        match self {
            Self::AllOf(fields) => fields
                .iter()
                .all(|(name, node)| value.get(name).is_some_and(|value| node.matches(value))),
            Self::OneOf(texts) => value
                .as_str()
                .is_some_and(|text| texts.iter().any(|wanted| wanted == text)),
            // Presence is asked of a leaf, never of an object.
            Self::Present => !value.is_object(),
        }
    }
}

fn unsupported(at: &str, found: &Value) -> PatternError {
    PatternError::Unsupported {
        at: at.to_owned(),
        found: found.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_fields_must_be_there_with_a_listed_text() {
        let pattern =
            EventPattern::parse(r#"{"kind": ["run"], "state": {"S": ["sealed", "voted"]}}"#).unwrap();
        assert!(pattern.matches(&json!({"kind": "run", "state": {"S": "sealed", "N": "1"}, "more": 1})));
        for record in [
            json!({"kind": "run", "state": {"S": "running"}}),
            json!({"kind": "run"}),
            json!({"kind": ["run"], "state": {"S": "sealed"}}),
            json!("run"),
        ] {
            assert!(!pattern.matches(&record), "{record}");
        }
    }

    #[test]
    fn a_field_may_only_have_to_be_there() {
        let pattern = EventPattern::parse(r#"{"vote": {"NULL": [{"exists": true}]}}"#).unwrap();
        assert!(pattern.matches(&json!({"vote": {"NULL": true}})));
        assert!(!pattern.matches(&json!({"vote": {"M": {}}})));
        assert!(!pattern.matches(&json!({"vote": {"NULL": {}}})));
    }

    #[test]
    fn other_comparisons_are_named() {
        let error = |text: &str| EventPattern::parse(text).unwrap_err().to_string();
        assert_eq!(
            error(r#"{"a": {"b": [{"prefix": "x"}]}}"#),
            r#"pattern.a.b: only lists of texts and {"exists":true} are known, not {"prefix":"x"}"#
        );
        assert!(error(r#"{"a": [{"exists": false}]}"#).contains("pattern.a"));
        assert!(error(r#"{"a": [1]}"#).contains("not 1"));
        assert!(error(r#"{"a": []}"#).contains("pattern.a"));
        assert!(error("[]").contains("pattern:"));
        assert!(error("{").contains("not JSON"));
    }
}
