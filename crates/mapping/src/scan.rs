//! One sweep of a range sensor.

use crate::pose::Pose;

/// Largest distance from the origin that a pose may have along each axis, in metres.
pub const MAX_POSE_METRES: f64 = 1_000.0;
/// Longest usable range of a sensor, in metres.
pub const MAX_SCAN_RANGE_METRES: f64 = 30.0;
/// Most beams that one scan may have.
pub const MAX_SCAN_BEAMS: usize = 4_096;

/// One sweep: beam `i` looks along `pose.theta + start_angle + i * angle_step`.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'a> {
    /// Where the sensor was, in the run's frame.
    pub pose: Pose,
    /// Angle of the first beam, in radians from the sensor's heading.
    pub start_angle: f64,
    /// Angle from one beam to the next, in radians.
    pub angle_step: f64,
    /// Ranges at or beyond this many metres say only that the way up to here is free.
    pub max_range: f64,
    /// Distances in metres, one for each beam.
    pub ranges: &'a [f32],
}

/// What [`Scan::beams`] says of one beam.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beam {
    /// Direction in the run's frame, in radians.
    pub angle: f64,
    /// Metres of free way.
    pub range: f64,
    /// Whether an obstacle ends it.
    pub hit: bool,
}

/// Why a scan or a touch was refused; nothing of it was entered.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum ScanError {
    /// The pose is not finite or too far out.
    #[error("pose ({x}, {y}, {theta}) is not within {MAX_POSE_METRES} m of the origin")]
    Pose {
        /// Metres along x.
        x: f64,
        /// Metres along y.
        y: f64,
        /// Heading in radians.
        theta: f64,
    },
    /// The angles are not finite.
    #[error("start angle {start} or angle step {step} is not finite")]
    Angles {
        /// Start angle in radians.
        start: f64,
        /// Angle step in radians.
        step: f64,
    },
    /// The usable range is not a distance.
    #[error("usable range {0} m is not between 0 and {MAX_SCAN_RANGE_METRES} m")]
    MaxRange(f64),
    /// Too many beams.
    #[error("{0} beams are more than {MAX_SCAN_BEAMS}")]
    Beams(usize),
    /// The run would cover more tiles than allowed.
    #[error("the run would have more than {} tiles", crate::run_mapper::MAX_RUN_TILES)]
    TooManyTiles,
}

impl Scan<'_> {
    /// Checks everything but the single ranges.
    ///
    /// # Errors
    /// [`ScanError`] naming the first field that is out of its limits.
    pub fn check(&self) -> Result<(), ScanError> {
        check_pose(&self.pose)?;
        if !(self.start_angle.is_finite() && self.angle_step.is_finite()) {
            return Err(ScanError::Angles {
                start: self.start_angle,
                step: self.angle_step,
            });
        }
        if !(self.max_range > 0.0 && self.max_range <= MAX_SCAN_RANGE_METRES) {
            return Err(ScanError::MaxRange(self.max_range));
        }
        if self.ranges.len() > MAX_SCAN_BEAMS {
            return Err(ScanError::Beams(self.ranges.len()));
        }
        Ok(())
    }

    /// The beams whose range is a positive number; the others say nothing.
    pub fn beams(&self) -> impl Iterator<Item = Beam> + '_ {
        let first = self.pose.theta + self.start_angle;
        self.ranges
            .iter()
            .enumerate()
            .filter(|(_, range)| is_usable(**range))
            .map(move |(i, range)| {
                let range = f64::from(*range);
                let angle = first + i as f64 * self.angle_step;
                Beam {
                    angle,
                    range: range.min(self.max_range),
                    hit: range < self.max_range,
                }
            })
    }

    /// How many ranges are no positive number.
    pub fn unusable_ranges(&self) -> usize {
        self.ranges.iter().filter(|range| !is_usable(**range)).count()
    }

    /// Points that beams ended at, in the run's frame, in metres.
    pub fn hits(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.beams()
            .filter(|beam| beam.hit)
            .map(|beam| beam.end(&self.pose, 0.0))
    }
}

impl Beam {
    /// The point `extra` metres beyond the end of a beam that starts at `from`.
    pub fn end(&self, from: &Pose, extra: f64) -> (f64, f64) {
        let (sin, cos) = self.angle.sin_cos();
        let range = self.range + extra;
        (from.x + range * cos, from.y + range * sin)
    }
}

/// Checks that a pose is finite and within [`MAX_POSE_METRES`].
///
/// # Errors
/// [`ScanError::Pose`] otherwise.
pub fn check_pose(pose: &Pose) -> Result<(), ScanError> {
    let near = pose.x.abs() <= MAX_POSE_METRES && pose.y.abs() <= MAX_POSE_METRES;
    if near && pose.theta.is_finite() {
        return Ok(());
    }
    Err(ScanError::Pose {
        x: pose.x,
        y: pose.y,
        theta: pose.theta,
    })
}

fn is_usable(range: f32) -> bool {
    range.is_finite() && range > 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(ranges: &[f32]) -> Scan<'_> {
        Scan {
            pose: Pose::IDENTITY,
            start_angle: 0.0,
            angle_step: 0.1,
            max_range: 6.0,
            ranges,
        }
    }

    #[test]
    fn ranges_that_are_no_distance_are_counted_and_left_out() {
        let ranges = [1.0, f32::NAN, f32::INFINITY, -2.0, 0.0, 9.0];
        let scan = scan(&ranges);
        assert_eq!(scan.unusable_ranges(), 4);
        let beams: Vec<_> = scan.beams().collect();
        assert_eq!(beams.len(), 2);
        assert!(beams[0].hit && !beams[1].hit);
        assert_eq!(beams[1].range, 6.0);
    }

    #[test]
    fn a_pose_off_the_map_is_an_error() {
        for pose in [
            Pose::new(f64::NAN, 0.0, 0.0),
            Pose::new(0.0, 1001.0, 0.0),
            Pose {
                theta: f64::NAN,
                ..Pose::IDENTITY
            },
        ] {
            assert!(matches!(
                Scan { pose, ..scan(&[]) }.check(),
                Err(ScanError::Pose { .. })
            ));
        }
    }

    #[test]
    fn a_usable_range_must_be_a_distance() {
        for max_range in [0.0, -1.0, f64::NAN, 31.0] {
            assert!(matches!(
                Scan {
                    max_range,
                    ..scan(&[])
                }
                .check(),
                Err(ScanError::MaxRange(_))
            ));
        }
    }
}
