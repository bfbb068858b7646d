//! Drives strokes one after the other, the nearest next.

use std::collections::HashMap;

use geo::{LineString, Simplify};

use crate::grid::Grid;
use crate::ray::cells_on_ray;
use crate::tile::CELL_METRES;

use super::brush::Brush;
use super::space::Space;
use super::strokes::{Lanes, Stroke, lanes, lap};

/// Positions of a path in metres.
pub(super) type Path = Vec<(f64, f64)>;

/// How far a stroke may be straightened, in metres.
const STROKE_TOLERANCE: f64 = 0.03;
/// A spot that would be covered by a detour is worth it from this many cells on.
const MIN_SPOT_CELLS: usize = 24;
/// A stroke is driven if at least this share of what the tool touches on it is still to be covered.
const MIN_USEFUL_SHARE: f64 = 0.12;
/// How far ahead a transit is straightened, in cells.
const LOOK_AHEAD: usize = 80;
/// Path that a cell left out is worth avoiding with, in metres: 12 m for each square metre.
const METRES_PER_MISSED_CELL: f64 = 12.0 * CELL_METRES * CELL_METRES;

/// A robot underway: where it is, where it was, and what it has covered.
#[derive(Clone)]
pub(super) struct Drive<'s> {
    space: &'s Space,
    brush: Brush,
    tool: f64,
    here: usize,
    path: Path,
}

impl<'s> Drive<'s> {
    /// Starts next to the dock, or where a path that was driven before has ended.
    pub(super) fn new(space: &'s Space, tool: f64, driven: &[(f64, f64)]) -> Self {
        let mut brush = Brush::new(space.centre(), tool);
        brush.cover(driven);
        let here = driven.last().map_or(space.start(), |end| space.nearest(*end));
        Self {
            space,
            brush,
            tool,
            here,
            path: vec![position(space, here)],
        }
    }

    /// The cell that the robot is in.
    pub(super) fn here(&self) -> usize {
        self.here
    }

    /// Puts the robot elsewhere.
    pub(super) fn jump(&mut self, slot: usize) {
        self.here = slot;
    }

    /// How many cells of a room are still to be covered.
    pub(super) fn left_in(&self, room: &Grid<bool>) -> usize {
        self.brush.left_in(room)
    }

    /// Covers a room in the best of a few ways, with the way to `next`, and gives the path, from where the robot was.
    pub(super) fn cover_room(&mut self, room: &Grid<bool>, next: usize) -> Path {
        self.path = vec![position(self.space, self.here)];
        self.drive_all(lap(self.space, room));
        let driven = [Lanes::AlongX, Lanes::AlongY].map(|way| {
            let mut drive = self.clone();
            drive.drive_all(self.best_lanes(room, way));
            drive.touch_up(room);
            drive
        });
        if let Some(best) = driven
            .into_iter()
            .min_by(|a, b| a.cost(room, next).total_cmp(&b.cost(room, next)))
        {
            *self = best;
        }
        std::mem::take(&mut self.path)
    }

