//! The poses of keyframes and what was measured between them, made to agree by least squares over SE(2) (Lu and
//! Milios 1997, Grisetti et al. 2010).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::normal::Matrix;
use crate::pose::{Pose, wrap_angle};

pub(super) use super::sparse::combine;
use super::sparse::{BlockSystem, product, transposed};

/// Steps of the optimisation.
const MAX_STEPS: usize = 12;
/// Steps below this end it, in metres and radians.
const SMALL_STEP: f64 = 1e-4;
/// Squared error, in deviations, at which a measurement loses half its weight (Geman and McClure's kernel).
const DOUBT: f64 = 25.0;
/// Holds the first pose where it is.
const ANCHOR: f64 = 1e9;
/// Keeps directions without any measurement where they are.
const DAMPING: f64 = 1e-3;

/// What was measured of one keyframe from another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// `to` in the frame of `from`.
    pub(super) measured: Pose,
    /// Inverse of the covariance of x, y and heading in the frame of `from`.
    pub(super) information: Matrix,
}

/// Keyframes and edges.
#[derive(Default)]
pub(super) struct PoseGraph {
    pub(super) poses: Vec<Pose>,
    pub(super) edges: Vec<Edge>,
}

impl PoseGraph {
    /// The pose of a keyframe.
    pub(super) fn pose(&self, keyframe: usize) -> Pose {
        self.poses.get(keyframe).copied().unwrap_or_default()
    }

    /// How `to` lies in the frame of `from`.
    pub(super) fn relative(&self, from: usize, to: usize) -> Pose {
        self.pose(from).relative(&self.pose(to))
    }

    /// Moves all poses but the first to where the edges agree best (Gauss and Newton's method).
    pub(super) fn optimise(&mut self) {
        for _ in 0..MAX_STEPS {
            let Some(steps) = self.equations().solve() else {
                return;
            };
            let mut largest = 0.0f64;
            for (pose, [dx, dy, turn]) in self.poses.iter_mut().zip(steps) {
                *pose = Pose::new(pose.x - dx, pose.y - dy, pose.theta - turn);
                largest = largest.max(dx.abs()).max(dy.abs()).max(turn.abs());
            }
            if largest < SMALL_STEP {
                return;
            }
        }
    }

    fn equations(&self) -> BlockSystem {
        let mut system = BlockSystem::new(self.poses.len());
        for block in 0..self.poses.len() {
            let hold = if block == 0 { ANCHOR } else { DAMPING };
            system.add(
                block,
                block,
                &[[hold, 0.0, 0.0], [0.0, hold, 0.0], [0.0, 0.0, hold]],
            );
        }
        for edge in &self.edges {
            let (from, to) = (self.pose(edge.from), self.pose(edge.to));
            let error = edge.error(&from, &to);
            let information = scaled(&edge.information, weight(&edge.information, &error));
            let (a, b) = slopes(&from, &to);
            let (at, bt) = (transposed(&a), transposed(&b));
            let (pa, pb) = (product(&information, &a), product(&information, &b));
            system.add(edge.from, edge.from, &product(&at, &pa));
            system.add(edge.from, edge.to, &product(&at, &pb));
            system.add(edge.to, edge.to, &product(&bt, &pb));
            let pull = crate::normal::times(&information, &error);
            system.add_vector(edge.from, crate::normal::times(&at, &pull));
            system.add_vector(edge.to, crate::normal::times(&bt, &pull));
        }
        system
    }

    /// Metres of the shortest way over edges from one keyframe to each other one (Dijkstra 1959), up to `limit`.
    pub(super) fn ways_from(&self, start: usize, limit: f64) -> Vec<f64> {
        let mut near = vec![Vec::new(); self.poses.len()];
        for edge in &self.edges {
            let length = edge.measured.x.hypot(edge.measured.y) + TURN_LENGTH * edge.measured.theta.abs();
            for (a, b) in [(edge.from, edge.to), (edge.to, edge.from)] {
                if let Some(near) = near.get_mut(a) {
                    near.push((b, length));
                }
            }
        }
        let mut ways = vec![f64::INFINITY; self.poses.len()];
        let mut open = BinaryHeap::from([(Reverse(Millimetres(0)), start)]);
        while let Some((Reverse(Millimetres(way)), keyframe)) = open.pop() {
            let way = way as f64 / 1000.0;
            match ways.get_mut(keyframe) {
                Some(best) if *best > way => *best = way,
                _ => continue,
            }
            for (other, length) in near.get(keyframe).into_iter().flatten() {
                if way + length < limit {
                    open.push((Reverse(Millimetres(((way + length) * 1000.0) as u64)), *other));
                }
            }
        }
        ways
    }
}

/// A turn of one radian makes as doubtful as this many metres.
const TURN_LENGTH: f64 = 0.3;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Millimetres(u64);

impl Edge {
    /// How far the poses are from what was measured, in the frame of `from`.
    pub(super) fn error(&self, from: &Pose, to: &Pose) -> [f64; 3] {
        let now = from.relative(to);
        [
            now.x - self.measured.x,
            now.y - self.measured.y,
            wrap_angle(now.theta - self.measured.theta),
        ]
    }
}

/// How the error changes with each of the two poses.
fn slopes(from: &Pose, to: &Pose) -> (Matrix, Matrix) {
    let (sin, cos) = from.theta.sin_cos();
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let a = [
        [-cos, -sin, cos * dy - sin * dx],
        [sin, -cos, -sin * dy - cos * dx],
        [0.0, 0.0, -1.0],
    ];
    (a, [[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])
}

fn weight(information: &Matrix, error: &[f64; 3]) -> f64 {
    let square: f64 = crate::normal::times(information, error)
        .iter()
        .zip(error)
        .map(|(a, b)| a * b)
        .sum();
    (DOUBT / (DOUBT + square)).powi(2)
}

/// A matrix times a number.
pub(super) fn scaled(matrix: &Matrix, factor: f64) -> Matrix {
    matrix.map(|row| row.map(|value| factor * value))
}

/// Information of a frame's x and y axes along those of `viewer`, which is given in that frame.
pub(super) fn seen_from(viewer: &Pose, information: &Matrix) -> Matrix {
    let (sin, cos) = viewer.theta.sin_cos();
    let turn = [[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]];
    product(&transposed(&turn), &product(information, &turn))
}
