//! The program on the robot: pairs it, runs its agent, resets it.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use clap::{Parser, Subcommand};
use device_agent::agent::{self, AgentConfig};
use device_agent::driver::replay::Replay;
use device_agent::pair::{self, Api};
use device_agent::provision;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The agent of a Sweepline robot.
#[derive(Parser)]
#[command(name = "sweepline-agent", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Pair this robot with a home: shows a code that the owner enters in the app.
    Pair {
        /// Address of the API, such as `https://api.example.com`.
        #[arg(long)]
        api: String,
        /// The agent's directory.
        #[arg(long)]
        dir: PathBuf,
    },
    /// Provision this robot with the claim that its maker or its owner's phone gave it, and wait for its owner.
    Provision {
        /// The claim's file, as the API answers it; removed once the robot has a certificate of its own. Left out, what
        /// was begun goes on.
        #[arg(long)]
        claim: Option<PathBuf>,
        /// The agent's directory.
        #[arg(long)]
        dir: PathBuf,
    },
    /// Report a recorded run: a CARMEN log, a CSV log or a ValetudoMap, gzipped or not.
    Replay {
        /// The recording.
        file: PathBuf,
        /// The agent's directory.
        #[arg(long)]
        dir: PathBuf,
        /// How often the broker hears of a silent robot, seconds; shorter where a router forgets connections.
        #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u16).range(5..=1200))]
        keep_alive: u16,
    },
    /// Forget owner, runs and settings.
    Reset {
        /// The agent's directory.
        #[arg(long)]
        dir: PathBuf,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    log_to_stderr();
    match Cli::parse().command {
        Command::Pair { api, dir } => pair_robot(&api, &dir).await,
        Command::Provision { claim, dir } => provision_robot(claim.as_deref(), &dir).await,
        Command::Replay {
            file,
            dir,
            keep_alive,
        } => replay(&file, dir, Duration::from_secs(keep_alive.into())).await,
        Command::Reset { dir } => {
            pair::reset(&dir)?;
            say("This robot has forgotten its owner, its runs and its settings.")
        }
    }
}

async fn pair_robot(api: &str, dir: &Path) -> anyhow::Result<()> {
    let api = Api::new(api)?;
    let endpoint = pair::pair(&api, dir, |claim| {
        let text = format!(
            "Code: {}\nEnter it in the app under “Add a robot”. Waiting …",
            claim.code
        );
        // Without a terminal nobody could read it anyway.
        let _ = say(&text);
    })
    .await?;
    say(&format!("Paired as {}.", endpoint.robot))
}

async fn provision_robot(claim: Option<&Path>, dir: &Path) -> anyhow::Result<()> {
    let endpoint = provision::provision(claim, dir, |robot| {
        // Without a terminal nobody could read it anyway.
        let _ = say(&format!("Provisioned as {robot}. Waiting for its owner …"));
    })
    .await?;
    say(&format!("Paired as {}.", endpoint.robot))
}

async fn replay(file: &Path, dir: PathBuf, keep_alive: Duration) -> anyhow::Result<()> {
    let bytes = std::fs::read(file).with_context(|| format!("{}: cannot be read", file.display()))?;
    let driver =
        Replay::from_bytes(&bytes).with_context(|| format!("{}: cannot be replayed", file.display()))?;
    let config = AgentConfig {
        ends_with_driver: true,
        keep_alive,
        ..AgentConfig::new(dir)
    };
    agent::run(&config, driver, stopped()).await?;
    Ok(())
}

/// What `RUST_LOG` asks for, such as `info,device_agent=debug`, without the weight of patterns.
fn log_to_stderr() {
    let asked = std::env::var("RUST_LOG")
        .ok()
        .and_then(|text| text.parse::<Targets>().ok());
    let filter = asked.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO));
    let ansi = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(ansi);
    tracing_subscriber::registry().with(lines).with(filter).init();
}

async fn stopped() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!(%error, "signals cannot be heard");
        std::future::pending::<()>().await;
    }
}

fn say(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{text}").context("standard output is closed")
}