    /// The lanes one way whose distance from the edge of the room costs least.
    fn best_lanes(&self, room: &Grid<bool>, way: Lanes) -> Vec<Stroke> {
        let spacing = (self.tool / CELL_METRES).round() as usize;
        let choices = (0..spacing.max(1)).map(|phase| {
            let mut strokes = lanes(room, &self.brush, self.tool, way, phase);
            strokes.retain(|stroke| self.is_useful(stroke));
            let mut brush = self.brush.clone();
            strokes.iter().for_each(|stroke| brush.cover_cells(stroke));
            let metres = strokes
                .iter()
                .map(|stroke| (stroke.len() + spacing) as f64 * CELL_METRES)
                .sum::<f64>();
            (
                metres + brush.left_in(room) as f64 * METRES_PER_MISSED_CELL,
                strokes,
            )
        });
        choices
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, strokes)| strokes)
            .unwrap_or_default()
    }

    /// Goes back to the dock and gives the path.
    pub(super) fn go_home(&mut self) -> Path {
        self.drive_to(self.space.start())
    }

    /// Goes to a cell and gives the path.
    pub(super) fn drive_to(&mut self, goal: usize) -> Path {
        self.path = vec![position(self.space, self.here)];
        self.go_to(|slot| slot == goal);
        std::mem::take(&mut self.path)
    }

    fn cost(&self, room: &Grid<bool>, next: usize) -> f64 {
        let on = self.space.distances(self.here, &[next]).into_iter().sum::<f64>();
        on + length(&self.path) + self.left_in(room) as f64 * METRES_PER_MISSED_CELL
    }

    /// Drives every stroke that still covers something, the nearest end next.
    fn drive_all(&mut self, mut strokes: Vec<Stroke>) {
        loop {
            strokes.retain(|stroke| self.is_useful(stroke));
            let entries = self.entries(&strokes);
            let entry = |slot: usize| entries.get(&slot).copied();
            if !self.go_to(|slot| entry(slot).is_some()) {
                return;
            }
            let Some((number, place)) = entry(self.here).filter(|(number, _)| *number < strokes.len()) else {
                return;
            };
            self.drive(strokes.swap_remove(number), place);
        }
    }

    /// The cells that strokes can be begun at: either end, or any cell of a loop; with the stroke and the place in it.
    fn entries(&self, strokes: &[Stroke]) -> HashMap<usize, (usize, usize)> {
        let numbered = strokes.iter().enumerate();
        let entries = numbered.flat_map(|(number, stroke)| {
            let (last, is_loop) = (stroke.len().saturating_sub(1), is_loop(self.space, stroke));
            let places = stroke
                .iter()
                .enumerate()
                .filter(move |(place, _)| *place == 0 || *place == last || is_loop);
            places.map(move |(place, slot)| (*slot, (number, place)))
        });
        entries.collect()
    }

    fn is_useful(&self, stroke: &Stroke) -> bool {
        self.brush.share_left(stroke) >= MIN_USEFUL_SHARE
    }

    /// Drives a stroke from one of its cells on: a loop once around, any other from end to end.
    fn drive(&mut self, mut stroke: Stroke, place: usize) {
        if place + 1 == stroke.len() {
            stroke.reverse();
        } else {
            stroke.rotate_left(place);
            stroke.extend((place > 0).then(|| stroke.first().copied()).flatten());
        }
        let line: LineString<f64> = stroke.iter().map(|slot| position(self.space, *slot)).collect();
        let points = line
            .simplify(STROKE_TOLERANCE)
            .0
            .into_iter()
            .map(|point| (point.x, point.y))
            .collect();
        self.here = stroke.last().copied().unwrap_or(self.here);
        self.append(points);
    }

    /// Goes to the nearest goal by the cheapest way; whether there is one.
    fn go_to(&mut self, is_goal: impl Fn(usize) -> bool) -> bool {
        let Some(way) = self.space.way(self.here, is_goal) else {
            return false;
        };
        self.follow(&way);
        true
    }

    fn follow(&mut self, way: &[usize]) {
        self.here = way.last().copied().unwrap_or(self.here);
        self.append(straightened(self.space, way));
    }

    /// Visits what strokes have left out, as long as it is worth the way.
    fn touch_up(&mut self, room: &Grid<bool>) {
        let is_worth_it = |drive: &Self, slot: usize| {
            room.cells().get(slot) == Some(&true) && drive.brush.gain(slot) >= MIN_SPOT_CELLS
        };
        while let Some(way) = self.space.way(self.here, |slot| is_worth_it(self, slot)) {
            self.follow(&way);
            let spot = position(self.space, self.here);
            self.brush.cover(&[spot, spot]);
        }
    }

    fn append(&mut self, points: Path) {
        let from = self.path.last().copied();
        let line: Path = from.into_iter().chain(points).collect();
        self.brush.cover(&line);
        self.path.extend(line.into_iter().skip(1));
    }
}

/// Metres along a path.
pub(super) fn length(path: &[(f64, f64)]) -> f64 {
    path.iter()
        .zip(path.iter().skip(1))
        .map(|(a, b)| (a.0 - b.0).hypot(a.1 - b.1))
        .sum()
}

fn position(space: &Space, slot: usize) -> (f64, f64) {
    space.centre().cell(slot).centre_metres()
}

/// Whether a stroke ends where it begins.
fn is_loop(space: &Space, stroke: &Stroke) -> bool {
    let ends = stroke
        .first()
        .zip(stroke.last())
        .map(|(a, b)| (space.centre().cell(*a), space.centre().cell(*b)));
    stroke.len() > 8 && ends.is_some_and(|(a, b)| a.x.abs_diff(b.x) <= 2 && a.y.abs_diff(b.y) <= 2)
}

/// A way from cell to cell as few straight lines that stay where the robot's centre can be.
fn straightened(space: &Space, way: &[usize]) -> Path {
    let is_clear = |from: (f64, f64), to: (f64, f64)| {
        cells_on_ray(from, to).all(|cell| space.centre().get(cell) == Some(true))
    };
    let points: Path = way.iter().map(|slot| position(space, *slot)).collect();
    let mut straight = Path::new();
    let mut here = 0;
    while let Some(from) = points.get(here).copied().filter(|_| here + 1 < points.len()) {
        let far = (here + 1..points.len()).take(LOOK_AHEAD);
        let next = far
            .rev()
            .find(|next| points.get(*next).is_some_and(|to| is_clear(from, *to)))
            .unwrap_or(here + 1);
        straight.extend(points.get(next));
        here = next;
    }
    straight
}
