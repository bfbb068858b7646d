//! The tools of the deployed suite: an emulated AWS with the clients of its tests, and SAM's command line, which wants
//! other versions of the same packages.

use std::path::{Path, PathBuf};

use super::python_environment;
use crate::project::Project;

/// The folder of the deployed suite.
pub const FOLDER: &str = "tests/deployed";

/// Where the tools are.
pub struct Tools {
    /// The Python with the emulator and the clients.
    pub python: PathBuf,
    /// SAM's program.
    pub sam: PathBuf,
}

/// Makes the tools under the target folder unless they are there.
pub fn tools(project: &Project) -> anyhow::Result<Tools> {
    let list = |file: &str| Path::new(FOLDER).join(file);
    let python = python_environment(project, "deployed", &list("requirements.txt"))?;
    let sam = python_environment(project, "sam", &list("requirements-sam.txt"))?;
    Ok(Tools {
        python,
        sam: sam.with_file_name("sam"),
    })
}
