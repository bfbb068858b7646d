//! Lays the points of a scan on the surfaces of a map: iterative closest points, measured along the normals
//! (Chen and Medioni 1992, Censi 2008).

use crate::normal::{Matrix, Normal};
use crate::pose::Pose;

use super::surface::{Surface, SurfacePoint};

const MAX_STEPS: usize = 20;
/// Steps below this end the search, in metres and radians.
const SMALL_STEP: f64 = 2e-4;
/// Distances to the surface within which a pair counts at the end, in metres.
const FINAL_REACH: f64 = 0.12;
/// How the reach shrinks from step to step.
const SHRINK: f64 = 0.75;
/// Surfaces whose normals differ by more than this cosine are not the same.
const SAME_SIDE: f32 = 0.7;
/// Weight of a pair without normals against one with: the points of a sparse scan are seldom the same points.
const POINT_WEIGHT: f64 = 0.1;
/// Deviation of a range, in metres; larger than the sensor's own, because neighbouring points err together.
const SIGMA: f64 = 0.1;
/// Weight of staying, in points that say so.
const DAMPING: f64 = 0.5;
/// Fewest points that say where they are.
const MIN_PAIRS: usize = 15;

/// Where points lie on a surface.
#[derive(Clone, Copy, Debug)]
pub(super) struct Registration {
    /// The points' frame in that of the surface.
    pub(super) pose: Pose,
    /// Inverse of the covariance of x, y (1/m²) and heading (1/rad²).
    pub(super) information: Matrix,
    /// Which part of the points lie on the surface, 0 to 1.
    pub(super) share: f64,
}

/// Moves the points from `start`, from where surfaces are at most `reach` metres away; nothing without enough pairs.
pub(super) fn register(
    surface: &Surface,
    points: &[SurfacePoint],
    start: Pose,
    reach: f64,
) -> Option<Registration> {
    let mut pose = start;
    let mut reach = reach.max(FINAL_REACH);
    for _ in 0..MAX_STEPS {
        let fit = equations(surface, points, &pose, reach);
        if fit.pairs < MIN_PAIRS {
            return None;
        }
        let [dx, dy, turn] = damped(fit.normal).solve()?;
        pose = Pose::new(pose.x - dx, pose.y - dy, pose.theta - turn);
        let still = dx.abs().max(dy.abs()).max(turn.abs()) < SMALL_STEP;
        if still && reach <= FINAL_REACH {
            break;
        }
        reach = (SHRINK * reach).max(FINAL_REACH);
    }
    let fit = equations(surface, points, &pose, FINAL_REACH);
    let scale = 1.0 / (SIGMA * SIGMA);
    Some(Registration {
        pose,
        information: fit.normal.matrix.map(|row| row.map(|value| scale * value)),
        share: fit.pairs as f64 / points.len().max(1) as f64,
    })
}

/// What keeps a step small along directions that no surface holds, such as along a corridor.
fn damped(mut normal: Normal) -> Normal {
    for (i, row) in normal.matrix.iter_mut().enumerate() {
        row.iter_mut().skip(i).take(1).for_each(|cell| *cell += DAMPING);
    }
    normal
}

struct Equations {
    normal: Normal,
    pairs: usize,
}

fn equations(surface: &Surface, points: &[SurfacePoint], pose: &Pose, reach: f64) -> Equations {
    let mut equations = Equations {
        normal: Normal::default(),
        pairs: 0,
    };
    for point in points {
        let moved = point.moved(pose);
        let place = pose.transform(point.place());
        let same_side = |other: &SurfacePoint| {
            let [ax, ay] = other.normal;
            let [bx, by] = moved.normal;
            other.is_flat() == moved.is_flat() && (!moved.is_flat() || ax * bx + ay * by > SAME_SIDE)
        };
        if let Some((other, _)) = surface.nearest(place, reach, same_side) {
            equations.pairs += 1;
            equations.add(place, other, pose, reach);
        }
    }
    equations
}

impl Equations {
    fn add(&mut self, (x, y): (f64, f64), other: &SurfacePoint, pose: &Pose, reach: f64) {
        let (qx, qy) = other.place();
        let (nx, ny) = (f64::from(other.normal[0]), f64::from(other.normal[1]));
        let (dx, dy) = (x - qx, y - qy);
        let mut along = |nx: f64, ny: f64, part: f64| {
            let distance = nx * dx + ny * dy;
            // Tukey's weight: near points count fully, those at the reach not at all.
            let weight = part * (1.0 - (distance / reach).powi(2)).max(0.0).powi(2);
            let turning = ny * (x - pose.x) - nx * (y - pose.y);
            self.normal.add([nx, ny, turning], distance, weight);
        };
        if other.is_flat() {
            along(nx, ny, 1.0);
        } else {
            along(1.0, 0.0, POINT_WEIGHT);
            along(0.0, 1.0, POINT_WEIGHT);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points every 5 cm along two walls, one 3 m long along x and one `height` m along y.
    fn walls(height: f32) -> Vec<SurfacePoint> {
        let along_x = (0..60).map(|i| ([0.05 * i as f32, 0.0], [0.0, 1.0]));
        let count = (height / 0.05) as i32;
        let along_y = (0..count).map(|i| ([0.0, 0.05 * i as f32], [1.0, 0.0]));
        let points = along_x.chain(along_y);
        points.map(|(at, normal)| SurfacePoint { at, normal }).collect()
    }

    fn seen_from(pose: &Pose, points: &[SurfacePoint]) -> Vec<SurfacePoint> {
        points.iter().map(|point| point.moved(&pose.inverse())).collect()
    }

    #[test]
    fn a_corner_is_laid_on_itself() {
        let surface = Surface::new(&walls(2.0));
        let pose = Pose::new(0.5, 0.7, 0.3);
        let start = Pose::new(0.6, 0.6, 0.26);
        let found = register(&surface, &seen_from(&pose, &walls(2.0)), start, 0.25).unwrap();
        assert!(found.pose.distance(&pose) < 1e-3, "{:?}", found.pose);
        assert!(found.pose.relative(&pose).theta.abs() < 1e-3);
        assert!(found.share > 0.95);
    }

    #[test]
    fn along_a_corridor_nothing_is_known() {
        let surface = Surface::new(&walls(0.0));
        let start = Pose::new(0.1, 0.05, 0.02);
        let found = register(&surface, &walls(0.0), start, 0.25).unwrap();
        assert!(
            (found.pose.x - 0.1).abs() < 0.03 && found.pose.y.abs() < 1e-2,
            "{:?}",
            found.pose
        );
        assert!(found.information[0][0] < 0.01 * found.information[1][1]);
    }

    #[test]
    fn the_other_side_of_a_wall_is_another_surface() {
        let turned = walls(2.0).into_iter().map(|point| SurfacePoint {
            normal: point.normal.map(|part| -part),
            ..point
        });
        let turned: Vec<_> = turned.collect();
        assert!(register(&Surface::new(&walls(2.0)), &turned, Pose::IDENTITY, 0.25).is_none());
    }
}
