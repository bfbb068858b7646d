//! The driven path, simplified as it grows.

use domain::run::MAX_TRACK_POINTS;
use mapping::pose::Pose;

/// How far the simplified path may be from the driven one, millimetres.
pub const TOLERANCE_MM: f64 = 20.0;
/// The most positions looked at again for one straight piece.
const MAX_WINDOW: usize = 256;

/// A path of whole millimetres within [`TOLERANCE_MM`] of what was driven, by an opening window (Keogh et al. 2001).
#[derive(Debug, Default)]
pub struct Track {
    points: Vec<(i32, i32)>,
    window: Vec<(i32, i32)>,
    stored: usize,
}

impl Track {
    /// The path goes on to `pose`.
    pub fn push(&mut self, pose: &Pose) {
        let millimetres = |metres: f64| (metres * 1000.0).round() as i32;
        let point = (millimetres(pose.x), millimetres(pose.y));
        let Some(anchor) = self.points.last().copied() else {
            self.points.push(point);
            return;
        };
        if self.window.last().copied().unwrap_or(anchor) == point {
            return;
        }
        let strays = |passed: &(i32, i32)| distance_to_line(*passed, anchor, point) > TOLERANCE_MM;
        if self.window.len() >= MAX_WINDOW || self.window.iter().any(strays) {
            self.fix();
        }
        self.window.push(point);
    }

    /// Points that were not yet taken as stored.
    pub fn fresh(&self) -> &[(i32, i32)] {
        self.points.get(self.stored..).unwrap_or_default()
    }

    /// Takes note that all of [`Track::fresh`] is stored.
    pub fn set_stored(&mut self) {
        self.stored = self.points.len();
    }

    /// The whole path, up to the last position.
    pub fn finish(mut self) -> Vec<(i32, i32)> {
        self.fix();
        self.points
    }

    /// Ends the straight piece at its last position; beyond the limit only the end of the path moves on.
    fn fix(&mut self) {
        let Some(end) = self.window.last().copied() else {
            return;
        };
        self.window.clear();
        if self.points.len() >= MAX_TRACK_POINTS {
            self.points.pop();
        }
        self.points.push(end);
    }
}

fn distance_to_line(point: (i32, i32), from: (i32, i32), to: (i32, i32)) -> f64 {
    let vector =
        |a: (i32, i32), b: (i32, i32)| (f64::from(b.0) - f64::from(a.0), f64::from(b.1) - f64::from(a.1));
    let (line, offset) = (vector(from, to), vector(from, point));
    let squared = line.0 * line.0 + line.1 * line.1;
    if squared == 0.0 {
        return offset.0.hypot(offset.1);
    }
    let along = ((offset.0 * line.0 + offset.1 * line.1) / squared).clamp(0.0, 1.0);
    (offset.0 - along * line.0).hypot(offset.1 - along * line.1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_corner_stays_and_a_straight_piece_is_two_points() {
        let mut track = Track::default();
        (0..=20).for_each(|i| track.push(&Pose::new(f64::from(i) * 0.1, 0.0, 0.0)));
        (1..=20).for_each(|i| track.push(&Pose::new(2.0, f64::from(i) * 0.1, 0.0)));
        assert_eq!(track.finish(), [(0, 0), (2000, 0), (2000, 2000)]);
    }

    proptest! {
        #[test]
        fn every_driven_position_is_near_the_path(steps in proptest::collection::vec((-0.3..0.3, -0.3..0.3), 2..200)) {
            let mut track = Track::default();
            let mut at = Pose::IDENTITY;
            let mut driven = vec![(0, 0)];
            track.push(&at);
            for (dx, dy) in steps {
                at = Pose::new(at.x + dx, at.y + dy, 0.0);
                track.push(&at);
                driven.push(((at.x * 1000.0).round() as i32, (at.y * 1000.0).round() as i32));
            }
            let path = track.finish();
            for point in driven {
                let near = path.windows(2).any(|piece| distance_to_line(point, piece[0], piece[1]) <= TOLERANCE_MM);
                prop_assert!(near || path.len() < 2, "{:?} is far from {:?}", point, path);
            }
        }
    }
}
