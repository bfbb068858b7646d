//! `cargo xtask test`: everything that has to hold, in the order in which a failure is cheapest to find.

use std::env;
use std::process::{Command, ExitCode};

use anyhow::bail;

use crate::deployed::Deployed;
use crate::project::Project;
use crate::run::{Ended, Runner, check, is_there, tests, unittests};
use crate::setup::{chromium, devices, emulator, pages};
use crate::stack::Stack;
use crate::tally::Tally;
use crate::{deny, faults, fuzz, load, openapi, template, tidy};

/// Runs every step, or without the slow ones when `quick`.
pub fn test(project: &Project, quick: bool) -> anyhow::Result<ExitCode> {
    let mut runner = Runner::default();
    sources(&mut runner, project);
    rust(&mut runner, project);
    if !quick {
        lambda_tests(&mut runner, project);
        runner.step(
            "faults",
            "plays seeded simulations in which everything fails, and looks for lost and doubled reports",
            || faults::step(project),
        );
        runner.step("load", "restarts the broker under a fleet", || {
            load::step(project)
        });
        runner.step(
            "openapi",
            "tries the API with requests made up from its OpenAPI document by schemathesis",
            || openapi::run(project, false),
        );
        template::steps(&mut runner, project);
        documentation(&mut runner, project);
        let fuzz = fuzz::Aside::begin(&mut runner, project);
        let deployed = Deployed::begin(&mut runner, project);
        page_tests(&mut runner, project);
        device_tests(&mut runner, project);
        if let Some(deployed) = deployed {
            deployed.end(&mut runner);
        }
        if let Some(fuzz) = fuzz {
            fuzz.end(&mut runner);
        }
    }
    Ok(runner.finish())
}

fn sources(runner: &mut Runner, project: &Project) {
    runner.step("format", "looks whether rustfmt would change a file", || {
        check(&mut project.cargo("fmt --all -- --check"))
    });
    runner.step(
        "tidy",
        "looks for ignored tests, notes, long files and paths of one machine",
        || tidy::check(project).map(|()| Ended::Well(Tally::default())),
    );
    runner.step(
        "deny",
        "checks licences, sources and owners of dependencies",
        || deny::check(project),
    );
}

/// The tests before the lints: they build what the later steps start.
fn rust(runner: &mut Runner, project: &Project) {
    let has_nextest = is_there(&mut project.cargo("nextest --version"));
    let arguments = if has_nextest {
        "nextest run --workspace --no-fail-fast"
    } else {
        "test --workspace --lib --bins --tests --no-fail-fast"
    };
    let what = format!("builds and runs unit, property, contract and end-to-end tests (cargo {arguments})");
    runner.step("rust", &what, || tests(&mut project.cargo(arguments)));
    runner.step("programs", "builds what the later steps start", || {
        check(&mut project.programs())
    });
    runner.step(
        "lints",
        "lets clippy look at every target, warnings are errors",
        || check(&mut project.cargo("clippy --workspace --all-targets -- -D warnings")),
    );
}

fn lambda_tests(runner: &mut Runner, project: &Project) {
    runner.step(
        "lambda",
        "runs each function's program under AWS's emulator of Lambda",
        || {
            let Some(emulator) = emulator::find(project)? else {
                return not_here("AWS has no emulator for this machine");
            };
            let mut suite = project.cargo("test --workspace --test lambda");
            tests(suite.env("SWEEPLINE_RIE", emulator))
        },
    );
}

fn documentation(runner: &mut Runner, project: &Project) {
    runner.step(
        "documentation",
        "builds the documentation, broken links are errors",
        || {
            check(
                project
                    .cargo("doc --workspace --no-deps")
                    .env("RUSTDOCFLAGS", "-D warnings"),
            )
        },
    );
    runner.step("examples", "runs the examples in the documentation", || {
        tests(&mut project.cargo("test --workspace --doc --no-fail-fast"))
    });
}

fn page_tests(runner: &mut Runner, project: &Project) {
    let npm = |script: &str| {
        let mut npm = project.command("npm");
        npm.current_dir(project.root.join(pages::FOLDER))
            .args(["run", "--silent", script]);
        npm
    };
    runner.step(
        "page packages",
        "installs TypeScript and Playwright's driver",
        || pages::packages(project).map(|()| Ended::Well(Tally::default())),
    );
    runner.step("page types", "checks the pages' types with tsc", || {
        check(&mut npm("types"))
    });
    runner.step("page units", "tests the pages' modules in Node.js", || {
        tests(&mut npm("unit"))
    });
    runner.step(
        "pages",
        "drives both pages in headless Chromium against a fresh stack",
        || {
            let Some(browser) = chromium::find(project)? else {
                return not_here("there is no Chromium");
            };
            let stack = Stack::start(project, "pages")?;
            let screenshots = project.target.join("screenshots");
            println!("Screenshots go to {}.", screenshots.display());
            let mut drive = npm("browser");
            drive
                .env("CHROMIUM", browser)
                .env("SWEEPLINE_API", project.program("mobile-api"))
                .env("SWEEPLINE_READY", &stack.ready);
            tests(drive.env("SWEEPLINE_SCREENSHOTS", screenshots))
        },
    );
}

fn device_tests(runner: &mut Runner, project: &Project) {
    runner.step(
        "devices",
        "drives a fresh stack with awsiotsdk and paho-mqtt",
        || {
            let mut python = Command::new(devices::python(project)?);
            python
                .current_dir(&project.root)
                .env("SWEEPLINE_BIN", project.sweepline());
            unittests(&mut python, devices::FOLDER)
        },
    );
}

/// A step that cannot be done is left out on a user's machine, and fails where everything is expected to be.
fn not_here(why: &str) -> anyhow::Result<Ended> {
    if env::var_os("CI").is_some() {
        bail!("{why}");
    }
    Ok(Ended::Skipped(why.to_owned()))
}
