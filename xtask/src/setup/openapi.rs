//! The Python environment of schemathesis.

use std::path::{Path, PathBuf};

use super::python_environment;
use crate::project::Project;

/// The folder of its tests.
pub const FOLDER: &str = "tests/openapi";

/// Makes the environment under the target folder unless it is there; gives its Python.
pub fn python(project: &Project) -> anyhow::Result<PathBuf> {
    python_environment(project, "openapi", &Path::new(FOLDER).join("requirements.txt"))
}
