//! Lays all keyframes that saw the same on each other, once their poses are nearly right.

use super::Localizer;
use super::graph::Edge;
use super::register::register;
use super::surface::Surface;

/// Times that all pairs are laid on each other.
const ROUNDS: usize = 2;
/// Keyframes within this many metres may have seen the same.
const SIGHT: f64 = 4.0;
/// Most keyframes that each is laid on.
const NEIGHBOURS: usize = 10;
/// Two keyframes are a pair if this part of the points of one lies on the other.
const MIN_SHARE: f64 = 0.4;
/// Surfaces this far away still pull, in metres.
const REACH: f64 = 0.2;

impl Localizer {
    /// Measures all pairs anew and optimises.
    pub(super) fn weave(&mut self) {
        let kept = self.graph.edges.len();
        for _ in 0..ROUNDS {
            let edges = self.pairs();
            self.graph.edges.truncate(kept);
            self.graph.edges.extend(edges);
            self.graph.optimise();
        }
    }

    fn pairs(&self) -> Vec<Edge> {
        let keyframes = 0..self.keyframes.len();
        keyframes.flat_map(|keyframe| self.pairs_of(keyframe)).collect()
    }

    /// What the nearest keyframes say of one.
    fn pairs_of(&self, from: usize) -> Vec<Edge> {
        let Some(keyframe) = self.keyframes.get(from) else {
            return Vec::new();
        };
        let surface = Surface::new(&keyframe.points);
        let mut edges = Vec::new();
        for to in self.neighbours(from) {
            let points = self
                .keyframes
                .get(to)
                .map(|other| other.points.as_slice())
                .unwrap_or_default();
            let found = register(&surface, points, self.graph.relative(from, to), REACH);
            if let Some(found) = found.filter(|found| found.share >= MIN_SHARE) {
                edges.push(Edge {
                    from,
                    to,
                    measured: found.pose,
                    information: found.information,
                });
            }
        }
        edges
    }

    /// The keyframes nearest to one, in place and heading.
    fn neighbours(&self, of: usize) -> Vec<usize> {
        let far = |other: usize| {
            let way = self.graph.relative(of, other);
            (way.x.hypot(way.y) + way.theta.abs(), other)
        };
        let others = (0..self.keyframes.len()).filter(|other| *other != of).map(far);
        let mut near: Vec<_> = others.filter(|(far, _)| *far < SIGHT).collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0));
        near.into_iter()
            .take(NEIGHBOURS)
            .map(|(_, other)| other)
            .collect()
    }
}
