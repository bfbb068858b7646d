//! How a robot moves: it turns on the spot, then drives straight.

use std::collections::VecDeque;

use mapping::pose::{Pose, wrap_angle};

/// How fast it drives, metres per second.
pub const SPEED: f64 = 0.3;
/// How fast it turns, radians per second.
pub const TURN_RATE: f64 = 2.0;

/// Moves for `seconds` along the points that are still to come; says whether the last was reached.
pub fn advance(pose: &mut Pose, points: &mut VecDeque<(f64, f64)>, seconds: f64) -> bool {
    let mut left = seconds;
    while let Some((x, y)) = points.front().copied() {
        let (dx, dy) = (x - pose.x, y - pose.y);
        let distance = dx.hypot(dy);
        if distance > 1e-6 {
            left -= turn(pose, dy.atan2(dx), left);
            let drive = (left * SPEED).clamp(0.0, distance);
            *pose = Pose::new(
                pose.x + drive * pose.theta.cos(),
                pose.y + drive * pose.theta.sin(),
                pose.theta,
            );
            left -= drive / SPEED;
            if drive < distance {
                return false;
            }
        }
        points.pop_front();
    }
    true
}

/// Turns towards `heading` for at most `seconds`; gives the seconds it took.
pub fn turn(pose: &mut Pose, heading: f64, seconds: f64) -> f64 {
    let wanted = wrap_angle(heading - pose.theta);
    let turned = wanted.clamp(-TURN_RATE * seconds, TURN_RATE * seconds);
    *pose = Pose::new(pose.x, pose.y, pose.theta + turned);
    turned.abs() / TURN_RATE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_robot_takes_the_time_that_its_way_needs() {
        let mut pose = Pose::IDENTITY;
        let mut points = VecDeque::from([(0.6, 0.0), (0.6, 0.6)]);
        let mut seconds = 0.0;
        while !advance(&mut pose, &mut points, 0.2) {
            seconds += 0.2;
        }
        assert!((pose.x - 0.6).abs() < 1e-9 && (pose.y - 0.6).abs() < 1e-9);
        let needed = 1.2 / SPEED + std::f64::consts::FRAC_PI_2 / TURN_RATE;
        assert!((seconds - needed).abs() <= 0.4, "{seconds} s of {needed} s");
    }
}
