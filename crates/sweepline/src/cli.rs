//! The command line.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};
use evaluation::EvalArgs;
use mobile_api::MAX_CHANGES;

/// The most simulated robots of one program.
pub const MAX_ROBOTS: usize = 64;
/// The fastest simulated time.
pub const MAX_SPEED: f64 = 100.0;

/// The robot-vacuum backend you own, whole on one machine.
#[derive(Debug, Parser)]
#[command(name = "sweepline", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do; `up` when nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The options of `up`.
    #[command(flatten)]
    pub up: UpArgs,
}

impl Cli {
    /// Where the lines of functions go, if they are kept.
    pub fn function_logs(&self) -> Option<&Path> {
        match &self.command {
            None => self.up.function_logs.as_deref(),
            Some(Command::Up(args)) => args.function_logs.as_deref(),
            Some(Command::Replay(_) | Command::Bill(_) | Command::Eval(_) | Command::Convert(_)) => None,
        }
    }
}

/// What the program does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start the local stack with a demo home.
    Up(UpArgs),
    /// Run a recorded log through agent, broker, handlers and store, and write its map.
    Replay(ReplayArgs),
    /// Play a day against the local stack and print what AWS would bill for it.
    Bill(BillArgs),
    /// Measure the map over data of your own.
    Eval(EvalArgs),
    /// Write a map of one format as one of another.
    Convert(ConvertArgs),
}

/// Options of `sweepline up`.
#[derive(Debug, Clone, Args)]
pub struct UpArgs {
    /// Where everything is kept.
    #[arg(long, value_name = "DIR", default_value = "sweepline-data")]
    pub data: PathBuf,
    /// Where API and pages are served; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub http: SocketAddr,
    /// Where robots connect; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8883")]
    pub mqtt: SocketAddr,
    /// Where pages get live updates over websockets; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub live: SocketAddr,
    /// How many simulated robots the demo home has.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = robots)]
    pub robots: usize,
    /// Floor plans for the simulated robots: PNG files, 100 pixels per metre, white is free.
    #[arg(long, value_name = "GLOB")]
    pub plans: Option<String>,
    /// How fast simulated time goes.
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = speed)]
    pub speed: f64,
    /// How many changes a person may make within a minute.
    #[arg(long, value_name = "N", default_value_t = MAX_CHANGES)]
    pub changes: u32,
    /// Add to this file what functions would log on Lambda, line by line.
    #[arg(long, value_name = "FILE")]
    pub function_logs: Option<PathBuf>,
    /// Start with an empty data folder.
    #[arg(long)]
    pub fresh: bool,
}

/// Options of `sweepline replay`.
#[derive(Debug, Clone, Args)]
pub struct ReplayArgs {
    /// A CARMEN log, a CSV log or a ValetudoMap, gzipped or not.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Where `map.pgm`, `map.yaml` and `map.png` are written.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// Options of `sweepline convert`.
#[derive(Debug, Clone, Args)]
pub struct ConvertArgs {
    /// A ValetudoMap (.json), GeoJSON in metres (.geojson), a ROS map (.yaml, its .pgm beside it) or a floor plan (.png,
    /// 100 pixels per metre, white is free).
    #[arg(value_name = "FROM")]
    pub from: PathBuf,
    /// What to write, told by its ending: .json, .geojson, .yaml or .png.
    #[arg(value_name = "TO")]
    pub to: PathBuf,
    /// Which version of ValetudoMap to write.
    #[arg(long, value_name = "VERSION", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub valetudo: u8,
}

/// Options of `sweepline bill`.
#[derive(Debug, Clone, Args)]
pub struct BillArgs {
    /// Print one JSON object instead of tables.
    #[arg(long)]
    pub json: bool,
}

fn robots(text: &str) -> Result<usize, String> {
    let robots = text.parse().map_err(|_| "must be a whole number".to_owned())?;
    if robots > MAX_ROBOTS {
        Err(format!("must be at most {MAX_ROBOTS}"))
    } else {
        Ok(robots)
    }
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "must be a number".to_owned())?;
    if (0.1..=MAX_SPEED).contains(&speed) {
        Ok(speed)
    } else {
        Err(format!("must be 0.1 to {MAX_SPEED}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_is_what_happens_when_nothing_is_said() {
        let cli = Cli::try_parse_from(["sweepline", "--robots", "1", "--speed", "20"]).unwrap();
        assert!(cli.command.is_none());
        assert_eq!((cli.up.robots, cli.up.speed), (1, 20.0));
        let cli = Cli::try_parse_from(["sweepline", "up", "--http", "127.0.0.1:0"]).unwrap();
        assert!(matches!(cli.command, Some(Command::Up(args)) if args.http.port() == 0));
    }

    #[test]
    fn a_number_out_of_range_names_the_limit() {
        let error = Cli::try_parse_from(["sweepline", "--speed", "NaN"])
            .unwrap_err()
            .to_string();
        assert!(error.contains("must be 0.1 to 100"), "{error}");
        let error = Cli::try_parse_from(["sweepline", "--robots", "65"])
            .unwrap_err()
            .to_string();
        assert!(error.contains("must be at most 64"), "{error}");
    }
}
