//! A simulated robot as a program of its own: the real agent on a home drawn here or given as a picture.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Parser, Subcommand};
use device_agent::agent::{self, AgentConfig};
use mapping::floor_plan::FloorPlan;
use mapping::formats::png_map::read_floor_plan;
use simulator::home::Home;
use simulator::plans::DemoPlan;
use simulator::robot::{SimConfig, SimRobot};
use tracing_subscriber::EnvFilter;

/// A simulated Sweepline robot.
#[derive(Parser)]
#[command(name = "sweepline-simulated-robot", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the agent of the robot that `sweepline-agent pair` paired in a directory.
    Run {
        /// The agent's directory.
        #[arg(long)]
        dir: PathBuf,
        /// A floor plan: PNG of 100 pixels per metre, white for free; without one the flat that is drawn here.
        #[arg(long)]
        plan: Option<PathBuf>,
        /// How many times faster than the clock simulated time runs.
        #[arg(long, default_value_t = 1.0)]
        speed: f64,
        /// Decides over noise and furniture.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Write the homes that are drawn here as PNG.
    Plans {
        /// Where to.
        #[arg(long)]
        out: PathBuf,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let ansi = std::io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(ansi)
        .init();
    match Cli::parse().command {
        Command::Run {
            dir,
            plan,
            speed,
            seed,
        } => {
            let home = Home::new(&floor_plan(plan.as_deref())?, seed)?;
            let driver = SimRobot::new(
                home,
                SimConfig {
                    speed,
                    seed,
                    ..SimConfig::default()
                },
            );
            agent::run(&AgentConfig::new(dir), driver, stopped()).await?;
            Ok(())
        }
        Command::Plans { out } => write_plans(&out),
    }
}

fn floor_plan(path: Option<&Path>) -> anyhow::Result<FloorPlan> {
    let Some(path) = path else {
        return Ok(DemoPlan::Flat.floor_plan()?);
    };
    let bytes = std::fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    read_floor_plan(&bytes).with_context(|| format!("{}: is no floor plan", path.display()))
}

fn write_plans(out: &Path) -> anyhow::Result<()> {
    for plan in DemoPlan::ALL {
        let path = out.join(format!("{}.png", plan.name()));
        std::fs::write(&path, plan.png()?)
            .with_context(|| format!("{}: cannot be written", path.display()))?;
        writeln!(std::io::stdout(), "{}", path.display())?;
    }
    Ok(())
}

async fn stopped() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!(%error, "signals cannot be heard");
        std::future::pending::<()>().await;
    }
}
