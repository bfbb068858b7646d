//! The poses of keyframes and what was measured between them, made to agree by least squares over SE(2) (Lu and
//! Milios 1997, Grisetti et al. 2010).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::normal::{Matrix, times};
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
/// A turn of one radian makes as doubtful as this many metres of way.
const TURN_LENGTH: f64 = 0.3;
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
            edge.add_to(&mut system, &self.pose(edge.from), &self.pose(edge.to));
        }
        system
    }

    /// Metres of the shortest way over edges from one keyframe to each other one (Dijkstra 1959).
    pub(super) fn ways_from(&self, start: usize) -> Vec<f64> {
        let near = self.lengths();
        let mut ways = vec![u64::MAX; self.poses.len()];
        let mut open = BinaryHeap::from([(Reverse(0), start)]);
        while let Some((Reverse(way), keyframe)) = open.pop() {
            match ways.get_mut(keyframe) {
                Some(best) if *best > way => *best = way,
                _ => continue,
            }
            let onward = near.get(keyframe).into_iter().flatten();
            open.extend(onward.map(|(other, length)| (Reverse(way + length), *other)));
        }
        ways.into_iter().map(|way| way as f64 / 1000.0).collect()
    }

    /// The neighbours of each keyframe, with the length of the edge to them in millimetres.
    fn lengths(&self) -> Vec<Vec<(usize, u64)>> {
        let mut near = vec![Vec::new(); self.poses.len()];
        for edge in &self.edges {
            let metres = edge.measured.x.hypot(edge.measured.y) + TURN_LENGTH * edge.measured.theta.abs();
            for (a, b) in [(edge.from, edge.to), (edge.to, edge.from)] {
                if let Some(near) = near.get_mut(a) {
                    near.push((b, (1000.0 * metres) as u64));
                }
            }
        }
        near
    }
}

impl Edge {
    /// Adds what the edge asks of its two poses.
    fn add_to(&self, system: &mut BlockSystem, from: &Pose, to: &Pose) {
        let error = self.error(from, to);
        let information = scaled(&self.information, weight(&self.information, &error));
        let pull = times(&information, &error);
        let (a, b) = slopes(from, to);
        let (at, bt) = (transposed(&a), transposed(&b));
        let (pa, pb) = (product(&information, &a), product(&information, &b));
        system.add(self.from, self.from, &product(&at, &pa));
        system.add(self.from, self.to, &product(&at, &pb));
        system.add(self.to, self.to, &product(&bt, &pb));
        system.add_vector(self.from, times(&at, &pull));
        system.add_vector(self.to, times(&bt, &pull));
    }

    /// How far the poses are from what was measured, in the frame of `from`.
    fn error(&self, from: &Pose, to: &Pose) -> [f64; 3] {
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
    let square: f64 = times(information, error)
        .iter()
        .zip(error)
        .map(|(a, b)| a * b)
        .sum();
    (DOUBT / (DOUBT + square)).powi(2)
}

fn scaled(matrix: &Matrix, factor: f64) -> Matrix {
    matrix.map(|row| row.map(|value| factor * value))
}

/// Information of a frame's x and y axes along those of `viewer`, which is given in that frame.
pub(super) fn seen_from(viewer: &Pose, information: &Matrix) -> Matrix {
    let (sin, cos) = viewer.theta.sin_cos();
    let turn = [[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]];
    product(&transposed(&turn), &product(information, &turn))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> PoseGraph {
        let step = Pose::new(1.0, 0.0, std::f64::consts::TAU / 8.0);
        let edge = |from: usize, to: usize| Edge {
            from,
            to,
            measured: step,
            information: [[1e4, 0.0, 0.0], [0.0, 1e4, 0.0], [0.0, 0.0, 1e4]],
        };
        let drifted = Pose::new(1.03, 0.02, 0.75);
        let poses = std::iter::successors(Some(Pose::new(2.0, 1.0, 0.3)), |pose| {
            Some(pose.compose(&drifted))
        });
        PoseGraph {
            poses: poses.take(8).collect(),
            edges: (0..8).map(|i| edge(i, (i + 1) % 8)).collect(),
        }
    }

    #[test]
    fn a_drifted_ring_becomes_round() {
        let mut graph = ring();
        graph.optimise();
        assert!(graph.pose(0).distance(&Pose::new(2.0, 1.0, 0.3)) < 1e-6);
        for i in 0..8 {
            let error = graph.edges[i].measured.relative(&graph.relative(i, (i + 1) % 8));
            assert!(
                error.x.hypot(error.y) < 1e-6 && error.theta.abs() < 1e-6,
                "{error:?}"
            );
        }
    }

    #[test]
    fn an_edge_that_all_others_contradict_hardly_counts() {
        let mut graph = ring();
        graph.optimise();
        let right = graph.poses.clone();
        graph.edges.push(Edge {
            from: 1,
            to: 5,
            measured: Pose::new(0.0, 0.1, 1.0),
            ..graph.edges[0]
        });
        graph.optimise();
        for (pose, right) in graph.poses.iter().zip(&right) {
            assert!(pose.distance(right) < 0.02, "{pose:?} instead of {right:?}");
        }
    }

    #[test]
    fn the_shortest_way_goes_round_the_nearer_side() {
        let mut graph = ring();
        let ways = graph.ways_from(0);
        assert!((ways[1] - ways[7]).abs() < 0.01 && ways[4] > 3.9 * ways[1]);
        graph.edges.pop();
        assert!(graph.ways_from(0)[7] > 6.9 * ways[1]);
    }
}
