//! Where the project and what it builds are.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// The folders of the project.
#[derive(Clone)]
pub struct Project {
    /// The workspace's root.
    pub root: PathBuf,
    /// What cargo builds into; the tests' own tools live in it too.
    pub target: PathBuf,
}

impl Project {
    /// The project that this program was built from.
    pub fn open() -> anyhow::Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest
            .parent()
            .context("the xtask folder has no parent")?
            .to_owned();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(target) => root.join(target),
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// A command that runs at the root.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// Cargo at the root, with `arguments` split at spaces.
    pub fn cargo(&self, arguments: &str) -> Command {
        let mut command = self.command("cargo");
        command.args(arguments.split(' '));
        command
    }

    /// The `sweepline` program that the tests start.
    pub fn sweepline(&self) -> PathBuf {
        self.program("sweepline")
    }

    /// A program of the workspace, as the tests' build leaves it.
    pub fn program(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(name)
    }

    /// A program of the workspace at the root, as the tests' build leaves it.
    pub fn built(&self, name: &str) -> Command {
        self.command(&self.program(name).to_string_lossy())
    }

    /// Cargo building what [`Self::program`] names: with the tests, whose features would otherwise make it build many
    /// dependencies a second time.
    pub fn programs(&self) -> Command {
        self.cargo("build --quiet --workspace --bins --tests")
    }

    /// The date in UTC, such as 2026-01-31.
    pub fn today(&self) -> anyhow::Result<String> {
        let said = self
            .command("date")
            .args(["-u", "+%F"])
            .output()
            .context("date cannot be run")?;
        if !said.status.success() {
            bail!("date ended with {}", said.status);
        }
        Ok(String::from_utf8(said.stdout)?.trim().to_owned())
    }
}
