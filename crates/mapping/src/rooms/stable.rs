//! Keeps the numbers of rooms when the map changes, and what the owner made of them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::grid::Grid;

/// Share of an edited room that must lie in a new one for the edit to hold there.
const EDIT_OVERLAP: f64 = 0.3;

/// New rooms under the numbers of the rooms that they were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// The room of every cell.
    pub labels: Grid<u8>,
    /// Numbers that are not those of an earlier room.
    pub new: BTreeSet<u8>,
    /// Numbers of earlier rooms that are no more.
    pub gone: BTreeSet<u8>,
}

/// Overlaps of found with earlier rooms, in cells.
struct Overlaps {
    cells: BTreeMap<(u8, u8), usize>,
    earlier: BTreeMap<u8, usize>,
    found: BTreeMap<u8, usize>,
}

/// Gives `found` rooms the numbers of the `earlier` rooms that they overlap most, one for one.
///
/// Rooms in `edited` were merged or split by the owner, and that stays: what is found of a merged room keeps its one
/// number, and a found room that covers several split ones is divided between them, each cell to the nearest.
pub fn carry_over(found: &Grid<u8>, earlier: &Grid<u8>, edited: &BTreeSet<u8>) -> Carried {
    let overlaps = Overlaps::of(found, earlier);
    let mut numbers: BTreeMap<u8, u8> = BTreeMap::new();
    let mut divided: BTreeMap<u8, BTreeSet<u8>> = BTreeMap::new();
    for room in overlaps.found.keys() {
        let held = overlaps.edits_in(*room, edited);
        match held.first() {
            Some(only) if held.len() == 1 && overlaps.is_mostly(*room, *only) => {
                _ = numbers.insert(*room, *only)
            }
            Some(_) if held.len() > 1 => _ = divided.insert(*room, held),
            _ => {}
        }
    }
    let mut taken: BTreeSet<u8> = numbers
        .values()
        .chain(divided.values().flatten())
        .copied()
        .collect();
    overlaps.match_largest(&mut numbers, &divided, &mut taken);
    let mut new = BTreeSet::new();
    for room in overlaps.found.keys().filter(|room| !divided.contains_key(room)) {
        if !numbers.contains_key(room)
            && let Some(number) =
                (1..=u8::MAX).find(|number| !taken.contains(number) && !overlaps.earlier.contains_key(number))
        {
            numbers.insert(*room, number);
            taken.insert(number);
            new.insert(number);
        }
    }
    let mut labels = found.map(|room| numbers.get(&room).copied().unwrap_or(0));
    divided
        .iter()
        .for_each(|(room, parts)| divide(&mut labels, found, *room, earlier, parts));
    let left: BTreeSet<u8> = labels.cells().iter().copied().collect();
    let gone = overlaps
        .earlier
        .into_keys()
        .filter(|number| !left.contains(number))
        .collect();
    Carried { labels, new, gone }
}

impl Overlaps {
    fn of(found: &Grid<u8>, earlier: &Grid<u8>) -> Self {
        let mut overlaps = Self {
            cells: BTreeMap::new(),
            earlier: BTreeMap::new(),
            found: BTreeMap::new(),
        };
        for (cell, room) in found.iter().filter(|(_, room)| *room > 0) {
            *overlaps.found.entry(room).or_default() += 1;
            if let Some(before) = earlier.get(cell).filter(|before| *before > 0) {
                *overlaps.cells.entry((room, before)).or_default() += 1;
            }
        }
        for before in earlier.cells().iter().filter(|before| **before > 0) {
            *overlaps.earlier.entry(*before).or_default() += 1;
        }
        overlaps
    }

