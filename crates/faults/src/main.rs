//! `faults`: tries the rows of the reliability table, and prints `R1: N tried, N failed` for each.
#![allow(clippy::print_stdout, reason = "what it prints is what it is for")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use faults::rows::{ROWS, Row, Size};

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
    /// Writes an outbox there until it is killed.
    #[arg(long, hide = true)]
    write_outbox: Option<PathBuf>,
    /// Promises there what is not kept yet.
    #[arg(long, hide = true)]
    early: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    if let Some(path) = &arguments.write_outbox {
        faults::real_disk::write(path, arguments.seed, arguments.early)?;
        return Ok(ExitCode::SUCCESS);
    }
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
    Ok(row.try_it(size, arguments.seed)?.tell())
}

/// Tries a row with something wrong on purpose; says whether that showed.
fn catches(row: Row) -> anyhow::Result<bool> {
    let (bug, run) = row.bug;
    Ok(rows::tell_bug(row.name, bug, &run(bug)?))
}
