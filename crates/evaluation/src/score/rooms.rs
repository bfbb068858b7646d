//! How well found rooms agree with true ones (Bormann et al. 2016).

use std::collections::BTreeMap;

use mapping::Grid;

use super::ratio;

/// Rooms of at most this many cells are left out on both sides.
const SMALL: usize = 100;

/// The two figures of one map, means over its rooms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RoomScore {
    /// For each true room the largest part of it that lies in one found room.
    pub(crate) recall: f64,
    /// For each found room the largest part of it that lies in one true room.
    pub(crate) precision: f64,
    pub(crate) true_rooms: usize,
    pub(crate) found_rooms: usize,
}

impl RoomScore {
    /// The score of `found` rooms, both of the same shape, 0 where there is no room.
    pub(crate) fn of(truth: &Grid<u32>, found: &Grid<u32>) -> Self {
        let (true_areas, found_areas) = (large_rooms(truth), large_rooms(found));
        let mut common: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        for pair in truth.cells().iter().copied().zip(found.cells().iter().copied()) {
            if true_areas.contains_key(&pair.0) && found_areas.contains_key(&pair.1) {
                *common.entry(pair).or_default() += 1;
            }
        }
        Self {
            recall: mean_share(
                &true_areas,
                common.iter().map(|((room, _), cells)| (*room, *cells)),
            ),
            precision: mean_share(
                &found_areas,
                common.iter().map(|((_, room), cells)| (*room, *cells)),
            ),
            true_rooms: true_areas.len(),
            found_rooms: found_areas.len(),
        }
    }
}

fn large_rooms(rooms: &Grid<u32>) -> BTreeMap<u32, usize> {
    let mut areas = BTreeMap::new();
    let cells = rooms.cells().iter().filter(|room| **room > 0);
    cells.for_each(|room| *areas.entry(*room).or_default() += 1);
    areas.retain(|_, cells| *cells > SMALL);
    areas
}

/// Mean over the rooms of the largest overlap over the area.
fn mean_share(areas: &BTreeMap<u32, usize>, overlaps: impl Iterator<Item = (u32, usize)>) -> f64 {
    let mut largest: BTreeMap<u32, usize> = BTreeMap::new();
    for (room, cells) in overlaps {
        let most = largest.entry(room).or_default();
        *most = (*most).max(cells);
    }
    let share =
        |(room, area): (&u32, &usize)| ratio(largest.get(room).copied().unwrap_or(0) as f64, *area as f64);
    ratio(areas.iter().map(share).sum(), areas.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mapping::CellIndex;

    /// Rows of 200 cells, each of one room.
    fn rows(rooms: &[u32]) -> Grid<u32> {
        let cells = rooms.iter().flat_map(|room| vec![*room; 200]).collect();
        Grid::from_cells(CellIndex::new(0, 0), 200, rooms.len(), cells).unwrap()
    }

    #[test]
    fn a_divided_room_costs_recall_and_a_joined_one_precision() {
        let truth = rows(&[1, 1, 1, 1, 2, 2]);
        assert_eq!(
            RoomScore::of(&truth, &rows(&[7, 7, 7, 8, 9, 9])).recall,
            (0.75 + 1.0) / 2.0
        );
        assert_eq!(RoomScore::of(&truth, &rows(&[7, 7, 7, 8, 9, 9])).precision, 1.0);
        let joined = RoomScore::of(&truth, &rows(&[3, 3, 3, 3, 3, 3]));
        assert_eq!((joined.recall, joined.precision), (1.0, 4.0 / 6.0));
    }

    #[test]
    fn what_is_found_outside_counts_and_what_is_small_does_not() {
        let score = RoomScore::of(&rows(&[1, 1, 0]), &rows(&[1, 1, 2]));
        assert_eq!((score.recall, score.precision), (1.0, 0.5));
        let mut crumbs = rows(&[1, 1, 0]);
        (0..100).for_each(|x| crumbs.set(CellIndex::new(x, 2), 5));
        assert_eq!(RoomScore::of(&rows(&[1, 1, 0]), &crumbs).precision, 1.0);
        crumbs.set(CellIndex::new(100, 2), 5);
        assert_eq!(RoomScore::of(&rows(&[1, 1, 0]), &crumbs).found_rooms, 2);
    }
}
