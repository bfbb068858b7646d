//! The lines in which a harness tells of its rows, such as `R1: 5 tried, 0 failed; what; with what; 3 s`.

use std::process::Command;

use crate::run::{self, Ended};
use crate::table::Tried;
use crate::tally::Tally;

/// A row that was tried.
#[derive(Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// Its name and figures.
    pub tried: Tried<'a>,
    /// What was looked for.
    pub what: &'a str,
    /// What with.
    pub details: &'a str,
}

impl<'a> Row<'a> {
    /// The row that `line` tells of, if it does.
    pub fn read(line: &'a str) -> Option<Self> {
        let (tried, rest) = Tried::read(line)?;
        let (what, rest) = rest.strip_prefix("; ")?.split_once("; ")?;
        let (details, _) = rest.rsplit_once("; ")?;
        Some(Self { tried, what, details })
    }
}

/// Passes on what a harness prints; gives it, and whether nothing failed.
///
/// # Errors
/// When the harness cannot be run.
pub fn relay(harness: &mut Command) -> anyhow::Result<(Vec<String>, bool)> {
    let mut lines = Vec::new();
    let is_well = run::lines(harness, |line| {
        println!("{line}");
        lines.push(line);
    })?;
    Ok((lines, is_well))
}

/// A harness as a step of the suite: each row counts as a test.
///
/// # Errors
/// When the harness cannot be run.
pub fn step(harness: &mut Command) -> anyhow::Result<Ended> {
    let (lines, is_well) = relay(harness)?;
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
