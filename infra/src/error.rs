//! Why a template cannot be read.

use policy::PolicyError;
use thiserror::Error;

use crate::event_pattern::PatternError;
use crate::sql::SqlError;

/// Why a template cannot be read; `at` is the path to the place, such as `Resources.Table.Properties`.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// It is not YAML.
    #[error("the template is not YAML")]
    Yaml(#[from] serde_norway::Error),
    /// A function that is not carried out here, or has arguments that it cannot have.
    #[error("{at}: {name} is not known with these arguments")]
    Intrinsic {
        /// Such as `Fn::Select`.
        name: String,
        /// Where.
        at: String,
    },
    /// A name that is neither a parameter nor a resource that is deployed with these parameters.
    #[error("{at}: {name} is neither a parameter nor a resource")]
    Reference {
        /// The name.
        name: String,
        /// Where.
        at: String,
    },
    /// An attribute that is not known for its type of resource.
    #[error("{at}: {resource} has no attribute {attribute}")]
    Attribute {
        /// The resource.
        resource: String,
        /// The attribute.
        attribute: String,
        /// Where.
        at: String,
    },
    /// A parameter without a value, with one that it may not have, or that nobody declared.
    #[error("parameter {name}: {reason}")]
    Parameter {
        /// The parameter.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A resource does not have the properties of its type; serde names the field.
    #[error("{at} does not have its form")]
    Shape {
        /// Where.
        at: String,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
    /// A resource that cannot be used as it is.
    #[error("{at}: {reason}")]
    Unusable {
        /// Where.
        at: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Something that must be there once is missing or there several times.
    #[error("there must be one {kind}, there are {found}")]
    NotOne {
        /// The type of resource.
        kind: &'static str,
        /// How many there are.
        found: usize,
    },
    /// The SQL of a rule is not known.
    #[error("{at}: the rule's SQL cannot be carried out")]
    Sql {
        /// Where.
        at: String,
        /// What is wrong.
        #[source]
        source: SqlError,
    },
    /// The filter of a stream is not known.
    #[error("{at}: the filter cannot be carried out")]
    Pattern {
        /// Where.
        at: String,
        /// What is wrong.
        #[source]
        source: PatternError,
    },
    /// The device policy is not known.
    #[error("{at}: the policy cannot be evaluated")]
    Policy {
        /// Where.
        at: String,
        /// What is wrong.
        #[source]
        source: PolicyError,
    },
}

impl TemplateError {
    pub(crate) fn unusable(at: &str, reason: impl Into<String>) -> Self {
        Self::Unusable {
            at: at.to_owned(),
            reason: reason.into(),
        }
    }

    pub(crate) fn intrinsic(name: &str, at: &str) -> Self {
        Self::Intrinsic {
            name: name.to_owned(),
            at: at.to_owned(),
        }
    }
}
