//! What stays true of a function as long as it runs.

use std::env;

use serde_json::{Map, Value};

/// The service that all functions belong to.
pub(crate) const SERVICE: &str = "sweepline";

/// A function as Lambda started it.
#[derive(Debug, Clone, Default)]
pub struct Function {
    /// The function's name.
    pub name: Option<String>,
    /// Its memory, MB.
    pub memory_mb: Option<u32>,
}

impl Function {
    /// The function of this process, from the variables that Lambda sets.
    pub fn from_env() -> Self {
        let memory = env::var("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").ok();
        Self {
            name: env::var("AWS_LAMBDA_FUNCTION_NAME").ok(),
            memory_mb: memory.and_then(|megabytes| megabytes.parse().ok()),
        }
    }

    pub(crate) fn write(&self, line: &mut Map<String, Value>) {
        line.insert("service".to_owned(), SERVICE.into());
        if let Some(name) = &self.name {
            line.insert("function_name".to_owned(), name.as_str().into());
        }
        if let Some(megabytes) = self.memory_mb {
            line.insert("function_memory_size".to_owned(), megabytes.into());
        }
    }
}
