//! `faults`: tries the rows of the reliability table, and prints `R1: N tried, N failed` for each.
#![allow(clippy::print_stdout, reason = "what it prints is what it is for")]

use std::process::ExitCode;

use clap::Parser;
use faults::rows::{ROWS, Row, Size, Tried};

/// Looks for lost and doubled reports.
#[derive(Parser)]
#[command(name = "faults")]
struct Arguments {
    /// Tries as much as a release is judged by, which takes long.
    #[arg(long)]
    long: bool,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// So many seeds, to play again what failed.
    #[arg(long)]
    seeds: Option<u64>,
    /// Only this row, such as `R1`.
    #[arg(long)]
    row: Option<String>,
    /// Puts one fault into each row on purpose, and looks whether the row catches it.
    #[arg(long)]
    bugs: bool,
    /// Writes what this version sends and keeps into the corpora, for later versions to read; nothing is tried.
    #[arg(long)]
    record: bool,
}

/// The most problems of a row that are printed.
const MAX_TOLD: usize = 20;

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    if arguments.record {
        println!("{}", faults::corpus::record()?.display());
        return Ok(ExitCode::SUCCESS);
    }
    let rows = ROWS
        .into_iter()
        .filter(|row| arguments.row.as_deref().is_none_or(|name| name == row.name));
    let mut is_well = true;
    for row in rows {
        is_well &= if arguments.bugs {
            catches(row)?
        } else {
            holds(row, &arguments)?
        };
    }
    Ok(if is_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Tries a row; says whether nothing failed.
fn holds(row: Row, arguments: &Arguments) -> anyhow::Result<bool> {
    let size = match arguments.seeds {
        Some(count) => Size::Seeds(count),
        None if arguments.long => Size::Long,
        None => Size::Short,
    };
    let tried = Tried::of(row, || (row.run)(size, arguments.seed))?;
    println!("{tried}");
    for problem in tried.outcome.problems.iter().take(MAX_TOLD) {
        println!("  {problem}");
    }
    Ok(tried.outcome.failed == 0)
}

/// Tries a row with something wrong on purpose; says whether that showed.
fn catches(row: Row) -> anyhow::Result<bool> {
    let (bug, run) = row.bug;
    let outcome = run(bug)?;
    let verdict = if outcome.failed > 0 { "caught" } else { "MISSED" };
    let shown = outcome.problems.first().map_or("", String::as_str);
    println!("{}: {bug:?} {verdict}; {shown}", row.name);
    Ok(outcome.failed > 0)
}
