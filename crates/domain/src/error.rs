//! The error of a value that is not what its field may hold.

use thiserror::Error;

/// A field that was refused, with the limit it broke.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field}: {reason}")]
pub struct FieldError {
    /// The field as the sender named it, such as `scope.rooms`.
    pub field: String,
    /// What is wrong and what the limit is.
    pub reason: String,
}

impl FieldError {
    /// Says that `field` is refused because of `reason`.
    pub fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            reason: reason.into(),
        }
    }
}

/// Checks that a text has 1 to `limit` characters and no control characters.
pub fn check_text(field: &str, text: &str, limit: usize) -> Result<(), FieldError> {
    let length = text.chars().count();
    if length == 0 || length > limit {
        return Err(FieldError::new(
            field,
            format!("must have 1 to {limit} characters, has {length}"),
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(FieldError::new(field, "must not have control characters"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_out_of_bounds_names_its_field_and_limit() {
        let error = check_text("name", "", 64).unwrap_err();
        assert_eq!(error.to_string(), "name: must have 1 to 64 characters, has 0");
        assert!(check_text("name", "a\u{7}", 64).is_err());
        assert!(check_text("name", &"ü".repeat(64), 64).is_ok());
    }
}
