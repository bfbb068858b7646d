//! How well a robot with only odometry and ranges knows where it is.

mod relations;

use std::path::Path;

use mapping::formats::png_map::draw_run;
use mapping::logs::{LogScan, open_bytes};
use mapping::{Localizer, LocalizerSettings, Pose, RunMapper, Scan};
use serde_json::{Value, json};

use crate::args::LidarArgs;
use crate::error::EvalError;
use crate::files::{self, Output};

use relations::Trajectory;

/// Ranges at or beyond this many metres say only that the way up to here is free.
const USABLE_RANGE_METRES: f64 = 20.0;
/// Ranges at or beyond this many metres are a scanner's word for no echo, and say nothing.
const NO_ECHO_METRES: f32 = 80.0;
/// Pixels for each cell in pictures.
const PICTURE_SCALE: usize = 1;

pub(super) fn run(args: &LidarArgs, output: &Output) -> Result<Value, EvalError> {
    let relations = relations::read(&args.relations, args.offset)?;
    let (scans, refused) = load(&args.log)?;
    let poses = localized(&args.log, &scans)?;
    let stamped = |poses: &[Pose]| {
        let stamps = scans.iter().map(|scan| scan.t);
        Trajectory::new(stamps.zip(poses.iter().copied()))
    };
    let odometry: Vec<Pose> = scans.iter().map(|scan| scan.odometry).collect();
    let mut figures = stamped(&poses).figures(&relations);
    if let Some(figures) = figures.as_object_mut() {
        figures.insert("odometry".to_owned(), stamped(&odometry).figures(&relations));
        figures.insert("scans".to_owned(), scans.len().into());
        figures.insert("refused_lines".to_owned(), refused.into());
    }
    record(&scans, &poses, "localized", output)?;
    record(&scans, &odometry, "odometry", output)?;
    Ok(figures)
}

/// The scans of a log, and how many of its lines were wrong.
fn load(path: &Path) -> Result<(Vec<LogScan>, usize), EvalError> {
    let usable = |source| EvalError::Log {
        path: path.to_owned(),
        source,
    };
    let log = open_bytes(&files::read(path)?).map_err(usable)?;
    let (mut scans, mut refused) = (Vec::new(), 0);
    for scan in log.scans().map_err(usable)? {
        match scan {
            Ok(mut scan) => {
                let no_echo = |range: &&mut f32| **range >= NO_ECHO_METRES;
                scan.ranges.iter_mut().filter(no_echo).for_each(|range| *range = 0.0);
                scans.push(scan);
            }
            Err(_) => refused += 1,
        }
    }
    if scans.is_empty() {
        return Err(EvalError::Nothing("scans"));
    }
    Ok((scans, refused))
}

fn localized(path: &Path, scans: &[LogScan]) -> Result<Vec<Pose>, EvalError> {
    let mut localizer = Localizer::new(LocalizerSettings::default());
    for (scan, number) in scans.iter().zip(1..) {
        let entered = localizer.add(&sweep(scan, scan.odometry));
        entered.map_err(|source| EvalError::Scan {
            path: path.to_owned(),
            scan: number,
            source,
        })?;
    }
    Ok(localizer.finish())
}

fn sweep(scan: &LogScan, pose: Pose) -> Scan<'_> {
    Scan {
        pose,
        start_angle: LogScan::START_ANGLE,
        angle_step: scan.angle_step(),
        max_range: USABLE_RANGE_METRES,
        ranges: &scan.ranges,
    }
}

/// Writes a trajectory as a table, and draws the map that it gives.
fn record(scans: &[LogScan], poses: &[Pose], name: &str, output: &Output) -> Result<(), EvalError> {
    if !output.is_wanted() {
        return Ok(());
    }
    let mut table = "# t,x,y,theta\n".to_owned();
    let mut mapper = RunMapper::new();
    for (scan, pose) in scans.iter().zip(poses) {
        table += &format!("{:.6},{:.4},{:.4},{:.5}\n", scan.t, pose.x, pose.y, pose.theta);
        // A map of raw odometry may grow beyond what a run may be; what fits is drawn.
        let _ = mapper.integrate(&sweep(scan, *pose));
    }
    output.write(&format!("lidar-{name}.csv"), table.as_bytes())?;
    let picture = draw_run(&mapper.finish(), PICTURE_SCALE)?;
    output.write(&format!("lidar-{name}.png"), &picture)
}
