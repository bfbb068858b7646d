//! `load`: tries the rows of the table of load, and prints `R7: N tried, N failed` for each.

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use load::limits;
use load::rows::{ROWS, Row, Size};
use load::serve::{self, ServeArgs};
use tracing_subscriber::EnvFilter;

/// Many light robots against the local stack.
#[derive(Parser)]
#[command(name = "load", args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    wanted: Wanted,
}

#[derive(Subcommand)]
enum Command {
    /// The stack, as the harness starts it.
    Serve(ServeArgs),
}

#[derive(Args)]
struct Wanted {
    /// Tries as much as fits into every change's checks.
    #[arg(long)]
    short: bool,
    /// So many robots lose their broker in the long form, on a machine that has no room for all.
    #[arg(long)]
    robots: Option<usize>,
    /// Only this row, such as `R7`.
    #[arg(long)]
    row: Option<String>,
    /// Puts one fault into each row on purpose, and looks whether the row catches it.
    #[arg(long)]
    bugs: bool,
}

/// The store logs every write that lost a race, and the link every wait.
const DEFAULT_LOGS: &str = "error,dynoxide=off,device_agent=off,rmqtt=error";

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_LOGS));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match arguments.command {
            Some(Command::Serve(args)) => serve::run(&args).await.map(|()| ExitCode::SUCCESS),
            None => try_rows(&arguments.wanted).await,
        }
    })
}

async fn try_rows(wanted: &Wanted) -> anyhow::Result<ExitCode> {
    let size = match wanted.robots {
        _ if wanted.short || wanted.bugs => Size::Short,
        Some(robots) => Size::Robots(robots),
        None => Size::Long,
    };
    limits::allow_connections(size.storm_robots())?;
    let is_named = |row: &&Row| wanted.row.as_deref().is_none_or(|name| name == row.name);
    let mut is_well = true;
    for row in ROWS.iter().filter(is_named) {
        is_well &= match (wanted.bugs, row.bug) {
            (true, None) => true,
            (true, Some(bug)) => {
                let tried = row.run(Size::Short, Some(bug)).await?;
                rows::tell_bug(row.name, bug, &tried.outcome)
            }
            (false, _) if size == Size::Short && !row.is_short => true,
            (false, _) => row.run(size, None).await?.tell(),
        };
    }
    Ok(if is_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
