//! Notices that the way has come back to where it was.

use crate::align::{Field, Window, best_poses};
use crate::pose::Pose;

use super::graph::Edge;
use super::register::{Registration, register};
use super::surface::{Surface, SurfacePoint};
use super::{LOCAL_KEYFRAMES, Localizer};

/// Metres to drive between two searches.
const SEARCH_EVERY: f64 = 1.0;
/// Metres over the graph from which on a place counts as left and seen again.
const LEFT: f64 = 8.0;
/// Metres of way whose surfaces are searched for.
const QUERY_METRES: f64 = 4.0;
/// Metres of way, to each side of the nearest keyframe, whose surfaces are searched in.
const CHAIN_METRES: f64 = 6.0;
/// Most points that are searched for …
const QUERY_POINTS: usize = 400;
/// … and that they are laid on: more would cost time and not change where.
const CHAIN_POINTS: usize = 3_000;
/// Earlier ways that are searched each time.
const CHAINS: usize = 2;
/// Keyframes within this many metres, and how far the estimate may be off, may have seen the same.
const SIGHT: f64 = 3.0;
/// How far the estimate may be off at first, and for each metre of way, in metres.
const DRIFT: (f64, f64) = (0.1, 0.02);
/// Furthest that the estimate may be off, in metres.
const MAX_DRIFT: f64 = 4.0;
/// How far the heading may be off at first, and for each metre of way, in radians.
const TURN_DRIFT: (f64, f64) = (0.05, 0.004);
/// Furthest that the heading may be off, in radians.
const MAX_TURN_DRIFT: f64 = 0.5;
/// Above this drift a closing needs a search, in metres: nearer, the surfaces pull by themselves.
const PULL: f64 = 0.4;
/// Surfaces this far away still pull, in metres.
const REFINE_REACH: f64 = 0.4;
/// A way is closed if this part of the latest points lies on earlier surfaces …
const MIN_SHARE: f64 = 0.55;
/// … and this much more of them than at any other place.
const MIN_LEAD: f64 = 0.1;
/// Corrections above these metres and radians need a second search that says the same …
const SMALL: (f64, f64) = (0.3, 0.05);
/// … within these metres and radians …
const AGREED: (f64, f64) = (0.3, 0.06);
/// … and within this many metres of way.
const AGREED_WITHIN: f64 = 6.0;

/// A closing that waits for another one to say the same.
#[derive(Clone, Copy)]
pub(super) struct Hypothesis {
    edge: Edge,
    travelled: f64,
}

impl Localizer {
    /// Searches for the latest surfaces in those of earlier ways near here, and corrects all poses if they are there.
    pub(super) fn close_loops(&mut self) {
        if self.travelled - self.searched < SEARCH_EVERY {
            return;
        }
        self.searched = self.travelled;
        let here = self.keyframes.len().saturating_sub(1);
        let edges: Vec<Edge> = self
            .earlier_ways(here)
            .into_iter()
            .filter_map(|(there, way)| self.search(here, there, way))
            .collect();
        let mut closed = false;
        for edge in edges {
            closed |= self.accept(edge);
        }
        if closed {
            self.graph.optimise();
            self.pose = self.graph.pose(here);
            self.redraw();
        }
    }

    /// The nearest keyframe of each earlier way near here, with the metres over the graph to it.
    fn earlier_ways(&self, here: usize) -> Vec<(usize, f64)> {
        let ways = self.graph.ways_from(here);
        let pose = self.graph.pose(here);
        let near = |(there, way): (usize, &f64)| {
            let metres = pose.distance(&self.graph.pose(there));
            (*way > LEFT && metres < SIGHT + drift(*way)).then_some((metres, there, *way))
        };
        let mut near: Vec<_> = ways.iter().enumerate().filter_map(near).collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut found: Vec<(usize, f64)> = Vec::new();
        for (_, there, way) in near {
            let other_way = |(other, _): &(usize, f64)| !self.is_one_way(*other, there);
            if found.len() < CHAINS && found.iter().all(other_way) {
                found.push((there, way));
            }
        }
        found
    }

    fn is_one_way(&self, a: usize, b: usize) -> bool {
        let travelled = |keyframe: usize| {
            self.keyframes
                .get(keyframe)
                .map_or(0.0, |keyframe| keyframe.travelled)
        };
        (travelled(a) - travelled(b)).abs() <= CHAIN_METRES
    }

