//! The Python environment of the independent devices.

use std::path::{Path, PathBuf};

use super::python_environment;
use crate::project::Project;

/// The folder of the devices' tests.
pub const FOLDER: &str = "tests/devices";

/// Makes the environment under the target folder unless it is there; gives its Python.
pub fn python(project: &Project) -> anyhow::Result<PathBuf> {
    python_environment(project, "devices", &Path::new(FOLDER).join("requirements.txt"))
}
