//! The `sweepline` program.

use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use sweepline::cli::{Cli, Command};
use sweepline::meter::LogMeter;
use sweepline::{bill, convert, replay, up};
use telemetry::Sampling;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// The store logs every write that lost a race, which is its normal answer here; what is said of each invocation is for
/// queries over many.
const DEFAULT_LOGS: &str = "info,rmqtt=warn,dynoxide=error,telemetry=off";

/// What functions log unless they are told otherwise.
const BILLED_LOGS: LevelFilter = LevelFilter::INFO;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let meter = LogMeter::keeping(cli.function_logs());
    start_logs(meter.as_ref().cloned().unwrap_or_default());
    match meter.context("--function-logs").and_then(|_| run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Lines for people go to standard error; the lines that functions would write on Lambda go to `meter`.
fn start_logs(meter: LogMeter) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_LOGS));
    let read = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let billed = telemetry::Lines::new(LogMeter::function(), Sampling::ALL, meter)
        .with_metrics(Some("Sweepline/prod".to_owned()));
    tracing_subscriber::registry()
        .with(read.with_filter(filter))
        .with(billed.with_filter(BILLED_LOGS))
        .init();
}

fn run(cli: Cli) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match cli.command {
            None => up::run(&cli.up).await,
            Some(Command::Up(args)) => up::run(&args).await,
            Some(Command::Replay(args)) => replay::run(&args).await,
            Some(Command::Bill(args)) => bill::run(&args).await,
            Some(Command::Eval(args)) => Ok(args.execute(&mut std::io::stdout())?),
            Some(Command::Convert(args)) => convert::run(&args),
        }
    })
}
