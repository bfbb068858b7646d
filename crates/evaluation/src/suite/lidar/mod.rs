//! How well a robot with only odometry and ranges knows where it is.

mod record;
mod relations;

use std::path::Path;

use mapping::logs::{LogScan, open_bytes};
use mapping::{Localizer, LocalizerSettings, Pose, Scan};
use serde_json::Value;

use crate::args::LidarArgs;
use crate::error::EvalError;
use crate::files::{self, Output};

use record::record;
use relations::Trajectory;

/// Ranges at or beyond this many metres say only that the way up to here is free.
const USABLE_RANGE_METRES: f64 = 20.0;
/// Ranges at or beyond this many metres are a scanner's word for no echo, and say nothing.
const NO_ECHO_METRES: f32 = 80.0;

pub(super) fn run(args: &LidarArgs, output: &Output) -> Result<Value, EvalError> {
    if !args.offset.is_finite() {
        return Err(EvalError::Option {
            option: "--offset",
            value: args.offset.to_string(),
            expected: "a number of seconds",
        });
    }
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
                scan.ranges
                    .iter_mut()
                    .filter(no_echo)
                    .for_each(|range| *range = 0.0);
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;
    use std::fs;

    /// A robot that drives 4 m through a room of 8 m × 6 m, with odometry that is a tenth too long.
    fn log() -> String {
        let mut log = "# t,odometry,reference,ranges\nbroken,line,0,0,0,0,0,0\n".to_owned();
        for i in 0..21 {
            let x = 0.2 * f64::from(i);
            write!(log, "{i},{},0,0,9,9,9", 1.1 * x).unwrap();
            for beam in 0..181 {
                let (sin, cos) = f64::from(beam - 90).to_radians().sin_cos();
                let ahead = if cos > 1e-9 {
                    (6.0 - x) / cos
                } else {
                    f64::INFINITY
                };
                let range = ahead.min(3.0 / sin.abs().max(1e-9));
                write!(log, ",{range:.3}").unwrap();
            }
            log.push('\n');
        }
        log
    }

    fn evaluate(relations: &str, out: Option<&Path>) -> Result<Value, EvalError> {
        let folder = tempfile::tempdir().unwrap();
        let args = LidarArgs {
            log: folder.path().join("log.csv"),
            relations: folder.path().join("log.relations"),
            offset: 100.0,
        };
        fs::write(&args.log, log()).unwrap();
        fs::write(&args.relations, relations).unwrap();
        run(&args, &Output::new(out))
    }

    #[test]
    fn scans_tell_more_than_odometry() {
        let out = tempfile::tempdir().unwrap();
        let relations = "100 120 4 0 0 0 0 0\n102.5 117.5 3 0 0 0 0 0\n";
        let figures = evaluate(relations, Some(out.path())).unwrap();
        assert_eq!(
            (&figures["scans"], &figures["refused_lines"]),
            (&21.into(), &1.into())
        );
        assert_eq!(figures["exact"]["relations"], 1);
        assert_eq!(figures["exact"]["of_one_scan"], 0);
        assert_eq!(figures["all"]["relations"], 2);
        let mean = |figures: &Value| figures["exact"]["translation_mean"].as_f64().unwrap();
        assert!((mean(&figures["odometry"]) - 0.4).abs() < 1e-6);
        assert!(mean(&figures) < 0.02, "{figures}");
        for file in ["lidar-localized.png", "lidar-odometry.png", "lidar-localized.csv"] {
            assert!(out.path().join(file).exists(), "{file}");
        }
    }

    #[test]
    fn a_line_that_is_no_relation_is_named() {
        let error = evaluate("100 101 1 0 0 0 0 0\n1 2 3\n", None).unwrap_err();
        assert!(error.to_string().starts_with("line 2 of"), "{error}");
    }

    #[test]
    fn relations_of_another_time_give_no_figures() {
        let figures = evaluate("1 2 0 0 0 0 0 0\n", None).unwrap();
        assert_eq!(figures["all"], serde_json::json!({"relations": 0}));
    }
}
