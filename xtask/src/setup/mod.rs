//! Gets the tools that the tests need, and gets them once.

pub mod chromium;
pub mod devices;
pub mod pages;

use std::fs;
use std::path::{Path, PathBuf};

use crate::project::Project;

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
