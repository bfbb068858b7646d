//! The strokes that cover one room: a lap along its walls and lanes over the rest.

use crate::grid::Grid;
use crate::tile::CELL_METRES;

use super::brush::Brush;
use super::space::Space;

/// Shorter strokes are left to the touch-up, in cells.
const MIN_STROKE_CELLS: usize = 3;
/// How much earlier a lane ends than what it covers, in cells: the tool reaches ahead.
const END_CELLS: usize = 2;
/// Covered stretches longer than this end a lane, in cells.
const MAX_IDLE_CELLS: usize = 5;

/// Cells next to each other that are driven along from either end.
pub(super) type Stroke = Vec<usize>;

/// Which way lanes run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lanes {
    AlongX,
    AlongY,
}

/// The lap along everything that borders the room.
pub(super) fn lap(space: &Space, room: &Grid<bool>) -> Vec<Stroke> {
    let is_inside = |slot: usize| room.cells().get(slot) == Some(&true);
    let is_rim = |slot: usize| {
        space
            .centre()
            .neighbours::<4>(slot)
            .any(|near| !space.is_reachable(near))
    };
    let mut left: Vec<bool> = (0..room.cells().len())
        .map(|slot| is_inside(slot) && is_rim(slot))
        .collect();
    let mut strokes = Vec::new();
    for start in 0..left.len() {
        if left.get(start) == Some(&true) {
            // From the middle of a rim it goes on both ways.
            let mut stroke = follow(room, &mut left, start);
            let back = follow(room, &mut left, start);
            stroke.reverse();
            stroke.extend(back.into_iter().skip(1));
            strokes.push(stroke);
        }
    }
    strokes.retain(|stroke| stroke.len() >= MIN_STROKE_CELLS);
    strokes
}

/// Goes from rim cell to rim cell, straight on where it can, taking them out of `left`.
fn follow(room: &Grid<bool>, left: &mut [bool], start: usize) -> Stroke {
    let mut stroke = vec![start];
    let mut here = start;
    let mut ahead = 0i64;
    left.get_mut(start).into_iter().for_each(|cell| *cell = false);
    loop {
        let next = room
            .neighbours::<8>(here)
            .filter(|near| left.get(*near) == Some(&true));
        let Some(next) = next.min_by_key(|near| (*near as i64 - here as i64 - ahead).unsigned_abs()) else {
            return stroke;
        };
        left.get_mut(next).into_iter().for_each(|cell| *cell = false);
        ahead = next as i64 - here as i64;
        stroke.push(next);
        here = next;
    }
}

/// Lanes one tool width apart over what the brush has left of the room, the first `phase` cells from the grid's edge.
pub(super) fn lanes(room: &Grid<bool>, brush: &Brush, width: f64, lanes: Lanes, phase: usize) -> Vec<Stroke> {
    let spacing = ((width / CELL_METRES).round() as usize).max(1);
    let (across, along) = match lanes {
        Lanes::AlongX => (room.height(), room.width()),
        Lanes::AlongY => (room.width(), room.height()),
    };
    let slot = |line: usize, place: usize| match lanes {
        Lanes::AlongX => line * room.width() + place,
        Lanes::AlongY => place * room.width() + line,
    };
    let mut strokes = Vec::new();
    for line in (phase..across).step_by(spacing) {
        let low = line.saturating_sub(spacing / 2);
        let high = (line + spacing / 2).min(across.saturating_sub(1));
        let is_dirty = |place: usize| (low..=high).any(|beside| brush.is_left(slot(beside, place)));
        let cells = (0..along).map(|place| (slot(line, place), place));
        let inside =
            cells.map(|(cell, place)| (cell, room.cells().get(cell) == Some(&true), is_dirty(place)));
        strokes.extend(stretches(inside));
    }
    strokes
}

/// The stretches of a line that are inside, each from its first to its last dirty cell.
fn stretches(line: impl Iterator<Item = (usize, bool, bool)>) -> Vec<Stroke> {
    let mut strokes = Vec::new();
    let mut stroke = Stroke::new();
    let mut useful = 0;
    for (cell, is_inside, is_dirty) in line {
        if is_inside && (is_dirty || !stroke.is_empty()) {
            stroke.push(cell);
            useful = if is_dirty { stroke.len() } else { useful };
        }
        if !is_inside || stroke.len() > useful + MAX_IDLE_CELLS {
            finish(&mut strokes, &mut stroke, useful);
        }
    }
    finish(&mut strokes, &mut stroke, useful);
    strokes
}

/// Ends a stroke at its last useful cell, less what the tool covers from before either end.
fn finish(strokes: &mut Vec<Stroke>, stroke: &mut Stroke, useful: usize) {
    let mut done = std::mem::take(stroke);
    done.truncate(useful);
    if done.len() >= MIN_STROKE_CELLS + 2 * END_CELLS {
        done.truncate(useful - END_CELLS);
        done.drain(..END_CELLS);
        strokes.push(done);
    }
}
