//! `cargo xtask faults`: tries that nothing is lost, and keeps the table of the long form.

use std::process::{Command, ExitCode};

use crate::project::Project;
use crate::run::{self, Ended};
use crate::table::{self, Table, Tried};
use crate::tally::Tally;

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
    let (lines, is_well) = relay(&mut harness(project, wanted))?;
    if wanted.long && wanted.row.is_none() && is_well {
        write(project, &lines, wanted.seed)?;
    }
    Ok(run::verdict(is_well))
}

/// The short form as a step of the suite: each row counts as a test.
///
/// # Errors
/// When the harness cannot be built or run.
pub fn step(project: &Project) -> anyhow::Result<Ended> {
    let wanted = Wanted {
        long: false,
        seed: 0,
        row: None,
        bugs: false,
    };
    let (lines, is_well) = relay(&mut harness(project, &wanted))?;
    let rows = lines.iter().filter_map(|line| Row::read(line));
    let (held, broken): (Vec<Row<'_>>, Vec<Row<'_>>) = rows.partition(|row| row.tried.failed == "0");
    let tally = Tally {
        passed: held.len() as u64,
        failed: broken.len() as u64,
    };
    Ok(if is_well {
        Ended::Well(tally)
    } else {
        Ended::Badly(tally)
    })
}

fn harness(project: &Project, wanted: &Wanted) -> Command {
    let mut cargo = project.cargo("run --quiet --package faults --");
    cargo.args(["--seed", &wanted.seed.to_string()]);
    if wanted.long {
        cargo.arg("--long");
    }
    if wanted.bugs {
        cargo.arg("--bugs");
    }
    if let Some(row) = &wanted.row {
        cargo.args(["--row", row]);
    }
    cargo
}

/// Passes on what the harness prints; gives it, and whether nothing failed.
fn relay(command: &mut Command) -> anyhow::Result<(Vec<String>, bool)> {
    let mut lines = Vec::new();
    let is_well = run::lines(command, |line| {
        println!("{line}");
        lines.push(line);
    })?;
    Ok((lines, is_well))
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

/// A line such as `R1: 5 tried, 0 failed; what; with what; 3 s`.
#[derive(Debug, PartialEq, Eq)]
struct Row<'a> {
    tried: Tried<'a>,
    what: &'a str,
    details: &'a str,
}

impl<'a> Row<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let (tried, rest) = Tried::read(line)?;
        let (what, rest) = rest.strip_prefix("; ")?.split_once("; ")?;
        let (details, _) = rest.rsplit_once("; ")?;
        Some(Self { tried, what, details })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_from_its_line() {
        let row = Row::read("R1: 5 tried, 0 failed; reports lost; 3 seeds, 2 kills; 4 s");
        let expected = Row {
            tried: Tried {
                name: "R1",
                tried: "5",
                failed: "0",
            },
            what: "reports lost",
            details: "3 seeds, 2 kills",
        };
        assert_eq!(row, Some(expected));
        assert_eq!(Row::read("  seed 3: a run is lost"), None);
    }
}
