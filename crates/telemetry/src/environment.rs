//! What a function is told by its environment variables.

use std::env;

use thiserror::Error;

/// Why a function cannot start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EnvironmentError {
    /// The template did not set a variable, or the function was started without it.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// A variable has a value that it cannot have.
    #[error("the environment variable {name} must be {expected}")]
    Unusable {
        /// The variable.
        name: &'static str,
        /// What it may be.
        expected: &'static str,
    },
}

/// The value of an environment variable.
///
/// # Errors
/// [`EnvironmentError::Missing`], also for an empty one.
pub fn variable(name: &'static str) -> Result<String, EnvironmentError> {
    let value = env::var(name).ok().filter(|value| !value.is_empty());
    value.ok_or(EnvironmentError::Missing(name))
}

/// What `read` makes of a variable that need not be set; `None` without it.
pub(crate) fn optional<T>(
    name: &'static str,
    expected: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, EnvironmentError> {
    let Ok(value) = variable(name) else {
        return Ok(None);
    };
    let unusable = EnvironmentError::Unusable { name, expected };
    read(&value).map(Some).ok_or(unusable)
}
