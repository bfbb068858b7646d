//! The deployment template: what linters and rules say of it, and whether what it becomes was looked at.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, bail};

use crate::project::Project;
use crate::run::{Ended, Runner, check, plain, tests};
use crate::setup::template::{FOLDER, Tools, tools};
use crate::tally::Tally;

const TEMPLATE: &str = "infra/template.yaml";
/// What CloudFormation gets; kept, so that a change of the template shows which resources it changes.
const TRANSFORMED: &str = "infra/out/template.cfn.json";
/// Where a linter takes the types of resources to be deployed.
const REGION: &str = "us-east-1";

/// Runs the steps alone, and first writes the transformed template anew when `update`.
pub fn run(project: &Project, update: bool) -> anyhow::Result<ExitCode> {
    if update {
        transform(project, &tools(project)?, &project.root.join(TRANSFORMED))?;
    }
    let mut runner = Runner::default();
    steps(&mut runner, project);
    Ok(runner.finish())
}

/// Every check of the template.
pub fn steps(runner: &mut Runner, project: &Project) {
    let mut found = None;
    runner.step(
        "template tools",
        "installs cfn-lint, the SAM transform, checkov and cfn-guard",
        || {
            found = Some(tools(project)?);
            Ok(Ended::Well(Tally::default()))
        },
    );
    let Some(tools) = found else { return };
    runner.step("template lint", "lets cfn-lint look at the template", || {
        check(program(project, &tools, "cfn-lint").args(["--region", REGION, "--", TEMPLATE]))
    });
    runner.step(
        "template golden",
        "compares what CloudFormation gets with what was looked at",
        || compare(project, &tools),
    );
    runner.step(
        "template rules",
        "holds it to our own rules with cfn-guard",
        || check(&mut guard(project, &tools)),
    );
    runner.step(
        "template scan",
        "lets checkov look at it, but for what is waived with a reason",
        || {
            let config = Path::new(FOLDER).join("checkov.yaml");
            let mut checkov = program(project, &tools, "checkov");
            check(checkov.args(["--file", TRANSFORMED, "--config-file"]).arg(config))
        },
    );
    runner.step(
        "template tests",
        "breaks each rule, and redrives failures of every kind",
        || {
            let mut python = program(project, &tools, "python");
            python.env("CFN_GUARD", &tools.guard);
            tests(python.args(["-m", "unittest", "discover", "--start-directory", FOLDER]))
        },
    );
}

fn compare(project: &Project, tools: &Tools) -> anyhow::Result<Ended> {
    let made = project.target.join("xtask").join("template.cfn.json");
    transform(project, tools, &made)?;
    let kept = fs::read(project.root.join(TRANSFORMED)).context(TRANSFORMED)?;
    if fs::read(made)? != kept {
        bail!(
            "{TRANSFORMED} is not what the template becomes: run `cargo xtask template --update` and read the diff"
        );
    }
    Ok(Ended::Well(Tally::default()))
}

fn transform(project: &Project, tools: &Tools, out: &Path) -> anyhow::Result<()> {
    let script = Path::new(FOLDER).join("transform.py");
    plain(
        program(project, tools, "python")
            .arg(script)
            .arg(TEMPLATE)
            .arg(out),
    )
}

fn guard(project: &Project, tools: &Tools) -> Command {
    let rules = Path::new(FOLDER).join("sweepline.guard");
    let mut guard = project.command(&tools.guard.to_string_lossy());
    guard
        .arg("validate")
        .arg("--rules")
        .arg(rules)
        .args(["--data", TRANSFORMED]);
    guard
}

fn program(project: &Project, tools: &Tools, name: &str) -> Command {
    project.command(&tools.programs.join(name).to_string_lossy())
}
