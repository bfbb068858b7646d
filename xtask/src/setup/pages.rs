//! The packages of the page tests: TypeScript for the checks of types, Playwright's driver for the browser.

use std::path::Path;

use anyhow::Context;

use super::Stamp;
use crate::project::Project;
use crate::run;

/// The folder of the page tests.
pub const FOLDER: &str = "tests/pages";

/// Installs the packages of the lock file beside the tests unless they are there.
pub fn packages(project: &Project) -> anyhow::Result<()> {
    let folder = project.root.join(FOLDER);
    let stamp = Stamp::new(
        project,
        "pages.packages",
        &Path::new(FOLDER).join("package-lock.json"),
    )?;
    if stamp.is_current() && folder.join("node_modules").exists() {
        println!("The packages in {FOLDER}/node_modules are up to date.");
        return Ok(());
    }
    println!("Installing the packages of {FOLDER}/package-lock.json.");
    let mut npm = project.command("npm");
    run::plain(
        npm.current_dir(folder)
            .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]),
    )
    .context("Node.js 20 or newer with npm is needed (Debian: apt-get install nodejs npm)")?;
    stamp.set()
}
