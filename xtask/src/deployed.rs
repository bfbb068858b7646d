//! The deployed suite: the unmodified template and the release programs, deployed with SAM to an emulated AWS that
//! enforces credentials and policies, and driven there.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use crate::project::Project;
use crate::run::{Ended, Runner, check, unittests};
use crate::setup::deployed::{FOLDER, Tools, tools};
use crate::setup::devices;
use crate::tally::Tally;

/// The test of the local broker that writes what the deployed one is asked as well.
const CELLS: &str = "test --quiet --workspace --test broker the_cells_are_there_for_other_brokers";

/// Runs the steps alone.
pub fn run(project: &Project, profile: &str) -> anyhow::Result<ExitCode> {
    let mut runner = Runner::default();
    steps(&mut runner, project, profile);
    Ok(runner.finish())
}

/// Makes the tools, builds, deploys and tests.
fn steps(runner: &mut Runner, project: &Project, profile: &str) {
    let mut found = None;
    runner.step(
        "deployed tools",
        "installs an emulated AWS, the clients of its tests, and SAM",
        || {
            found = Some(tools(project)?);
            Ok(Ended::Well(Tally::default()))
        },
    );
    let Some(tools) = found else { return };
    runner.step(
        "deployed programs",
        "builds the functions as they are deployed, and the stack and robots to compare with",
        || {
            let functions =
                format!("build --profile {profile} --package functions --package mobile-api --bins");
            check(&mut project.cargo(&functions))?;
            check(&mut project.cargo("build --workspace --bins"))?;
            check(&mut project.cargo(CELLS))
        },
    );
    runner.step(
        "deployed",
        "deploys the template with SAM to an emulated AWS, and drives robots and phones there",
        || unittests(&mut interpreter(project, &tools, profile), FOLDER),
    );
}

/// Python as the suite wants it.
fn interpreter(project: &Project, tools: &Tools, profile: &str) -> Command {
    let mut python = project.command(&tools.python.to_string_lossy());
    python
        .env("CARGO_TARGET_DIR", &project.target)
        .env("PYTHONPATH", project.root.join(devices::FOLDER))
        .env("SWEEPLINE_BIN", project.sweepline())
        .env("SWEEPLINE_BOOTSTRAPS", project.target.join(profile))
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
