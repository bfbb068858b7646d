//! Gauss and Newton's method on the distance to the permanent layer.

use crate::normal::{Matrix, Normal, inverse};
use crate::pose::Pose;

use super::field::Field;

const MAX_STEPS: usize = 25;
/// Steps below this are noise, in metres and radians.
const SMALL_STEP: f64 = 1e-5;
/// Points further than this from anything permanent are movable things and say nothing, in metres.
const OUTLIER_METRES: f64 = 0.25;
/// Spread of a cell's centre around the surface it stands for, in metres.
const CELL_SIGMA: f64 = 0.03;

/// Moves `start` to where the points lie best on the permanent layer; the pose and its covariance.
pub(super) fn refine(field: &Field, points: &[(f64, f64)], start: Pose) -> (Pose, Matrix) {
    let mut pose = start;
    let mut reach = OUTLIER_METRES;
    for _ in 0..MAX_STEPS {
        let normal = equations(field, points, &pose, reach);
        let Some([dx, dy, turn]) = normal.solve() else {
            break;
        };
        pose = Pose::new(pose.x - dx, pose.y - dy, pose.theta - turn);
        reach = (0.8 * reach).max(0.4 * OUTLIER_METRES);
        if dx.abs().max(dy.abs()).max(turn.abs()) < SMALL_STEP {
            break;
        }
    }
    let information = equations(field, points, &pose, reach).matrix;
    let covariance = inverse(&information).unwrap_or([[f64::INFINITY; 3]; 3]);
    (
        pose,
        covariance.map(|row| row.map(|value| value * CELL_SIGMA * CELL_SIGMA)),
    )
}

fn equations(field: &Field, points: &[(f64, f64)], pose: &Pose, reach: f64) -> Normal {
    let mut normal = Normal::default();
    for point in points {
        let (x, y) = pose.transform(*point);
        let Some((distance, along_x, along_y)) = field.slope((x, y)) else {
            continue;
        };
        if distance >= reach {
            continue;
        }
        // Tukey's weight: near points count fully, those at the reach not at all.
        let weight = (1.0 - (distance / reach).powi(2)).powi(2);
        let turning = along_y * (x - pose.x) - along_x * (y - pose.y);
        normal.add([along_x, along_y, turning], distance, weight);
    }
    normal
}
