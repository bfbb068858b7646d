//! Distances to the nearest cell of a set.

use crate::grid::Grid;

/// Distance of every cell's centre to that of the nearest cell of `set`, in cells; infinite if the set is empty.
///
/// Exact and linear in the number of cells (Felzenszwalb and Huttenlocher 2012).
pub fn distance_to(set: &Grid<bool>) -> Grid<f32> {
    let mut squares = set.map(|inside| if inside { 0.0 } else { f32::INFINITY });
    let (width, height) = (set.width(), set.height());
    let mut pass = Parabolas::new(width.max(height));
    for x in 0..width {
        pass.line(squares.cells_mut(), x, width, height);
    }
    for y in 0..height {
        pass.line(squares.cells_mut(), y * width, 1, width);
    }
    squares.map(f32::sqrt)
}

/// The lower envelope of one parabola for each cell of a line.
struct Parabolas {
    values: Vec<f32>,
    /// Cell and height of each parabola of the envelope, and where it begins to be the lowest.
    envelope: Vec<(f32, f32, f32)>,
}

impl Parabolas {
    fn new(length: usize) -> Self {
        Self {
            values: Vec::with_capacity(length),
            envelope: Vec::with_capacity(length),
        }
    }

    /// Replaces the `count` values from `start` on, `step` apart, by the lowest parabola over each.
    fn line(&mut self, cells: &mut [f32], start: usize, step: usize, count: usize) {
        self.values.clear();
        self.values
            .extend(cells.iter().skip(start).step_by(step).take(count));
        self.envelope.clear();
        for (x, height) in self
            .values
            .iter()
            .enumerate()
            .filter(|(_, height)| height.is_finite())
        {
            push(&mut self.envelope, x as f32, *height);
        }
        let mut lowest = self.envelope.iter().peekable();
        let Some(mut here) = lowest.next() else { return };
        for (x, cell) in cells.iter_mut().skip(start).step_by(step).take(count).enumerate() {
            let x = x as f32;
            while let Some(next) = lowest.next_if(|next| next.2 <= x) {
                here = next;
            }
            *cell = (x - here.0) * (x - here.0) + here.1;
        }
    }
}

fn push(envelope: &mut Vec<(f32, f32, f32)>, x: f32, height: f32) {
    let mut begin = f32::NEG_INFINITY;
    while let Some((vertex, low, since)) = envelope.last() {
        begin = ((height + x * x) - (low + vertex * vertex)) / (2.0 * (x - vertex));
        if begin > *since {
            break;
        }
        envelope.pop();
        begin = f32::NEG_INFINITY;
    }
    envelope.push((x, height, begin));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tile::CellIndex;
    use proptest::prelude::*;

    #[test]
    fn without_a_set_everything_is_far() {
        let set = Grid::filled(CellIndex::new(0, 0), 3, 3, false).unwrap();
        assert!(
            distance_to(&set)
                .cells()
                .iter()
                .all(|distance| distance.is_infinite())
        );
    }

    proptest! {
        #[test]
        fn the_distance_is_that_to_the_nearest(width in 1usize..15, cells in proptest::collection::vec(0u8..8, 15..150)) {
            let height = cells.len() / width;
            let inside = cells[..width * height].iter().map(|cell| *cell == 0).collect();
            let set = Grid::from_cells(CellIndex::new(5, -5), width, height, inside).unwrap();
            for (cell, distance) in distance_to(&set).iter() {
                let members = set.iter().filter(|(_, inside)| *inside);
                let far = |other: CellIndex| f64::from(other.x - cell.x).hypot(f64::from(other.y - cell.y));
                let nearest = members.map(|(other, _)| far(other)).fold(f64::INFINITY, f64::min);
                prop_assert!(nearest == f64::from(distance) || (nearest - f64::from(distance)).abs() < 1e-4);
            }
        }
    }
}
