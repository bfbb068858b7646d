//! The packages of the handlers in other languages that the functions are measured beside.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{Stamp, python_environment};
use crate::project::Project;
use crate::run;

/// The folder of the handler for Node.js.
pub const NODE: &str = "xtask/cold/node";
/// The folder of the handler in Python.
pub const PYTHON: &str = "xtask/cold/python";

/// Makes the environment under the target folder unless it is there; gives its Python.
pub fn python(project: &Project) -> anyhow::Result<PathBuf> {
    python_environment(project, "cold", &Path::new(PYTHON).join("requirements.txt"))
}

/// Installs the packages under the target folder unless they are there; gives their folder.
pub fn node_modules(project: &Project) -> anyhow::Result<PathBuf> {
    let list = Path::new(NODE).join("package.json");
    let stamp = Stamp::new(project, "cold-node.packages", &list)?;
    let folder = project.target.join("xtask").join("cold-node");
    let packages = folder.join("node_modules");
    if stamp.is_current() && packages.exists() {
        return Ok(packages);
    }
    fs::create_dir_all(&folder)?;
    fs::copy(project.root.join(&list), folder.join("package.json"))?;
    let mut npm = project.command("npm");
    npm.current_dir(folder);
    run::plain(npm.args(["install", "--no-audit", "--no-fund", "--loglevel=error"]))
        .context("Node.js 20 or newer with npm is needed (Debian: apt-get install nodejs npm)")?;
    stamp.set()?;
    Ok(packages)
}
