//! A home at one moment: which cells are taken, and how far one sees.

use mapping::grid::Grid;
use mapping::tile::{CELL_METRES, CellIndex};

/// What stands where, in the plan's frame.
#[derive(Debug, Clone)]
pub struct Layout {
    free: Grid<bool>,
}

impl Layout {
    /// A home in which `free` is true where nothing stands.
    pub fn new(free: Grid<bool>) -> Self {
        Self { free }
    }

    /// The cells, true where nothing stands.
    pub fn free(&self) -> &Grid<bool> {
        &self.free
    }

    /// Whether nothing stands at `cell`; outside the plan something does.
    pub fn is_free(&self, cell: CellIndex) -> bool {
        self.free.get(cell) == Some(true)
    }

    /// Puts something there.
    pub fn block(&mut self, cells: &[CellIndex]) {
        cells.iter().for_each(|cell| self.free.set(*cell, false));
    }

    /// Whether everything within `radius` metres of a point is free.
    pub fn has_room(&self, (x, y): (f64, f64), radius: f64) -> bool {
        let reach = (radius / CELL_METRES).ceil() as i32;
        let centre = CellIndex::of_metres(x, y);
        let near = |cell: CellIndex| {
            let (cx, cy) = cell.centre_metres();
            (cx - x).hypot(cy - y) <= radius
        };
        (-reach..=reach)
            .flat_map(|dy| (-reach..=reach).map(move |dx| centre.offset(dx, dy)))
            .all(|cell| !near(cell) || self.is_free(cell))
    }

    /// Metres from a point to the first taken cell in the direction of `angle`, at most `limit`
    /// (Amanatides and Woo 1987).
    pub fn sight(&self, from: (f64, f64), angle: f64, limit: f64) -> f64 {
        let (sin, cos) = angle.sin_cos();
        let mut cell = CellIndex::of_metres(from.0, from.1);
        let (mut x, mut y) = (Axis::new(from.0, cos), Axis::new(from.1, sin));
        let mut distance = 0.0;
        while distance < limit {
            if !self.is_free(cell) {
                return distance;
            }
            if x.next < y.next {
                distance = x.next;
                cell.x += x.advance();
            } else {
                distance = y.next;
                cell.y += y.advance();
            }
        }
        limit
    }
}

/// The distances at which a ray crosses the cell borders of one axis.
struct Axis {
    step: i32,
    next: f64,
    between: f64,
}

impl Axis {
    fn new(start: f64, slope: f64) -> Self {
        let offset = start - (start / CELL_METRES).floor() * CELL_METRES;
        if slope > 0.0 {
            Self {
                step: 1,
                next: (CELL_METRES - offset) / slope,
                between: CELL_METRES / slope,
            }
        } else if slope < 0.0 {
            Self {
                step: -1,
                next: offset / -slope,
                between: CELL_METRES / -slope,
            }
        } else {
            Self {
                step: 0,
                next: f64::INFINITY,
                between: f64::INFINITY,
            }
        }
    }

    fn advance(&mut self) -> i32 {
        self.next += self.between;
        self.step
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn room() -> Layout {
        let mut free = Grid::filled(CellIndex::new(0, 0), 40, 40, false).unwrap();
        for y in 1..39 {
            (1..39).for_each(|x| free.set(CellIndex::new(x, y), true));
        }
        Layout::new(free)
    }

    #[test]
    fn a_wall_is_seen_where_it_stands() {
        let room = room();
        assert!((room.sight((1.0, 1.0), 0.0, 6.0) - 0.95).abs() < 1e-9);
        assert!((room.sight((1.0, 1.0), std::f64::consts::FRAC_PI_2, 6.0) - 0.95).abs() < 1e-9);
        assert_eq!(room.sight((1.0, 1.0), 0.0, 0.5), 0.5);
        assert!(room.has_room((1.0, 1.0), 0.5) && !room.has_room((0.2, 1.0), 0.5));
    }

    proptest! {
        #[test]
        fn nothing_is_seen_through_a_wall(x in 0.1..1.9, y in 0.1..1.9, angle in -4.0..4.0) {
            let sight = room().sight((x, y), angle, 6.0);
            let (end_x, end_y) = (x + sight * f64::cos(angle), y + sight * f64::sin(angle));
            let border = [end_x, 2.0 - end_x, end_y, 2.0 - end_y].into_iter().fold(f64::INFINITY, f64::min);
            prop_assert!((border - 0.05).abs() < 1e-6, "ends at ({end_x}, {end_y})");
        }
    }
}
