//! `cargo xtask openapi`: requests made up from the served OpenAPI document, right and wrong ones, against a fresh stack.

use std::process::Command;

use crate::project::Project;
use crate::run::{Ended, unittests};
use crate::setup::{devices, openapi};

/// Requests for each route and phase in the short form.
const SHORT: u32 = 15;
/// Requests for each route and phase in the long form.
const LONG: u32 = 500;

/// Tries all routes.
///
/// # Errors
/// When the tools cannot be made, or nothing was tried.
pub fn run(project: &Project, long: bool) -> anyhow::Result<Ended> {
    let examples = if long { LONG } else { SHORT };
    let mut python = interpreter(project)?;
    unittests(
        python.env("SWEEPLINE_EXAMPLES", examples.to_string()),
        openapi::FOLDER,
    )
}

/// Python as the tests want it; makes its environment unless it is there.
///
/// # Errors
/// When the environment cannot be made.
pub fn interpreter(project: &Project) -> anyhow::Result<Command> {
    let mut python = project.command(&openapi::python(project)?.to_string_lossy());
    python
        .env("PYTHONPATH", project.root.join(devices::FOLDER))
        .env("SWEEPLINE_BIN", project.sweepline());
    Ok(python)
}