    /// The edited rooms of which enough lies in `room`.
    fn edits_in(&self, room: u8, edited: &BTreeSet<u8>) -> BTreeSet<u8> {
        let share = |before: &u8| {
            let common = self.cells.get(&(room, *before)).copied().unwrap_or(0);
            common as f64 / self.earlier.get(before).copied().unwrap_or(0).max(1) as f64
        };
        let is_mostly = |before: &u8| self.is_mostly(room, *before);
        edited
            .iter()
            .copied()
            .filter(|before| share(before) >= EDIT_OVERLAP || is_mostly(before))
            .collect()
    }

    /// Whether at least half of `room` lies in the earlier room.
    fn is_mostly(&self, room: u8, before: u8) -> bool {
        let common = self.cells.get(&(room, before)).copied().unwrap_or(0);
        2 * common >= self.found.get(&room).copied().unwrap_or(0).max(1)
    }

    /// Matches the rooms that are left, the largest overlap first.
    fn match_largest(
        &self,
        numbers: &mut BTreeMap<u8, u8>,
        divided: &BTreeMap<u8, BTreeSet<u8>>,
        taken: &mut BTreeSet<u8>,
    ) {
        let mut pairs: Vec<_> = self.cells.iter().collect();
        pairs.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        for ((room, before), _) in pairs {
            let is_open = !numbers.contains_key(room) && !divided.contains_key(room);
            if is_open && taken.insert(*before) {
                numbers.insert(*room, *before);
            }
        }
    }
}

/// Gives each cell of a found room the number of the nearest of its parts.
fn divide(labels: &mut Grid<u8>, found: &Grid<u8>, room: u8, earlier: &Grid<u8>, parts: &BTreeSet<u8>) {
    let mut open = VecDeque::new();
    for (slot, _) in found
        .cells()
        .iter()
        .enumerate()
        .filter(|(_, here)| **here == room)
    {
        let before = earlier
            .get(found.cell(slot))
            .filter(|before| parts.contains(before));
        if let (Some(before), Some(label)) = (before, labels.cells_mut().get_mut(slot)) {
            *label = before;
            open.push_back((slot, before));
        }
    }
    while let Some((slot, part)) = open.pop_front() {
        for near in found
            .neighbours::<4>(slot)
            .filter(|near| found.cells().get(*near) == Some(&room))
        {
            if let Some(label) = labels.cells_mut().get_mut(near).filter(|label| **label == 0) {
                *label = part;
                open.push_back((near, part));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tile::CellIndex;

    fn row(rooms: &[u8]) -> Grid<u8> {
        Grid::from_cells(CellIndex::new(0, 0), rooms.len(), 1, rooms.to_vec()).unwrap()
    }

    fn carried(found: &[u8], earlier: &[u8], edited: &[u8]) -> Vec<u8> {
        carry_over(&row(found), &row(earlier), &edited.iter().copied().collect())
            .labels
            .cells()
            .to_vec()
    }

    #[test]
    fn rooms_keep_their_numbers_whatever_their_order() {
        assert_eq!(
            carried(&[1, 1, 1, 0, 2, 2, 2], &[7, 7, 0, 0, 3, 3, 3], &[]),
            [7, 7, 7, 0, 3, 3, 3]
        );
    }

    #[test]
    fn a_new_room_gets_a_number_that_no_room_had() {
        let carried = carry_over(&row(&[1, 1, 0, 2, 2]), &row(&[1, 1, 2, 0, 0]), &BTreeSet::new());
        assert_eq!(carried.labels.cells(), [1, 1, 0, 3, 3]);
        assert_eq!(
            (carried.new, carried.gone),
            (BTreeSet::from([3]), BTreeSet::from([2]))
        );
    }

    #[test]
    fn merged_rooms_stay_one_and_split_rooms_stay_two() {
        assert_eq!(carried(&[1, 1, 0, 2, 2], &[5, 5, 5, 5, 5], &[5]), [5, 5, 0, 5, 5]);
        assert_eq!(
            carried(&[1, 1, 1, 1, 1, 1], &[4, 4, 0, 6, 6, 6], &[4, 6]),
            [4, 4, 4, 6, 6, 6]
        );
    }
}
