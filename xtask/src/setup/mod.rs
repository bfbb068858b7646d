//! Gets the tools that the tests need, and gets them once.

pub mod chromium;
pub mod cold;
pub mod deployed;
pub mod devices;
pub mod emulator;
pub mod openapi;
pub mod pages;
pub mod template;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::project::Project;
use crate::run;

/// Remembers for which list of packages a tool was set up, so that the next run need not do it again.
struct Stamp {
    file: PathBuf,
    wanted: String,
}

impl Stamp {
    /// The stamp `name` for the packages that `list` names.
    fn new(project: &Project, name: &str, list: &Path) -> anyhow::Result<Self> {
        let folder = project.target.join("xtask");
        fs::create_dir_all(&folder)?;
        Ok(Self {
            file: folder.join(name),
            wanted: fs::read_to_string(project.root.join(list))?,
        })
    }

    fn is_current(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|set_up| set_up == self.wanted)
    }

    fn set(&self) -> anyhow::Result<()> {
        Ok(fs::write(&self.file, &self.wanted)?)
    }
}

/// Makes the Python environment `name` with the packages of `list` under the target folder unless it is there; gives
/// its Python.
fn python_environment(project: &Project, name: &str, list: &Path) -> anyhow::Result<PathBuf> {
    let environment = project.target.join("xtask").join(name);
    let python = environment.join("bin").join("python");
    let stamp = Stamp::new(project, &format!("{name}.packages"), list)?;
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
