//! Positions and headings in a plane.

use std::f64::consts::{PI, TAU};

/// A position in metres and a heading in radians, counter-clockwise from the x axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Pose {
    /// Metres along x.
    pub x: f64,
    /// Metres along y.
    pub y: f64,
    /// Heading in radians; kept in (-π, π] by [`Pose::new`], [`Pose::compose`] and [`Pose::inverse`].
    pub theta: f64,
}

impl Pose {
    /// The origin, looking along x.
    pub const IDENTITY: Self = Self {
        x: 0.0,
        y: 0.0,
        theta: 0.0,
    };

    /// A pose with its heading brought into (-π, π].
    pub fn new(x: f64, y: f64, theta: f64) -> Self {
        Self {
            x,
            y,
            theta: wrap_angle(theta),
        }
    }

    /// `other`, given in this pose's frame, in the frame that this pose is given in.
    pub fn compose(&self, other: &Self) -> Self {
        let (x, y) = self.transform((other.x, other.y));
        Self::new(x, y, self.theta + other.theta)
    }

    /// The pose that undoes this one: `p.compose(&p.inverse())` is the identity.
    pub fn inverse(&self) -> Self {
        let (sin, cos) = self.theta.sin_cos();
        Self::new(
            -cos * self.x - sin * self.y,
            sin * self.x - cos * self.y,
            -self.theta,
        )
    }

    /// A point of this pose's frame, in metres, in the frame that the pose is given in.
    pub fn transform(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let (sin, cos) = self.theta.sin_cos();
        (self.x + cos * x - sin * y, self.y + sin * x + cos * y)
    }

    /// How `other` looks from this pose: `self.inverse().compose(other)`.
    pub fn relative(&self, other: &Self) -> Self {
        self.inverse().compose(other)
    }

    /// Metres between the two positions.
    pub fn distance(&self, other: &Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// Whether all three numbers are finite.
    pub fn is_finite(&self) -> bool {
        self.x.is_finite() && self.y.is_finite() && self.theta.is_finite()
    }
}

/// The same angle in (-π, π]; NaN stays NaN.
pub fn wrap_angle(theta: f64) -> f64 {
    let wrapped = theta.rem_euclid(TAU);
    if wrapped > PI { wrapped - TAU } else { wrapped }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pose() -> impl Strategy<Value = Pose> {
        (-100.0..100.0, -100.0..100.0, -10.0..10.0).prop_map(|(x, y, theta)| Pose::new(x, y, theta))
    }

    proptest! {
        #[test]
        fn a_pose_and_its_inverse_cancel(p in pose()) {
            let rest = p.compose(&p.inverse());
            prop_assert!(rest.x.abs() < 1e-9 && rest.y.abs() < 1e-9 && rest.theta.abs() < 1e-9);
        }

        #[test]
        fn composition_is_transformation(a in pose(), b in pose(), x in -9.0..9.0, y in -9.0..9.0) {
            let (px, py) = a.compose(&b).transform((x, y));
            let (qx, qy) = a.transform(b.transform((x, y)));
            prop_assert!((px - qx).abs() < 1e-9 && (py - qy).abs() < 1e-9);
        }
    }

    #[test]
    fn headings_stay_in_one_turn() {
        assert!((wrap_angle(3.0 * PI) - PI).abs() < 1e-12);
        assert!((wrap_angle(-PI) - PI).abs() < 1e-12);
        assert!(wrap_angle(f64::NAN).is_nan());
    }
}
