//! AWS's emulator of Lambda, which comes with SAM's command line.

use std::env::consts;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{deployed, python_environment};
use crate::project::Project;

/// Where it is in the package.
const FOLDER: &str = "site-packages/samcli/local/rapid";

/// Makes SAM's environment under the target folder unless it is there; gives the emulator for this machine, which
/// AWS has for Linux only.
pub fn find(project: &Project) -> anyhow::Result<Option<PathBuf>> {
    let name = match (consts::OS, consts::ARCH) {
        ("linux", "x86_64") => "aws-lambda-rie-x86_64",
        ("linux", "aarch64") => "aws-lambda-rie-arm64",
        _ => return Ok(None),
    };
    let list = Path::new(deployed::FOLDER).join("requirements-sam.txt");
    let python = python_environment(project, "sam", &list)?;
    let environment = python.ancestors().nth(2).context("Python is in no environment")?;
    for version in fs::read_dir(environment.join("lib"))? {
        let emulator = version?.path().join(FOLDER).join(name);
        if emulator.is_file() {
            return Ok(Some(emulator));
        }
    }
    Ok(None)
}
