//! Gauss and Newton's method on the distance to the permanent layer.

use crate::pose::Pose;

use super::field::Field;

const MAX_STEPS: usize = 25;
/// Steps below this are noise, in metres and radians.
const SMALL_STEP: f64 = 1e-5;
/// Points further than this from anything permanent are movable things and say nothing, in metres.
const OUTLIER_METRES: f64 = 0.25;
/// Spread of a cell's centre around the surface it stands for, in metres.
const CELL_SIGMA: f64 = 0.03;

/// Normal equations of three unknowns: x, y, heading.
#[derive(Default)]
struct Normal {
    matrix: [[f64; 3]; 3],
    vector: [f64; 3],
}

/// Moves `start` to where the points lie best on the permanent layer; the pose and its covariance.
pub(super) fn refine(field: &Field, points: &[(f64, f64)], start: Pose) -> (Pose, [[f64; 3]; 3]) {
    let mut pose = start;
    let mut reach = OUTLIER_METRES;
    for _ in 0..MAX_STEPS {
        let normal = equations(field, points, &pose, reach);
        let Some([dx, dy, turn]) = inverse(&normal.matrix).map(|inverse| times(&inverse, &normal.vector))
        else {
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

impl Normal {
    fn add(&mut self, slope: [f64; 3], distance: f64, weight: f64) {
        for ((row, value), a) in self.matrix.iter_mut().zip(&mut self.vector).zip(slope) {
            row.iter_mut()
                .zip(slope)
                .for_each(|(cell, b)| *cell += weight * a * b);
            *value += weight * a * distance;
        }
    }
}

/// The inverse of a symmetric matrix by its cofactors, if it has one.
fn inverse(m: &[[f64; 3]; 3]) -> Option<[[f64; 3]; 3]> {
    let [[a, b, c], [_, d, e], [_, _, f]] = *m;
    let (ca, cb, cc) = (d * f - e * e, c * e - b * f, b * e - c * d);
    let determinant = a * ca + b * cb + c * cc;
    if determinant.abs() < 1e-9 {
        return None;
    }
    let rows = [
        [ca, cb, cc],
        [cb, a * f - c * c, b * c - a * e],
        [cc, b * c - a * e, a * d - b * b],
    ];
    Some(rows.map(|row| row.map(|value| value / determinant)))
}

fn times(matrix: &[[f64; 3]; 3], vector: &[f64; 3]) -> [f64; 3] {
    matrix.map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_times_its_inverse_is_one() {
        let matrix = [[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]];
        let inverse = inverse(&matrix).unwrap();
        let product = times(&matrix, &times(&inverse, &[1.0, 2.0, 3.0]));
        assert!(
            product
                .iter()
                .zip([1.0, 2.0, 3.0])
                .all(|(a, b)| (a - b).abs() < 1e-9)
        );
        assert_eq!(super::inverse(&[[0.0; 3]; 3]), None);
    }
}