    /// Where the surfaces of an earlier way put those of the latest, if that is certain.
    fn search(&self, here: usize, there: usize, way: f64) -> Option<Edge> {
        let latest: Vec<usize> = self.recent(QUERY_METRES).take(LOCAL_KEYFRAMES).collect();
        let oldest = latest.last().copied().unwrap_or(here);
        let query: Vec<_> = latest
            .iter()
            .flat_map(|keyframe| self.points_of(*keyframe, self.graph.pose(here)))
            .collect();
        let chain = (0..oldest).filter(|keyframe| self.is_one_way(*keyframe, there));
        let chain: Vec<_> = chain
            .flat_map(|keyframe| self.points_of(keyframe, self.graph.pose(there)))
            .collect();
        let guess = self.graph.relative(there, here);
        let found = lay(
            &thinned(&query, QUERY_POINTS),
            &thinned(&chain, CHAIN_POINTS),
            guess,
            way,
        )?;
        Some(Edge {
            from: there,
            to: here,
            measured: found.pose,
            information: found.information,
        })
    }

    /// Adds an edge if it changes little, or if an earlier one says the same.
    fn accept(&mut self, edge: Edge) -> bool {
        let now = self.graph.relative(edge.from, edge.to);
        let correction = edge.measured.relative(&now);
        if is_within(&correction, SMALL) {
            self.graph.edges.push(edge);
            return true;
        }
        let hypothesis = Hypothesis {
            edge,
            travelled: self.travelled,
        };
        let Some(earlier) = self.hypothesis.replace(hypothesis) else {
            return false;
        };
        let is_recent = self.travelled - earlier.travelled <= AGREED_WITHIN;
        if earlier.edge.to == edge.to || !is_recent || !self.agree(&earlier.edge, &edge) {
            return false;
        }
        self.graph.edges.extend([earlier.edge, edge]);
        self.hypothesis = None;
        true
    }

    /// Whether two edges put the latest keyframes at the same place.
    fn agree(&self, a: &Edge, b: &Edge) -> bool {
        let there = self.graph.relative(b.from, a.from);
        let here = self.graph.relative(a.to, b.to);
        let by_a = there.compose(&a.measured).compose(&here);
        is_within(&by_a.relative(&b.measured), AGREED)
    }
}

fn drift(way: f64) -> f64 {
    (DRIFT.0 + DRIFT.1 * way).min(MAX_DRIFT)
}

fn is_within(pose: &Pose, (metres, radians): (f64, f64)) -> bool {
    pose.x.hypot(pose.y) <= metres && pose.theta.abs() <= radians
}

/// Where the query lies on a chain, if one place is better than all others.
fn lay(query: &[SurfacePoint], chain: &[SurfacePoint], guess: Pose, way: f64) -> Option<Registration> {
    let surface = Surface::new(chain);
    let mut starts = vec![guess];
    if drift(way) > PULL {
        let turn = (TURN_DRIFT.0 + TURN_DRIFT.1 * way).min(MAX_TURN_DRIFT);
        starts.extend(correlated(query, chain, guess, (drift(way), turn)));
    }
    let laid = starts
        .iter()
        .filter_map(|start| register(&surface, query, *start, REFINE_REACH));
    let mut laid: Vec<Registration> = laid.collect();
    laid.sort_by(|a, b| b.share.total_cmp(&a.share));
    let best = *laid.first()?;
    let other = laid
        .iter()
        .find(|other| !is_within(&best.pose.relative(&other.pose), AGREED));
    let lead = best.share - other.map_or(0.0, |other| other.share);
    (best.share >= MIN_SHARE && lead >= MIN_LEAD).then_some(best)
}

/// The places within the drift where the query agrees best with a chain.
fn correlated(query: &[SurfacePoint], chain: &[SurfacePoint], guess: Pose, reach: (f64, f64)) -> Vec<Pose> {
    let Some(field) = Field::of_points(chain.iter().map(SurfacePoint::place)) else {
        return Vec::new();
    };
    let points: Vec<_> = query.iter().map(SurfacePoint::place).collect();
    best_poses(&field, &points, &Window::within(guess, reach.0, reach.1))
}

/// At most so many of the points, evenly taken.
fn thinned(points: &[SurfacePoint], most: usize) -> Vec<SurfacePoint> {
    let step = points.len().div_ceil(most).max(1);
    points.iter().copied().step_by(step).collect()
}
