//! The tools that check the template: cfn-lint, the SAM transform and checkov in a Python environment, and cfn-guard
//! out of a package of AWS.

use std::env::consts;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use super::{Stamp, python_environment};
use crate::project::Project;
use crate::run;

/// The folder of the checks.
pub const FOLDER: &str = "infra/checks";

/// Where the tools are.
pub struct Tools {
    /// The environment's programs.
    pub programs: PathBuf,
    /// cfn-guard.
    pub guard: PathBuf,
}

/// Makes the tools under the target folder unless they are there.
pub fn tools(project: &Project) -> anyhow::Result<Tools> {
    let list = Path::new(FOLDER).join("requirements.txt");
    let python = python_environment(project, "template", &list)?;
    let programs = python.parent().context("Python is in no folder")?.to_owned();
    Ok(Tools {
        programs,
        guard: guard(project)?,
    })
}

/// The package has a program for each system; what it wants for itself is of no use here and is left out.
fn guard(project: &Project) -> anyhow::Result<PathBuf> {
    let list = Path::new(FOLDER).join("package.json");
    let folder = project.target.join("xtask").join("guard");
    let system = if consts::OS == "linux" {
        "ubuntu"
    } else {
        consts::OS
    };
    let package = folder.join("node_modules/@cdklabs/cdk-validator-cfnguard");
    let program = package
        .join("bin")
        .join(system)
        .join(consts::ARCH)
        .join("cfn-guard");
    let stamp = Stamp::new(project, "guard.packages", &list)?;
    if stamp.is_current() && program.exists() {
        return Ok(program);
    }
    println!("Installing cfn-guard in {}.", folder.display());
    std::fs::create_dir_all(&folder)?;
    std::fs::copy(project.root.join(&list), folder.join("package.json"))?;
    let mut npm = project.command("npm");
    npm.current_dir(&folder).args([
        "install",
        "--legacy-peer-deps",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]);
    run::plain(&mut npm)
        .context("Node.js 20 or newer with npm is needed (Debian: apt-get install nodejs npm)")?;
    ensure!(
        program.exists(),
        "there is no cfn-guard for {system} on {}",
        consts::ARCH
    );
    stamp.set()?;
    Ok(program)
}
