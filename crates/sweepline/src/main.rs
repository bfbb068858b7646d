//! The `sweepline` program.

use std::process::ExitCode;

use clap::Parser;
use sweepline::cli::{Cli, Command};
use sweepline::{convert, replay, up};
use tracing_subscriber::EnvFilter;

/// The store logs every write that lost a race, which is its normal answer here.
const DEFAULT_LOGS: &str = "info,rmqtt=warn,dynoxide=error";

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_LOGS));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match cli.command {
            None => up::run(&cli.up).await,
            Some(Command::Up(args)) => up::run(&args).await,
            Some(Command::Replay(args)) => replay::run(&args).await,
            Some(Command::Eval(args)) => Ok(args.execute(&mut std::io::stdout())?),
            Some(Command::Convert(args)) => convert::run(&args),
        }
    })
}
