//! The deployed suite: the unmodified template and the functions' programs, deployed with SAM to an emulated AWS that
//! enforces credentials and policies, and driven there.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use crate::project::Project;
use crate::run::{Aside, Ended, Runner, check, unittest, unittests};
use crate::setup::deployed::{FOLDER, Tools, tools};
use crate::setup::devices;

/// What the suite does.
const WHAT: &str = "deploys the template with SAM to an emulated AWS, and drives robots and phones there";
/// The test of the local broker that writes what the deployed one is asked as well.
const CELLS: &str = "test --quiet --workspace --test broker the_cells_are_there_for_other_brokers";

/// The profile that every other test builds with, so that nothing is built twice for this suite.
pub const DEV: &str = "dev";

/// Runs the steps alone.
pub fn run(project: &Project, profile: &str) -> anyhow::Result<ExitCode> {
    let mut runner = Runner::default();
    let tools = prepare(&mut runner, project);
    runner.step(
        "deployed programs",
        "builds the functions, and the stack and robots to compare with",
        || programs(project, profile),
    );
    if let Some(tools) = tools {
        runner.step("deployed", WHAT, || {
            unittests(&mut interpreter(project, &tools, profile), FOLDER)
        });
    }
    Ok(runner.finish())
}

/// The suite beside other steps: it waits more than it works.
pub struct Deployed(anyhow::Result<Aside>);

impl Deployed {
    /// Makes what the suite needs beside the programs, and starts it; nothing when that failed.
    pub fn begin(runner: &mut Runner, project: &Project) -> Option<Self> {
        let tools = prepare(runner, project)?;
        let mut python = interpreter(project, &tools, DEV);
        let said = project.target.join("xtask").join("deployed.log");
        Some(Self(Aside::start(unittest(&mut python, FOLDER), &said)))
    }

    /// Waits for what it came to.
    pub fn end(self, runner: &mut Runner) {
        runner.step("deployed", WHAT, || self.0?.end());
    }
}

/// Makes the tools, and the questions that were put to the local broker.
fn prepare(runner: &mut Runner, project: &Project) -> Option<Tools> {
    let mut found = None;
    runner.step(
        "deployed tools",
        "installs an emulated AWS, the clients of its tests, and SAM",
        || {
            found = Some(tools(project)?);
            check(&mut project.cargo(CELLS))
        },
    );
    found
}

fn programs(project: &Project, profile: &str) -> anyhow::Result<Ended> {
    if profile != DEV {
        let functions = format!("build --profile {profile} --package functions --package mobile-api --bins");
        check(&mut project.cargo(&functions))?;
    }
    check(&mut project.programs())
}

/// Python as the suite wants it.
fn interpreter(project: &Project, tools: &Tools, profile: &str) -> Command {
    // Cargo's folder for this profile alone has another name than the profile.
    let built = if profile == DEV { "debug" } else { profile };
    let mut python = project.command(&tools.python.to_string_lossy());
    python
        .env("CARGO_TARGET_DIR", &project.target)
        .env("PYTHONPATH", project.root.join(devices::FOLDER))
        .env("SWEEPLINE_BIN", project.sweepline())
        .env("SWEEPLINE_BOOTSTRAPS", project.target.join(built))
        .env(
            "SWEEPLINE_CELLS",
            project.target.join("tmp").join("topic-matrix.json"),
        )
        .env("SWEEPLINE_PROGRAMS", project.target.join("debug"))
        .env("SWEEPLINE_DEPLOYED_DATA", data(project))
        .env("SWEEPLINE_SAM", &tools.sam);
    python
}

/// Where the emulator's data and the logs are, also after a failure.
fn data(project: &Project) -> PathBuf {
    project.target.join("xtask").join("deployed-data")
}
