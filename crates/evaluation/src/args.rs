//! The suites and their options on the command line.

use std::io::Write;
use std::path::PathBuf;

use crate::error::EvalError;
use crate::options::EvalOptions;
use crate::sim::Noise;
use crate::{report, suite};

/// Measure the map over data of your own.
#[derive(Clone, Debug, clap::Args)]
pub struct EvalArgs {
    /// What to measure.
    #[command(subcommand)]
    pub suite: Suite,
    /// What all suites share.
    #[command(flatten)]
    pub options: EvalOptions,
}

impl EvalArgs {
    /// Measures, writes the files, and prints a table (not with `--json`) and then the figures as one JSON object.
    ///
    /// # Errors
    /// [`EvalError`] if the data cannot be used or the result not be written.
    pub fn execute(&self, out: &mut dyn Write) -> Result<(), EvalError> {
        let figures = suite::run(&self.suite, &self.options)?;
        if !self.options.json {
            writeln!(out, "{}", report::table(&figures)).map_err(EvalError::Print)?;
        }
        writeln!(out, "{figures}").map_err(EvalError::Print)
    }
}

/// What can be measured.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Suite {
    /// Permanent and movable cells and things, after simulated runs through floor plans.
    Permanence(PermanenceArgs),
    /// How well runs are found in the home that they were made in, and not in others.
    Align(AlignArgs),
    /// What several real scans of one flat foretell of another.
    Flat(FlatArgs),
    /// How well a robot with only odometry and ranges knows where it is.
    Lidar(LidarArgs),
    /// Whether the rooms of a floor are found, in pictures of empty or furnished floors or in vendors' maps.
    Rooms(RoomsArgs),
    /// How well cleaning plans cover floors, how long their paths are, and what a learnt map saves.
    Coverage(CoverageArgs),
}

/// How wrong the simulated robot is about where it is, each scan anew.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct NoiseArgs {
    /// Deviation of its place along each axis, in centimetres.
    #[arg(long, default_value_t = 2.0, value_name = "CM")]
    pub noise_cm: f64,
    /// Deviation of its heading, in degrees.
    #[arg(long, default_value_t = 0.5, value_name = "DEGREES")]
    pub noise_deg: f64,
}

impl NoiseArgs {
    pub(crate) fn noise(&self) -> Result<Noise, EvalError> {
        within("--noise-cm", self.noise_cm, 0.0..=100.0, "between 0 and 100 cm")?;
        within(
            "--noise-deg",
            self.noise_deg,
            0.0..=45.0,
            "between 0 and 45 degrees",
        )?;
        Ok(Noise {
            metres: self.noise_cm / 100.0,
            radians: self.noise_deg.to_radians(),
        })
    }
}

/// Options of `permanence`.
#[derive(Clone, Debug, clap::Args)]
pub struct PermanenceArgs {
    /// Floor plans as PNG of 100 pixels for each metre; those of 30 to 250 m² are used.
    #[arg(long, required = true, num_args = 1.., value_name = "GLOB")]
    pub plans: Vec<String>,
    /// Runs through each home, at most 200.
    #[arg(long, default_value_t = 10)]
    pub runs: u32,
    /// How wrong the robot is about where it is.
    #[command(flatten)]
    pub noise: NoiseArgs,
    /// Also remove every other thing for good after this many runs, and count the runs until its place is free.
    #[arg(long, value_name = "RUNS")]
    pub gone_after: Option<u32>,
}

/// Options of `align`.
#[derive(Clone, Debug, clap::Args)]
pub struct AlignArgs {
    /// Floor plans as PNG of 100 pixels for each metre; those of 30 to 250 m² are used.
    #[arg(long, required = true, num_args = 1.., value_name = "GLOB")]
    pub plans: Vec<String>,
    /// Runs that the map is made of, at most 200.
    #[arg(long, default_value_t = 10)]
    pub runs: u32,
    /// Fresh runs to place in each map, at most 200.
    #[arg(long, default_value_t = 20)]
    pub fresh: u32,
    /// How wrong the robot is about where it is.
    #[command(flatten)]
    pub noise: NoiseArgs,
}

/// Options of `flat`.
#[derive(Clone, Debug, clap::Args)]
pub struct FlatArgs {
    /// ValetudoMap files; those that the alignment names are used.
    #[arg(long, required = true, num_args = 1.., value_name = "FILES")]
    pub maps: Vec<String>,
    /// The rigid transform of each map into a common frame.
    #[arg(long, value_name = "FILE")]
    pub alignment: PathBuf,
}

/// Options of `lidar`.
#[derive(Clone, Debug, clap::Args)]
pub struct LidarArgs {
    /// A laser log with raw odometry: CARMEN or comma-separated values, gzipped or not.
    #[arg(long, value_name = "FILE")]
    pub log: PathBuf,
    /// Relative poses that are known to be right, one on each line: `t1 t2 x y z roll pitch yaw`.
    #[arg(long, value_name = "FILE")]
    pub relations: PathBuf,
    /// What the clock of the relations shows more than that of the log.
    #[arg(
        long,
        default_value_t = 0.0,
        value_name = "SECONDS",
        allow_negative_numbers = true
    )]
    pub offset: f64,
}

/// Options of `rooms`.
#[derive(Clone, Debug, clap::Args)]
pub struct RoomsArgs {
    /// Folder of floors as PNG of 5 cm pixels, white for free: `NAME.png`, `NAME_furnitures.png` and the true rooms in
    /// `NAME_gt_segmentation.png`.
    #[arg(long, value_name = "DIR", required_unless_present = "valetudo")]
    pub maps: Option<PathBuf>,
    /// Which picture of each floor to find the rooms in.
    #[arg(long, value_enum, default_value = "bare")]
    pub variant: RoomsVariant,
    /// Find them in the map after this many simulated runs with the furniture coming, going and moved, at most 200.
    #[arg(long, value_name = "RUNS", conflicts_with = "valetudo")]
    pub runs: Option<u32>,
    /// Folder of ValetudoMap files; those with two rooms or more are used.
    #[arg(long, value_name = "DIR", conflicts_with = "maps")]
    pub valetudo: Option<PathBuf>,
    /// How wrong the robot is about where it is, with `--runs`.
    #[command(flatten)]
    pub noise: NoiseArgs,
}

/// A picture of a floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum RoomsVariant {
    /// Without furniture.
    Bare,
    /// With furniture.
    Furnitures,
}

/// Options of `coverage`.
#[derive(Clone, Debug, clap::Args)]
pub struct CoverageArgs {
    /// Floor plans as PNG of 100 pixels for each metre; those of 30 to 250 m² are used.
    #[arg(long, required = true, num_args = 1.., value_name = "GLOB")]
    pub plans: Vec<String>,
    /// Furnish the homes.
    #[arg(long)]
    pub furniture: bool,
}

/// Most runs of each kind.
const MAX_RUNS: u32 = 200;

/// Refuses a number of runs that is 0 or too large.
pub(crate) fn check_runs(option: &'static str, runs: u32) -> Result<(), EvalError> {
    within(
        option,
        f64::from(runs),
        1.0..=f64::from(MAX_RUNS),
        "between 1 and 200",
    )
}

fn within(
    option: &'static str,
    value: f64,
    limits: std::ops::RangeInclusive<f64>,
    expected: &'static str,
) -> Result<(), EvalError> {
    if limits.contains(&value) {
        return Ok(());
    }
    Err(EvalError::Option {
        option,
        value: value.to_string(),
        expected,
    })
}
