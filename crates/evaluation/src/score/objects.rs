//! Things that were found, matched one to one with those that are there.

use std::collections::BTreeSet;

use geo::{ConvexHull, Intersects, MultiPoint, Point};
use mapping::CellIndex;
use serde_json::{Value, json};

use crate::score::{f1, ratio};

/// Two things are the same if they share this much of the cells that either has …
const SAME_OVERLAP: f64 = 0.3;
/// … or if their centres are less than this many cells apart: 20 cm.
const SAME_CENTRE: f64 = 4.0;

/// The cells of one thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CellSet {
    cells: BTreeSet<CellIndex>,
}

impl CellSet {
    /// The cells whose centres lie in the convex hull of the centres of `cells`.
    pub(crate) fn hull_of(cells: &[CellIndex]) -> Self {
        let point = |cell: &CellIndex| Point::new(f64::from(cell.x), f64::from(cell.y));
        let hull = cells.iter().map(point).collect::<MultiPoint<f64>>().convex_hull();
        let [xs, ys] = [|cell: &CellIndex| cell.x, |cell: &CellIndex| cell.y].map(|axis| extent(cells, axis));
        let around = ys.flat_map(|y| xs.clone().map(move |x| CellIndex::new(x, y)));
        let inside = around.filter(|cell| hull.intersects(&point(cell)));
        Self {
            cells: inside.chain(cells.iter().copied()).collect(),
        }
    }

    /// All its cells.
    pub(crate) fn cells(&self) -> impl Iterator<Item = CellIndex> {
        self.cells.iter().copied()
    }

    /// Whether any cell passes a test.
    pub(crate) fn any(&self, test: impl Fn(CellIndex) -> bool) -> bool {
        self.cells.iter().any(|cell| test(*cell))
    }

    fn centre(&self) -> (f64, f64) {
        let count = self.cells.len() as f64;
        let sum = |axis: fn(&CellIndex) -> i32| self.cells.iter().map(axis).map(f64::from).sum::<f64>();
        (ratio(sum(|cell| cell.x), count), ratio(sum(|cell| cell.y), count))
    }

    /// Cells of both over cells of either.
    fn overlap(&self, other: &Self) -> f64 {
        let common = self.cells.intersection(&other.cells).count();
        ratio(
            common as f64,
            (self.cells.len() + other.cells.len() - common) as f64,
        )
    }

    fn is_same(&self, other: &Self) -> bool {
        let (a, b) = (self.centre(), other.centre());
        (a.0 - b.0).hypot(a.1 - b.1) < SAME_CENTRE || self.overlap(other) >= SAME_OVERLAP
    }
}

impl FromIterator<CellIndex> for CellSet {
    fn from_iter<I: IntoIterator<Item = CellIndex>>(cells: I) -> Self {
        Self {
            cells: cells.into_iter().collect(),
        }
    }
}

fn extent(cells: &[CellIndex], axis: fn(&CellIndex) -> i32) -> std::ops::RangeInclusive<i32> {
    let low = cells.iter().map(axis).min().unwrap_or(0);
    low..=cells.iter().map(axis).max().unwrap_or(low - 1)
}

/// Numbers of things, pooled over homes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ObjectScore {
    pub(crate) truth: usize,
    pub(crate) found: usize,
    pub(crate) matched: usize,
}

impl ObjectScore {
    pub(crate) fn add(&mut self, other: Self) {
        self.truth += other.truth;
        self.found += other.found;
        self.matched += other.matched;
    }

    pub(crate) fn figures(&self) -> Value {
        let precision = ratio(self.matched as f64, self.found as f64);
        let recall = ratio(self.matched as f64, self.truth as f64);
        json!({
            "f1": f1(precision, recall),
            "precision": precision,
            "recall": recall,
            "truth": self.truth,
            "found": self.found,
        })
    }
}

/// Matches as many things as possible one to one (augmenting paths, Kuhn 1955).
pub(crate) fn match_objects(truth: &[CellSet], found: &[CellSet]) -> ObjectScore {
    let same: Vec<Vec<usize>> = truth
        .iter()
        .map(|thing| {
            let others = found.iter().enumerate();
            others
                .filter(|(_, other)| thing.is_same(other))
                .map(|(i, _)| i)
                .collect()
        })
        .collect();
    let mut owners = vec![None; found.len()];
    let matched = (0..truth.len())
        .filter(|thing| augment(*thing, &same, &mut owners, &mut vec![false; found.len()]))
        .count();
    ObjectScore {
        truth: truth.len(),
        found: found.len(),
        matched,
    }
}

/// Finds a partner for `thing`, moving others to partners of their own where that helps.
fn augment(thing: usize, same: &[Vec<usize>], owners: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    for other in same.get(thing).into_iter().flatten() {
        if tried.get(*other) != Some(&false) {
            continue;
        }
        if let Some(tried) = tried.get_mut(*other) {
            *tried = true;
        }
        let owner = owners.get(*other).copied().flatten();
        if owner.is_none_or(|owner| augment(owner, same, owners, tried)) {
            if let Some(place) = owners.get_mut(*other) {
                *place = Some(thing);
            }
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: i32, y: i32, side: i32) -> CellSet {
        (0..side)
            .flat_map(|dy| (0..side).map(move |dx| CellIndex::new(x + dx, y + dy)))
            .collect()
    }

    #[test]
    fn a_hull_is_filled() {
        let legs = [(0, 0), (8, 0), (0, 8), (8, 8)].map(|(x, y)| CellIndex::new(x, y));
        assert_eq!(CellSet::hull_of(&legs), square(0, 0, 9));
        assert_eq!(CellSet::hull_of(&legs[..1]), square(0, 0, 1));
        assert_eq!(CellSet::hull_of(&[]), CellSet::default());
    }

    #[test]
    fn overlap_or_a_near_centre_makes_two_things_one() {
        assert!(square(0, 0, 10).is_same(&square(5, 0, 10)));
        assert!(!square(0, 0, 10).is_same(&square(6, 0, 10)));
        assert!(square(0, 0, 2).is_same(&square(3, 0, 2)));
        assert!(!square(0, 0, 2).is_same(&square(4, 0, 2)));
    }

    #[test]
    fn each_thing_is_matched_once_and_as_many_as_can_be() {
        // The middle one could be either; taking the wrong one first must not leave the other alone.
        let truth = [square(3, 0, 10), square(0, 0, 10)];
        let found = [square(0, 0, 10), square(8, 0, 10)];
        let score = match_objects(&truth, &found);
        assert_eq!(score.matched, 2);
        let score = match_objects(&truth[..1], &[square(3, 0, 10), square(3, 0, 9)]);
        assert_eq!((score.truth, score.found, score.matched), (1, 2, 1));
    }
}
