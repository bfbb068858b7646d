//! `cargo xtask faults`: tries that nothing is lost, and keeps the table of the long form.

use std::process::{Command, ExitCode};

use crate::project::Project;
use crate::row::{self, Row};
use crate::run::{self, Ended};
use crate::table::{self, Table, Tried};

/// What is tried.
pub struct Wanted {
    /// Whether as much is tried as a release is judged by; the table is then written.
    pub long: bool,
    /// The first seed.
    pub seed: u64,
    /// Only this row.
    pub row: Option<String>,
    /// Whether each row is shown to catch something that is wrong on purpose.
    pub bugs: bool,
}

/// Runs the harness, and writes the table of the long form.
///
/// # Errors
/// When the harness cannot be built or run, or a page not be written.
pub fn run(project: &Project, wanted: &Wanted) -> anyhow::Result<ExitCode> {
    let harness = project.cargo("run --quiet --package faults --");
    let (lines, is_well) = row::relay(&mut asked(harness, wanted))?;
    if wanted.long && wanted.row.is_none() && is_well {
        write(project, &lines, wanted.seed)?;
    }
    Ok(run::verdict(is_well))
}

/// The short form as a step of the suite: each row counts as a test.
///
/// # Errors
/// When the harness cannot be run.
pub fn step(project: &Project) -> anyhow::Result<Ended> {
    let wanted = Wanted {
        long: false,
        seed: 0,
        row: None,
        bugs: false,
    };
    row::step(&mut asked(project.built("faults"), &wanted))
}

fn asked(mut harness: Command, wanted: &Wanted) -> Command {
    harness.args(["--seed", &wanted.seed.to_string()]);
    if wanted.long {
        harness.arg("--long");
    }
    if wanted.bugs {
        harness.arg("--bugs");
    }
    if let Some(row) = &wanted.row {
        harness.args(["--row", row]);
    }
    harness
}

fn write(project: &Project, lines: &[String], seed: u64) -> anyhow::Result<()> {
    let mut table = Table::new(&["", "looked for", "tried", "failed", "with"]);
    for row in lines.iter().filter_map(|line| Row::read(line)) {
        let Tried { name, tried, failed } = row.tried;
        table.add([name, row.what, tried, failed, row.details].map(str::to_owned));
    }
    let foot = format!("Last long run: {}, from seed {seed}.", project.today()?);
    table::keep(project, "faults", &table, &foot)
}
