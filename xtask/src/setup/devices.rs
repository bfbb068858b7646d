//! The Python environment of the independent devices.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::Stamp;
use crate::project::Project;
use crate::run;

/// The folder of the devices' tests.
pub const FOLDER: &str = "tests/devices";

/// Makes the environment under the target folder unless it is there; gives its Python.
pub fn python(project: &Project) -> anyhow::Result<PathBuf> {
    let environment = project.target.join("xtask").join("devices");
    let python = environment.join("bin").join("python");
    let list = Path::new(FOLDER).join("requirements.txt");
    let stamp = Stamp::new(project, "devices.packages", &list)?;
    if stamp.is_current() && python.exists() {
        println!("The environment in {} is up to date.", environment.display());
        return Ok(python);
    }
    println!(
        "Making a Python environment in {} with the packages of {}.",
        environment.display(),
        list.display()
    );
    let mut make = project.command("python3");
    run::plain(make.args(["-m", "venv", "--clear"]).arg(&environment)).context(
        "Python 3.10 or newer with its venv module is needed (Debian: apt-get install python3-venv)",
    )?;
    let mut install = project.command(&python.to_string_lossy());
    install
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--requirement",
        ])
        .arg(list);
    run::plain(&mut install)?;
    stamp.set()?;
    Ok(python)
}
