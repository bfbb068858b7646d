//! Relative poses that are known to be right, and how far a trajectory is from them (Kümmerle et al. 2009).

use std::path::Path;

use mapping::Pose;
use mapping::logs::unpack;
use serde_json::{Value, json};

use crate::error::EvalError;
use crate::files;
use crate::score::ratio;

/// A stamp is that of a scan if they differ by at most this many seconds.
const SAME_STAMP: f64 = 0.005;

/// Where the robot was at the second stamp, seen from where it was at the first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Relation {
    /// Seconds of the log's clock.
    pub(super) stamps: (f64, f64),
    pub(super) pose: Pose,
}

/// Reads relations, their stamps brought to the log's clock.
pub(super) fn read(path: &Path, offset: f64) -> Result<Vec<Relation>, EvalError> {
    let log = |source| EvalError::Log {
        path: path.to_owned(),
        source,
    };
    let text = unpack(&files::read(path)?).map_err(log)?;
    let lines = text.lines().zip(1..).filter(|(line, _)| !is_blank(line));
    let relations = lines.map(|(text, line)| {
        relation(text, offset).ok_or(EvalError::Line {
            path: path.to_owned(),
            line,
            expected: "a relation: t1 t2 x y z roll pitch yaw",
        })
    });
    relations.collect()
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with('#')
}

fn relation(line: &str, offset: f64) -> Option<Relation> {
    let fields = line.split_ascii_whitespace();
    let fields = fields.map(|field| field.parse().ok().filter(|number: &f64| number.is_finite()));
    let fields: Vec<f64> = fields.collect::<Option<_>>()?;
    let [from, to, x, y, _z, _roll, _pitch, yaw] = fields.try_into().ok()?;
    Some(Relation {
        stamps: (from - offset, to - offset),
        pose: Pose::new(x, y, yaw),
    })
}

/// Poses by their stamps, in order of time.
pub(super) struct Trajectory {
    poses: Vec<(f64, Pose)>,
}

impl Trajectory {
    pub(super) fn new(poses: impl Iterator<Item = (f64, Pose)>) -> Self {
        let mut poses: Vec<_> = poses.collect();
        poses.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self { poses }
    }

    /// The stamp and pose of the scan at a time.
    fn exactly(&self, t: f64) -> Option<(f64, Pose)> {
        let after = self.poses.partition_point(|(stamp, _)| *stamp < t);
        let near = self.poses.iter().skip(after.saturating_sub(1)).take(2);
        let near = near.filter(|(stamp, _)| (stamp - t).abs() <= SAME_STAMP);
        near.min_by(|a, b| (a.0 - t).abs().total_cmp(&(b.0 - t).abs()))
            .copied()
    }

    /// A time and the pose then, between the scans before and after it.
    fn between(&self, t: f64) -> Option<(f64, Pose)> {
        let after = self.poses.partition_point(|(stamp, _)| *stamp < t);
        let (next, b) = self.poses.get(after)?;
        if *next == t {
            return Some((t, *b));
        }
        let (last, a) = self.poses.get(after.checked_sub(1)?)?;
        let part = (t - last) / (next - last);
        let turn = a.relative(b).theta;
        let (x, y) = (a.x + part * (b.x - a.x), a.y + part * (b.y - a.y));
        Some((t, Pose::new(x, y, a.theta + part * turn)))
    }

    /// `exact`: errors of the relations between scans; `all`: of those within the log's time.
    pub(super) fn figures(&self, relations: &[Relation]) -> Value {
        let errors = |at: &dyn Fn(f64) -> Option<(f64, Pose)>| {
            let errors = relations.iter().filter_map(|relation| relation.error(at));
            Errors(errors.collect()).figures()
        };
        json!({
            "exact": errors(&|t| self.exactly(t)),
            "all": errors(&|t| self.between(t)),
        })
    }
}

impl Relation {
    /// How far what a trajectory says is from what is right.
    fn error(&self, at: &dyn Fn(f64) -> Option<(f64, Pose)>) -> Option<Error> {
        let ((first, from), (second, to)) = (at(self.stamps.0)?, at(self.stamps.1)?);
        let error = self.pose.relative(&from.relative(&to));
        Some(Error {
            metres: error.x.hypot(error.y),
            radians: error.theta.abs(),
            of_one_scan: first == second,
        })
    }
}

/// The error of one relation.
struct Error {
    metres: f64,
    radians: f64,
    /// Whether both stamps are nearest to the same scan, so that no trajectory has the relation right.
    of_one_scan: bool,
}

/// The errors of relations; no figures without any.
struct Errors(Vec<Error>);

impl Errors {
    fn figures(&self) -> Value {
        if self.0.is_empty() {
            return json!({"relations": 0});
        }
        let count = self.0.len() as f64;
        let mut metres: Vec<f64> = self.0.iter().map(|error| error.metres).collect();
        metres.sort_by(f64::total_cmp);
        let radians: f64 = self.0.iter().map(|error| error.radians).sum();
        json!({
            "relations": self.0.len(),
            "of_one_scan": self.0.iter().filter(|error| error.of_one_scan).count(),
            "translation_mean": ratio(metres.iter().sum(), count),
            "translation_median": median(&metres),
            "rotation_mean": ratio(radians, count).to_degrees(),
        })
    }
}

/// The middle of sorted values, or of the two in the middle; 0 without any.
fn median(sorted: &[f64]) -> f64 {
    let at = |i: usize| sorted.get(i).copied().unwrap_or(0.0);
    let half = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        at(half)
    } else {
        0.5 * (at(half.saturating_sub(1)) + at(half))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trajectory() -> Trajectory {
        let poses = [(10.0, Pose::IDENTITY), (12.0, Pose::new(2.0, 0.0, 1.0))];
        Trajectory::new(poses.into_iter())
    }

    #[test]
    fn a_relation_is_scored_between_its_stamps() {
        let relations = [
            relation("110.001 110.004 0.3 0 0 0 0 0", 100.0).unwrap(),
            relation("110.003 112 2.0 0.3 0 0 0 1.0", 100.0).unwrap(),
            relation("110 111 1.0 0 0 0 0 0.3", 100.0).unwrap(),
            relation("110 113 1.0 0 0 0 0 0.3", 100.0).unwrap(),
        ];
        let figures = trajectory().figures(&relations);
        assert_eq!(figures["exact"]["relations"], 2);
        assert_eq!(figures["exact"]["of_one_scan"], 1);
        assert!((figures["exact"]["translation_mean"].as_f64().unwrap() - 0.3).abs() < 1e-9);
        assert_eq!(figures["all"]["relations"], 3);
        let rotation = figures["all"]["rotation_mean"].as_f64().unwrap();
        assert!((rotation - (0.2f64 / 3.0).to_degrees()).abs() < 0.1, "{rotation}");
    }

    #[test]
    fn a_heading_is_interpolated_the_short_way() {
        let poses = [(0.0, Pose::new(0.0, 0.0, 3.0)), (1.0, Pose::new(0.0, 0.0, -3.0))];
        let (_, between) = Trajectory::new(poses.into_iter()).between(0.5).unwrap();
        assert!(between.theta.abs() > 3.1);
    }

    #[test]
    fn what_is_no_relation_is_refused() {
        assert_eq!(relation("1 2 3", 0.0), None);
        assert_eq!(relation("1 2 3 4 5 6 7 x", 0.0), None);
    }
}
