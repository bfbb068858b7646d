//! Precision and recall of one class over the cells of homes.

use mapping::{CellClass, Grid};
use serde_json::{Value, json};

use crate::score::{f1, ratio};
use crate::sim::{Mask, near};

/// Cells that were seen and lie within one cell of what is not permanent: the same for every classifier.
pub(crate) fn scored_cells(truth: &Grid<CellClass>, seen: &Mask) -> Mask {
    let surface = near(&truth.map(|class| class != CellClass::Permanent));
    both(&surface, seen)
}

/// Counts of one class, pooled over homes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CellScore {
    /// Scored cells that are of the class.
    truth: usize,
    /// Scored cells that were called so.
    found: usize,
    /// Of those, the ones that are so, or are within one cell of one that is.
    right: usize,
    right_near: usize,
    /// Scored cells of the class that were called so, or are within one cell of one that was.
    met: usize,
    met_near: usize,
}

impl CellScore {
    /// Counts one home: unknown cells were not called anything, so they are misses.
    pub(crate) fn of(
        class: CellClass,
        truth: &Grid<CellClass>,
        found: &Grid<CellClass>,
        scored: &Mask,
    ) -> Self {
        let is_true = truth.map(|cell| cell == class);
        let is_found = both(&found.map(|cell| cell == class), scored);
        let (near_true, near_found) = (near(&is_true), near(&is_found));
        let counted = both(&is_true, scored);
        Self {
            truth: count(&counted),
            found: count(&is_found),
            right: count(&both(&is_found, &is_true)),
            right_near: count(&both(&is_found, &near_true)),
            met: count(&both(&counted, &is_found)),
            met_near: count(&both(&counted, &near_found)),
        }
    }

    /// Adds another home's counts.
    pub(crate) fn add(&mut self, other: Self) {
        self.truth += other.truth;
        self.found += other.found;
        self.right += other.right;
        self.right_near += other.right_near;
        self.met += other.met;
        self.met_near += other.met_near;
    }

    /// Precision, recall and F1, strict and with one cell's tolerance.
    pub(crate) fn figures(&self) -> Value {
        let share = |part: usize, whole: usize| ratio(part as f64, whole as f64);
        let (precision, recall) = (share(self.right, self.found), share(self.met, self.truth));
        let near = (
            share(self.right_near, self.found),
            share(self.met_near, self.truth),
        );
        json!({
            "f1": f1(precision, recall),
            "f1_tolerant": f1(near.0, near.1),
            "precision": precision,
            "recall": recall,
            "precision_tolerant": near.0,
            "recall_tolerant": near.1,
            "cells": self.truth,
        })
    }
}

/// The cells of both sets.
fn both(set: &Mask, other: &Mask) -> Mask {
    let mut common = set.clone();
    for (cell, _) in set.iter().filter(|(_, inside)| *inside) {
        common.set(cell, other.get(cell) == Some(true));
    }
    common
}

fn count(set: &Mask) -> usize {
    set.cells().iter().filter(|inside| **inside).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mapping::CellIndex;

    /// A row of classes: `.` free, `m` movable, `#` permanent, anything else unknown.
    fn row(cells: &str) -> Grid<CellClass> {
        let class = |letter| match letter {
            '.' => CellClass::Free,
            'm' => CellClass::Movable,
            '#' => CellClass::Permanent,
            _ => CellClass::Unknown,
        };
        let cells: Vec<_> = cells.chars().map(class).collect();
        Grid::from_cells(CellIndex::new(0, 0), cells.len(), 1, cells).unwrap()
    }

    fn score(class: CellClass, truth: &str, found: &str) -> CellScore {
        let (truth, found) = (row(truth), row(found));
        let seen = truth.map(|_| true);
        CellScore::of(class, &truth, &found, &scored_cells(&truth, &seen))
    }

    #[test]
    fn only_the_surface_of_what_is_permanent_is_scored() {
        let score = score(CellClass::Permanent, "###..", "###..");
        assert_eq!((score.truth, score.found, score.right, score.met), (1, 1, 1, 1));
    }

    #[test]
    fn a_thing_one_cell_off_is_right_only_with_tolerance() {
        let score = score(CellClass::Movable, "....mm....", ".....mm...");
        assert_eq!((score.truth, score.found), (2, 2));
        assert_eq!((score.right, score.met), (1, 1));
        assert_eq!((score.right_near, score.met_near), (2, 2));
        let figures = score.figures();
        assert_eq!(figures["f1"], 0.5);
        assert_eq!(figures["f1_tolerant"], 1.0);
    }

    #[test]
    fn unknown_is_a_miss() {
        let score = score(CellClass::Free, "....", "..??");
        assert_eq!(score.figures()["precision"], 1.0);
        assert_eq!(score.figures()["recall"], 0.5);
    }

    #[test]
    fn cells_that_no_run_saw_do_not_count() {
        let (truth, found) = (row("mmmm"), row("mm??"));
        let seen = truth.map(|_| false);
        let score = CellScore::of(CellClass::Movable, &truth, &found, &scored_cells(&truth, &seen));
        assert_eq!(score, CellScore::default());
    }
}
