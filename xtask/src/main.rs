//! Chores of the project: `cargo xtask test`, `tidy`, `deny`, `sbom`, `fuzz`, `template`, `deployed`, `package`,
//! `faults`, `safety`, `load`, `openapi`, `cold`.
#![allow(clippy::print_stdout, reason = "what it prints is what it is for")]

mod cold;
mod deny;
mod deployed;
mod faults;
mod fuzz;
mod load;
mod openapi;
mod package;
mod project;
mod row;
mod run;
mod safety;
mod sbom;
mod setup;
mod stack;
mod suite;
mod table;
mod tally;
mod template;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::project::Project;

/// Chores of the project.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Sets up what the tests need under the target folder, then runs every check and test.
    Test {
        /// Leaves out the template, the documentation, the pages and the independent devices.
        #[arg(long)]
        quick: bool,
    },
    /// Looks for ignored tests, notes to self, long files and paths of one machine.
    Tidy,
    /// Checks licences, sources and the owners of provider crates with cargo-deny.
    Deny,
    /// Fuzzes every decoder of what strangers can send.
    Fuzz {
        /// How long each target runs.
        #[arg(long, default_value_t = fuzz::SECONDS)]
        seconds: u32,
        /// Takes what was found into the corpora of the project.
        #[arg(long)]
        keep: bool,
        /// The one target to run, such as `tile_pack`.
        target: Option<String>,
    },
    /// Writes what each program is made of, in the form of CycloneDX.
    Sbom,
    /// Tries that nothing is lost and nothing counts twice, whatever fails.
    Faults {
        /// Tries as much as a release is judged by, and writes the table in the README.
        #[arg(long, conflicts_with = "short")]
        long: bool,
        /// Tries as much as fits into every change's checks, which is done unless something else is said.
        #[arg(long)]
        short: bool,
        /// The first seed.
        #[arg(long, default_value_t = 0)]
        seed: u64,
        /// Only this row, such as `R1`.
        #[arg(long)]
        row: Option<String>,
        /// Puts one fault into each row on purpose, and looks whether the row catches it.
        #[arg(long)]
        bugs: bool,
    },
    /// Tries that nobody gets in and that no robot moves when it should not.
    Safety {
        /// Builds one bug into each row on purpose, and looks whether the row catches it.
        #[arg(long, conflicts_with = "write")]
        bugs: bool,
        /// Writes the table in the README.
        #[arg(long)]
        write: bool,
    },
    /// Tries what happens to many robots and phones at once: a broker that restarts, and twice what can be handled.
    Load {
        /// Tries only as much as fits into every change's checks; otherwise the table in the README is written.
        #[arg(long)]
        short: bool,
        /// So many robots lose their broker in the long form, on a machine that has no room for all 5,000.
        #[arg(long)]
        robots: Option<usize>,
        /// Only this row, such as `R7`.
        #[arg(long)]
        row: Option<String>,
        /// Puts one fault into each row on purpose, and looks whether the row catches it.
        #[arg(long)]
        bugs: bool,
    },
    /// Tries the API with requests made up from its OpenAPI document.
    Openapi {
        /// Tries so many as fit into a quarter of an hour.
        #[arg(long)]
        long: bool,
    },
    /// Deploys to an emulated AWS and tests there.
    Deployed {
        /// How the functions are built: `release`, `trial`, which takes half as long, or `dev` as for all tests.
        #[arg(long, default_value = "release")]
        profile: String,
    },
    /// Measures what the functions' release programs cost to start, to hold and to call.
    Cold,
    /// Builds the functions for Lambda, a zip for each, and prints their sizes.
    Package {
        /// The processor that they are for, such as `aarch64-unknown-linux-gnu.2.34`; this machine's if it is not said.
        #[arg(long)]
        target: Option<String>,
    },
    /// Checks the deployment template.
    Template {
        /// First writes what it becomes anew.
        #[arg(long)]
        update: bool,
    },
}

fn main() -> anyhow::Result<ExitCode> {
    let project = Project::open()?;
    match Arguments::parse().chore {
        Chore::Test { quick } => suite::test(&project, quick),
        Chore::Tidy => tidy::check(&project).map(|()| ExitCode::SUCCESS),
        Chore::Deny => deny::check(&project).map(|_| ExitCode::SUCCESS),
        Chore::Fuzz {
            seconds,
            keep,
            target,
        } => {
            let ended = fuzz::run(&project, seconds, target.as_deref())?;
            if keep {
                fuzz::keep(&project, target.as_deref())?;
            }
            Ok(ended.exit_code())
        }
        Chore::Sbom => sbom::write(&project).map(|()| ExitCode::SUCCESS),
        Chore::Faults {
            long,
            short: _,
            seed,
            row,
            bugs,
        } => faults::run(
            &project,
            &faults::Wanted {
                long,
                seed,
                row,
                bugs,
            },
        ),
        Chore::Load {
            short,
            robots,
            row,
            bugs,
        } => load::run(
            &project,
            &load::Wanted {
                short,
                robots,
                row,
                bugs,
            },
        ),
        Chore::Safety { bugs, write } => safety::run(&project, bugs, write),
        Chore::Openapi { long } => Ok(openapi::run(&project, long)?.exit_code()),
        Chore::Deployed { profile } => deployed::run(&project, &profile),
        Chore::Cold => cold::run(&project),
        Chore::Package { target } => package::run(&project, target.as_deref()).map(|()| ExitCode::SUCCESS),
        Chore::Template { update } => template::run(&project, update),
    }
}
