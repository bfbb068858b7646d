//! A floor whose furniture was drawn in: what differs between two pictures of it comes, goes and is moved.

use mapping::components::Components;
use mapping::{CellIndex, Grid};

use crate::random::Random;
use crate::sim::furniture::Habit;
use crate::sim::shapes::Mask;

/// A floor with the pieces that were drawn in, each with a habit of its own.
pub(crate) struct Furnishing {
    walls: Mask,
    pieces: Vec<(Vec<CellIndex>, Habit)>,
}

impl Furnishing {
    /// Every part of `bare` but not `furnished` floor whose cells touch is one piece; both have the same shape.
    pub(crate) fn new(bare: &Mask, furnished: &Mask, random: &mut Random) -> Self {
        let mut drawn_in = bare.clone();
        let floor = furnished.iter().filter(|(_, is_floor)| *is_floor);
        floor.for_each(|(cell, _)| drawn_in.set(cell, false));
        Self {
            walls: bare.map(|is_floor| !is_floor),
            pieces: parts(&drawn_in)
                .into_iter()
                .map(|cells| (cells, Habit::any(random)))
                .collect(),
        }
    }

    /// What is occupied in the next run.
    pub(crate) fn arrange(&self, random: &mut Random) -> Mask {
        let mut occupied = self.walls.clone();
        for (cells, habit) in &self.pieces {
            let Some((dx, dy)) = habit.displaced(random) else {
                continue;
            };
            let (dx, dy) = (dx.round() as i32, dy.round() as i32);
            cells
                .iter()
                .for_each(|cell| occupied.set(cell.offset(dx, dy), true));
        }
        occupied
    }
}

fn parts(set: &Mask) -> Vec<Vec<CellIndex>> {
    let found: Grid<u32> = Components::of::<8>(set).labels;
    let mut parts: Vec<Vec<CellIndex>> = Vec::new();
    for (cell, label) in found.iter().filter(|(_, label)| *label > 0) {
        let label = label as usize;
        parts.resize_with(parts.len().max(label), Vec::new);
        parts
            .get_mut(label - 1)
            .into_iter()
            .for_each(|part| part.push(cell));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_drawn_in_comes_and_goes_and_walls_stay() {
        let mut bare = Grid::filled(CellIndex::new(0, 0), 60, 60, false).unwrap();
        (1..59).for_each(|x| (1..59).for_each(|y| bare.set(CellIndex::new(x, y), true)));
        let mut furnished = bare.clone();
        for (x, y) in [(20, 20), (21, 21), (40, 40)] {
            furnished.set(CellIndex::new(x, y), false);
        }
        let mut random = Random::named(1, "furnishing");
        let home = Furnishing::new(&bare, &furnished, &mut random);
        assert_eq!(home.pieces.len(), 2);
        let runs: Vec<_> = (0..20).map(|_| home.arrange(&mut random)).collect();
        let cells = |run: &Mask| run.cells().iter().filter(|occupied| **occupied).count();
        let walls = cells(&home.walls);
        assert!(
            runs.iter()
                .all(|run| cells(run) >= walls && cells(run) <= walls + 3)
        );
        assert!(
            runs.iter().any(|run| cells(run) == walls + 3) && runs.iter().any(|run| cells(run) < walls + 3)
        );
    }
}
