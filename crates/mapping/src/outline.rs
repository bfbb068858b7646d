//! Cells as polygons.

use std::collections::BTreeMap;

use geo::{LineString, Polygon};

use crate::components::Components;
use crate::grid::Grid;
use crate::tile::CELL_METRES;

/// A corner of the grid: column and row of the cell whose smallest corner it is.
type Corner = (i32, i32);

/// One polygon, with holes, for each part of `set` whose cells touch along a side; in metres, outer rings
/// counter-clockwise, in reading order of the parts.
pub fn outlines(set: &Grid<bool>) -> Vec<Polygon<f64>> {
    let parts = Components::of::<4>(set);
    let mut edges: Vec<BTreeMap<Corner, Vec<Corner>>> = vec![BTreeMap::new(); parts.sizes.len()];
    for (cell, label) in parts.labels.iter() {
        let Some(edges) = (label as usize)
            .checked_sub(1)
            .and_then(|part| edges.get_mut(part))
        else {
            continue;
        };
        let (x, y) = (cell.x, cell.y);
        let sides = [
            ((0, -1), (x, y), (x + 1, y)),
            ((1, 0), (x + 1, y), (x + 1, y + 1)),
            ((0, 1), (x + 1, y + 1), (x, y + 1)),
            ((-1, 0), (x, y + 1), (x, y)),
        ];
        for ((dx, dy), from, to) in sides {
            if parts.labels.get(cell.offset(dx, dy)) != Some(label) {
                edges.entry(from).or_default().push(to);
            }
        }
    }
    edges.into_iter().filter_map(polygon).collect()
}

/// Joins the edges of one part, which have the part on their left, into its outer ring and its holes.
fn polygon(mut edges: BTreeMap<Corner, Vec<Corner>>) -> Option<Polygon<f64>> {
    let mut outer = None;
    let mut holes = Vec::new();
    while let Some((&start, _)) = edges.first_key_value() {
        let ring = take_ring(&mut edges, start);
        if doubled_area(&ring) > 0 {
            outer = Some(line(&ring));
        } else {
            holes.push(line(&ring));
        }
    }
    outer.map(|outer| Polygon::new(outer, holes))
}

/// Follows the edges from `start` back to it, taking them out.
fn take_ring(edges: &mut BTreeMap<Corner, Vec<Corner>>, start: Corner) -> Vec<Corner> {
    let mut ring = vec![start];
    let mut before = start;
    let mut here = start;
    while let Some(next) = take_edge(edges, before, here) {
        if next == start {
            break;
        }
        ring.push(next);
        (before, here) = (here, next);
    }
    without_straight_corners(&ring)
}

/// Takes an edge out of `here`; where two leave, the one to the left, so that cells that meet at a corner stay apart.
fn take_edge(edges: &mut BTreeMap<Corner, Vec<Corner>>, before: Corner, here: Corner) -> Option<Corner> {
    let leaving = edges.get_mut(&here)?;
    let left = leaving
        .iter()
        .position(|next| turn(before, here, *next) > 0)
        .unwrap_or(0);
    let next = (left < leaving.len()).then(|| leaving.swap_remove(left));
    if leaving.is_empty() {
        edges.remove(&here);
    }
    next
}

fn without_straight_corners(ring: &[Corner]) -> Vec<Corner> {
    let count = ring.len();
    let corners = ring.iter().enumerate().filter(|(i, corner)| {
        let before = ring.get((i + count - 1) % count);
        let after = ring.get((i + 1) % count);
        before
            .zip(after)
            .is_none_or(|(before, after)| turn(*before, **corner, *after) != 0)
    });
    corners.map(|(_, corner)| *corner).collect()
}

/// Positive for a turn to the left, 0 for straight on.
fn turn(a: Corner, b: Corner, c: Corner) -> i64 {
    let (ux, uy) = (i64::from(b.0) - i64::from(a.0), i64::from(b.1) - i64::from(a.1));
    let (vx, vy) = (i64::from(c.0) - i64::from(b.0), i64::from(c.1) - i64::from(b.1));
    ux * vy - uy * vx
}

fn doubled_area(ring: &[Corner]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter()
        .zip(next)
        .map(|(a, b)| i64::from(a.0) * i64::from(b.1) - i64::from(b.0) * i64::from(a.1))
        .sum()
}

fn line(ring: &[Corner]) -> LineString<f64> {
    ring.iter()
        .map(|(x, y)| (f64::from(*x) * CELL_METRES, f64::from(*y) * CELL_METRES))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tile::CellIndex;
    use geo::Area;
    use proptest::prelude::*;

    fn set(width: usize, cells: &[u8]) -> Grid<bool> {
        let cells: Vec<_> = cells.iter().map(|cell| *cell == 1).collect();
        Grid::from_cells(CellIndex::new(-2, 3), width, cells.len() / width, cells).unwrap()
    }

    #[test]
    fn a_ring_of_cells_has_a_hole() {
        let polygons = outlines(&set(3, &[1, 1, 1, 1, 0, 1, 1, 1, 1]));
        assert_eq!(polygons.len(), 1);
        assert_eq!(polygons[0].exterior().0.len(), 5);
        assert_eq!(polygons[0].interiors().len(), 1);
        assert!((polygons[0].unsigned_area() - 8.0 * 0.0025).abs() < 1e-9);
    }

    #[test]
    fn cells_that_meet_at_a_corner_are_two_polygons() {
        assert_eq!(outlines(&set(2, &[1, 0, 0, 1])).len(), 2);
    }

    proptest! {
        #[test]
        fn polygons_cover_as_much_as_the_cells(cells in proptest::collection::vec(0u8..2, 70)) {
            let set = set(10, &cells);
            let area: f64 = outlines(&set).iter().map(Area::signed_area).sum();
            let count = cells.iter().filter(|cell| **cell == 1).count();
            prop_assert!((area - count as f64 * 0.0025).abs() < 1e-9);
        }
    }
}
