//! Connected parts of a grid.

use crate::grid::Grid;

/// The connected parts of a set of cells: label 0 is outside the set, parts count from 1 in reading order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Components {
    /// Each cell's label.
    pub labels: Grid<u32>,
    /// Number of cells of each part; part `i` is at position `i - 1`.
    pub sizes: Vec<usize>,
}

impl Components {
    /// Parts whose cells touch along a side (`N = 4`) or also at a corner (`N = 8`).
    pub fn of<const N: usize>(set: &Grid<bool>) -> Self {
        let mut labels = set.map(|_| 0u32);
        let mut sizes = Vec::new();
        for start in 0..set.cells().len() {
            if set.cells().get(start) == Some(&true) && labels.cells().get(start) == Some(&0) {
                let label = sizes.len() as u32 + 1;
                sizes.push(flood::<N>(set, &mut labels, start, label));
            }
        }
        Self { labels, sizes }
    }

    /// The label of the largest part, if there is one.
    pub fn largest(&self) -> Option<u32> {
        let sizes = self.sizes.iter().zip(1u32..);
        sizes
            .max_by_key(|(size, label)| (**size, u32::MAX - label))
            .map(|(_, label)| label)
    }

    /// Number of cells of the part `label`.
    pub fn size(&self, label: u32) -> usize {
        let place = (label as usize).checked_sub(1);
        place
            .and_then(|place| self.sizes.get(place))
            .copied()
            .unwrap_or(0)
    }
}

/// Labels everything connected to `start` and gives the number of cells.
fn flood<const N: usize>(set: &Grid<bool>, labels: &mut Grid<u32>, start: usize, label: u32) -> usize {
    let mut open = vec![start];
    let mut size = 0;
    while let Some(slot) = open.pop() {
        let Some(place) = labels.cells_mut().get_mut(slot) else {
            continue;
        };
        if std::mem::replace(place, label) != 0 {
            continue;
        }
        size += 1;
        let inside = |slot: &usize| set.cells().get(*slot) == Some(&true);
        let unlabelled = |slot: &usize| labels.cells().get(*slot) == Some(&0);
        open.extend(
            set.neighbours::<N>(slot)
                .filter(|next| inside(next) && unlabelled(next)),
        );
    }
    size
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tile::CellIndex;

    #[test]
    fn corners_connect_only_with_eight_neighbours() {
        let set = Grid::from_cells(
            CellIndex::new(0, 0),
            3,
            2,
            vec![true, false, true, false, true, false],
        )
        .unwrap();
        assert_eq!(Components::of::<4>(&set).sizes, [1, 1, 1]);
        let all = Components::of::<8>(&set);
        assert_eq!(
            (all.sizes.as_slice(), all.largest(), all.size(1)),
            ([3].as_slice(), Some(1), 3)
        );
        assert_eq!(all.labels.cells(), [1, 0, 1, 0, 1, 0]);
    }
}
