//! The id that a person's request keeps on its way from the phone to the map.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use tracing::Span;
use ulid::Ulid;

use crate::{FieldError, Timestamp};

/// What a caller calls a request, harmless in a log: 1 to [`Self::MAX_BYTES`] ASCII letters, digits, `.`, `_`, `=` or
/// `-`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CorrelationId(String);

impl CorrelationId {
    /// Longest id, bytes.
    pub const MAX_BYTES: usize = 64;

    /// What the id is called in spans and log lines.
    pub const FIELD: &str = "correlation_id";

    /// A new id for a request at `at` whose caller gave none, unique as far as `entropy` is.
    pub fn new(at: Timestamp, entropy: u128) -> Self {
        let millis = u64::try_from(at.millis()).unwrap_or(0);
        Self(Ulid::from_parts(millis, entropy).to_string())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Lets what is logged from here on in the current span carry the id of the request that it is about, if there was
    /// one; the span must have the field [`Self::FIELD`].
    pub fn note(about: Option<&Self>) {
        if let Some(id) = about {
            Span::current().record(Self::FIELD, id.as_str());
        }
    }
}

impl TryFrom<String> for CorrelationId {
    type Error = FieldError;

    fn try_from(text: String) -> Result<Self, FieldError> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._=-".contains(&byte);
        if (1..=Self::MAX_BYTES).contains(&text.len()) && text.bytes().all(is_allowed) {
            return Ok(Self(text));
        }
        let reason = format!(
            "must have 1 to {} letters, digits, dots, underscores, equals signs or hyphens",
            Self::MAX_BYTES
        );
        Err(FieldError::new(Self::FIELD, reason))
    }
}

impl FromStr for CorrelationId {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        text.to_owned().try_into()
    }
}

impl From<CorrelationId> for String {
    fn from(id: CorrelationId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_short_and_cannot_carry_anything_else() {
        for good in ["a", "c-1_2.3", "JKJaXmPLvHcESHA=", &"x".repeat(64)] {
            assert_eq!(good.parse::<CorrelationId>().unwrap().as_str(), good);
        }
        for bad in ["", "a b", "a\n", "a\"", "é", &"x".repeat(65)] {
            let error = bad.parse::<CorrelationId>().unwrap_err();
            assert!(
                error.to_string().starts_with("correlation_id: must have 1 to 64"),
                "{error}"
            );
            assert!(serde_json::from_value::<CorrelationId>(bad.into()).is_err());
        }
    }

    #[test]
    fn a_new_id_is_one_that_a_caller_may_give() {
        let id = CorrelationId::new(Timestamp::from_millis(1_790_000_000_000), 42);
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
        assert_ne!(
            id,
            CorrelationId::new(Timestamp::from_millis(1_790_000_000_000), 43)
        );
    }
}
