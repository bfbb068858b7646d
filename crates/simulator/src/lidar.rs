//! A laser scanner as cheap robots have it: 360 beams five times a second, up to 6 m.

use std::f64::consts::TAU;

use device_agent::driver::Sweep;
use mapping::pose::Pose;
use rand::{Rng, RngExt};

use crate::layout::Layout;

/// Beams of one sweep, evenly around.
pub const BEAMS: usize = 360;
/// How far it sees, metres.
pub const RANGE_METRES: f64 = 6.0;
/// Standard deviation of a range, metres.
pub const NOISE_METRES: f64 = 0.01;
/// How many beams come back without a range.
pub const DROP_OUT: f64 = 0.01;

/// A sweep from `at` in the plan's frame, told as if the sensor were at `pose`.
pub fn sweep(layout: &Layout, at: &Pose, pose: Pose, random: &mut impl Rng) -> Sweep {
    let angle_step = TAU / BEAMS as f64;
    let ranges = (0..BEAMS).map(|i| {
        let range = layout.sight((at.x, at.y), at.theta + i as f64 * angle_step, RANGE_METRES);
        measured(range, random) as f32
    });
    Sweep {
        pose,
        start_angle: 0.0,
        angle_step,
        max_range: RANGE_METRES,
        ranges: ranges.collect(),
    }
}

fn measured(range: f64, random: &mut impl Rng) -> f64 {
    if random.random_bool(DROP_OUT) {
        return 0.0;
    }
    if range >= RANGE_METRES {
        return RANGE_METRES;
    }
    (range + normal(random) * NOISE_METRES).max(0.01)
}

/// A number of the standard normal distribution (Box and Muller 1958).
pub(crate) fn normal(random: &mut impl Rng) -> f64 {
    let radius = (-2.0 * (1.0 - random.random::<f64>()).ln()).sqrt();
    radius * (TAU * random.random::<f64>()).cos()
}
