//! The cells under a straight line.

use crate::tile::{CELL_METRES, CellIndex};

/// Every cell that the line from one point to another goes through, first and last included, points in metres
/// (Amanatides and Woo 1987).
pub(crate) fn cells_on_ray(from: (f64, f64), to: (f64, f64)) -> impl Iterator<Item = CellIndex> {
    let (first, last) = (
        CellIndex::of_metres(from.0, from.1),
        CellIndex::of_metres(to.0, to.1),
    );
    let mut x = Axis::new(from.0, to.0);
    let mut y = Axis::new(from.1, to.1);
    let steps = last.x.abs_diff(first.x) as usize + last.y.abs_diff(first.y) as usize;
    let mut cell = first;
    std::iter::once(first).chain((0..steps).map(move |_| {
        if x.next_crossing < y.next_crossing {
            cell.x += x.advance();
        } else {
            cell.y += y.advance();
        }
        cell
    }))
}

/// Where the line crosses the cell borders of one axis, as a fraction of the line.
struct Axis {
    step: i32,
    next_crossing: f64,
    crossing_distance: f64,
}

impl Axis {
    fn new(from: f64, to: f64) -> Self {
        let way = (to - from) / CELL_METRES;
        let start = from / CELL_METRES;
        let to_border = if way > 0.0 {
            start.floor() + 1.0 - start
        } else {
            start - start.floor()
        };
        if way == 0.0 {
            return Self {
                step: 0,
                next_crossing: f64::INFINITY,
                crossing_distance: f64::INFINITY,
            };
        }
        let step = if way > 0.0 { 1 } else { -1 };
        Self {
            step,
            next_crossing: to_border / way.abs(),
            crossing_distance: 1.0 / way.abs(),
        }
    }

    fn advance(&mut self) -> i32 {
        self.next_crossing += self.crossing_distance;
        self.step
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_along_a_row_takes_each_cell_once() {
        let cells: Vec<_> = cells_on_ray((0.02, 0.02), (-0.12, 0.02))
            .map(|cell| (cell.x, cell.y))
            .collect();
        assert_eq!(cells, [(0, 0), (-1, 0), (-2, 0), (-3, 0)]);
    }

    proptest! {
        #[test]
        fn a_line_is_connected_and_ends_near_its_end(
            ax in -5.0..5.0, ay in -5.0..5.0, bx in -5.0..5.0, by in -5.0..5.0,
        ) {
            let cells: Vec<_> = cells_on_ray((ax, ay), (bx, by)).collect();
            for pair in cells.windows(2) {
                prop_assert_eq!(pair[0].x.abs_diff(pair[1].x) + pair[0].y.abs_diff(pair[1].y), 1);
            }
            let end = CellIndex::of_metres(bx, by);
            let last = cells[cells.len() - 1];
            prop_assert!(last.x.abs_diff(end.x) <= 1 && last.y.abs_diff(end.y) <= 1);
        }
    }
}
