//! Why a policy document cannot be loaded.

use thiserror::Error;

/// Why a policy document cannot be loaded; each variant names the text that was not understood.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// The document is not JSON of the expected shape; serde names the unknown or missing field.
    #[error("policy document is not well formed")]
    Malformed(#[from] serde_json::Error),
    /// Variables exist only in version `2012-10-17`, so no other version is accepted.
    #[error("Version is {0:?}, only \"2012-10-17\" is evaluated")]
    Version(String),
    /// A list that must have an element has none.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// The action is not one that an MQTT broker decides.
    #[error("Action {0:?} is not evaluated")]
    Action(String),
    /// The resource is neither `*` nor an ARN.
    #[error("Resource {0:?} is neither \"*\" nor an ARN")]
    Resource(String),
    /// The variable is not known.
    #[error("variable {variable:?} in {text:?} is not evaluated")]
    Variable {
        /// What stands between `${` and `}`.
        variable: String,
        /// The whole text.
        text: String,
    },
    /// A `${` has no `}`.
    #[error("a variable in {0:?} is not closed")]
    Unclosed(String),
    /// The condition operator is not known.
    #[error("Condition operator {0:?} is not evaluated")]
    Operator(String),
    /// The condition key is not known, or not under this operator.
    #[error("Condition key {key:?} is not evaluated under {operator:?}")]
    Key {
        /// The operator the key stands under.
        operator: String,
        /// The key.
        key: String,
    },
    /// A condition value has the wrong type or text.
    #[error("Condition value {value} of {key:?} is not evaluated")]
    Value {
        /// The key the value is compared with.
        key: String,
        /// The value as JSON.
        value: String,
    },
}
