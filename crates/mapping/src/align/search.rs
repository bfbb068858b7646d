//! Branch and bound over places and headings (Hess et al. 2016), on Olson's pyramid of maxima (2009).

use std::collections::BinaryHeap;
use std::f64::consts::{PI, TAU};

use crate::pose::Pose;
use crate::tile::{CELL_METRES, CellIndex};

use super::field::{Field, LEVELS};
use super::{LOCAL_REACH_METRES, LOCAL_REACH_RADIANS};

/// Obstacle points that the search uses; more would not change which place is best.
const SEARCH_POINTS: usize = 400;
/// Candidates that differ by less than this are one, in metres and radians.
const APART: (f64, f64) = (0.4, 10.0 * PI / 180.0);
/// How many candidates are handed on for refinement.
const CANDIDATES: usize = 6;
/// Steps of the search before it gives up: bounds the time that a featureless map can take.
const MAX_STEPS: usize = 2_000_000;

/// The places and headings to look at: the run's origin moves over `cells`, around the middle of its points.
pub(crate) struct Window {
    /// Smallest and largest position of the run's centre.
    low: (f64, f64),
    high: (f64, f64),
    headings: Vec<f64>,
    /// The point of the run that the positions are of.
    centre: (f64, f64),
}

impl Window {
    /// The surroundings of a guess, in steps of half a degree.
    pub(super) fn around(guess: Pose) -> Self {
        Self::within(guess, LOCAL_REACH_METRES, LOCAL_REACH_RADIANS)
    }

    /// What is at most so many metres along each axis and radians from a guess, in steps of half a degree.
    pub(crate) fn within(guess: Pose, metres: f64, radians: f64) -> Self {
        let step = PI / 360.0;
        let count = (radians / step).round() as i32;
        Self {
            low: (guess.x - metres, guess.y - metres),
            high: (guess.x + metres, guess.y + metres),
            headings: (-count..=count)
                .map(|i| guess.theta + f64::from(i) * step)
                .collect(),
            centre: (0.0, 0.0),
        }
    }

    /// Every heading in steps of a degree, and every place for the middle of the points that is on the map.
    pub(super) fn anywhere(field: &Field, points: &[(f64, f64)]) -> Self {
        let bounds = field.distance();
        let CellIndex { x, y } = bounds.origin();
        let (right, top) = (x + bounds.width() as i32, y + bounds.height() as i32);
        Self {
            low: (f64::from(x) * CELL_METRES, f64::from(y) * CELL_METRES),
            high: (f64::from(right) * CELL_METRES, f64::from(top) * CELL_METRES),
            headings: (0..360).map(|degree| f64::from(degree) * TAU / 360.0).collect(),
            centre: middle(points),
        }
    }
}

/// A square of 2^level × 2^level shifts at one heading, ordered by the best that any of them can score.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Node {
    bound: u32,
    finest_first: usize,
    heading: usize,
    shift: (i32, i32),
}

impl Node {
    fn level(&self) -> usize {
        (LEVELS - 1).saturating_sub(self.finest_first)
    }
}

/// The best poses of the window, apart from each other, the best first.
pub(crate) fn best_poses(field: &Field, points: &[(f64, f64)], window: &Window) -> Vec<Pose> {
    let points = thinned(points);
    let turned: Vec<Vec<CellIndex>> = window
        .headings
        .iter()
        .map(|heading| turn(&points, window.centre, *heading))
        .collect();
    let low = CellIndex::of_metres(window.low.0, window.low.1);
    let high = CellIndex::of_metres(window.high.0, window.high.1);
    let score = |heading: usize, level: usize, shift: (i32, i32)| -> u32 {
        let cells = turned.get(heading).map(Vec::as_slice).unwrap_or_default();
        cells
            .iter()
            .map(|cell| field.agreement(level, cell.offset(shift.0, shift.1)))
            .sum()
    };
    let mut open = roots(low, high, turned.len(), &score);
    let mut found: Vec<Pose> = Vec::new();
    for _ in 0..MAX_STEPS {
        let Some(node) = open.pop().filter(|_| found.len() < CANDIDATES) else {
            break;
        };
        if node.level() == 0 {
            let pose = pose_of(window, &node);
            if found.iter().all(|other| are_apart(other, &pose)) {
                found.push(pose);
            }
            continue;
        }
        let (level, half) = (node.level() - 1, 1 << (node.level() - 1));
        for (dx, dy) in [(0, 0), (half, 0), (0, half), (half, half)] {
            let shift = (node.shift.0 + dx, node.shift.1 + dy);
            if shift.0 <= high.x && shift.1 <= high.y {
                let bound = score(node.heading, level, shift);
                open.push(Node {
                    bound,
                    finest_first: LEVELS - 1 - level,
                    heading: node.heading,
                    shift,
                });
            }
        }
    }
    found
}

/// The coarsest nodes, which cover the window.
fn roots(
    low: CellIndex,
    high: CellIndex,
    headings: usize,
    score: &impl Fn(usize, usize, (i32, i32)) -> u32,
) -> BinaryHeap<Node> {
    let level = LEVELS - 1;
    let side = 1usize << level;
    let shifts = (low.x..=high.x)
        .step_by(side)
        .flat_map(|x| (low.y..=high.y).step_by(side).map(move |y| (x, y)));
    let nodes = shifts.flat_map(|shift| (0..headings).map(move |heading| (heading, shift)));
    nodes
        .map(|(heading, shift)| Node {
            bound: score(heading, level, shift),
            finest_first: 0,
            heading,
            shift,
        })
        .collect()
}

/// The pose that puts the run's centre into the middle of the node's cell.
fn pose_of(window: &Window, node: &Node) -> Pose {
    let heading = window.headings.get(node.heading).copied().unwrap_or(0.0);
    let centre = CellIndex::new(node.shift.0, node.shift.1).centre_metres();
    let (x, y) = Pose::new(0.0, 0.0, heading).transform(window.centre);
    Pose::new(centre.0 - x, centre.1 - y, heading)
}

fn are_apart(a: &Pose, b: &Pose) -> bool {
    a.distance(b) > APART.0 || a.relative(b).theta.abs() > APART.1
}

/// The cells of the points turned around `centre`, for the centre in the middle of cell (0, 0).
fn turn(points: &[(f64, f64)], centre: (f64, f64), heading: f64) -> Vec<CellIndex> {
    let turn = Pose::new(0.5 * CELL_METRES, 0.5 * CELL_METRES, heading);
    let cells = points
        .iter()
        .map(|(x, y)| turn.transform((x - centre.0, y - centre.1)));
    cells.map(|(x, y)| CellIndex::of_metres(x, y)).collect()
}

/// At most [`SEARCH_POINTS`] of the points, evenly taken.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let step = points.len().div_ceil(SEARCH_POINTS).max(1);
    points.iter().copied().step_by(step).collect()
}

fn middle(points: &[(f64, f64)]) -> (f64, f64) {
    let count = points.len().max(1) as f64;
    let (x, y) = points
        .iter()
        .fold((0.0, 0.0), |(x, y), point| (x + point.0, y + point.1));
    (x / count, y / count)
}
