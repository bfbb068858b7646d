//! Fills what a run saw only the outside of.

use crate::components::Components;
use crate::grid::Grid;
use crate::run_map::RunMap;
use crate::run_tile::RunCell;

/// Largest inside that is filled, in cells: 1.5 m². A larger one may be a closed room.
pub const MAX_INSIDE_CELLS: usize = 600;
/// An inside borders on more than this many obstacles for each free cell: surfaces that no beam came by have gaps.
const OBSTACLES_PER_FREE: usize = 2;

/// The run with the unknown insides of things filled in as occupied.
///
/// A range sensor sees only the surface of a table or a box. When the thing is away, its inside is seen free, so the
/// inside must count as occupied while it is there, or the map would never know how large the thing is.
pub fn with_solid_things(run: &RunMap) -> RunMap {
    let mut solid = run.clone();
    let Some(mut cells) = run
        .bounds()
        .and_then(|bounds| Grid::over(bounds, RunCell::Unknown).ok())
    else {
        return solid;
    };
    run.known().for_each(|(cell, state)| cells.set(cell, state));
    let parts = Components::of::<4>(&cells.map(|state| state == RunCell::Unknown));
    let mut borders = vec![Border::default(); parts.sizes.len()];
    for (slot, label) in parts.labels.cells().iter().enumerate() {
        let Some(border) = (*label as usize)
            .checked_sub(1)
            .and_then(|part| borders.get_mut(part))
        else {
            continue;
        };
        let mut around = 0;
        for near in cells.neighbours::<4>(slot) {
            around += 1;
            border.add(cells.cells().get(near).copied().unwrap_or_default());
        }
        border.is_open |= around < 4;
    }
    for (cell, label) in parts.labels.iter() {
        let part = (label as usize).checked_sub(1);
        let encloses = part
            .and_then(|part| borders.get(part))
            .is_some_and(Border::encloses);
        if encloses && parts.size(label) <= MAX_INSIDE_CELLS {
            solid.set(cell, RunCell::Occupied);
        }
    }
    solid
}

/// What surrounds an unknown part.
#[derive(Clone, Copy, Default)]
struct Border {
    obstacles: usize,
    free: usize,
    is_open: bool,
}

impl Border {
    fn add(&mut self, state: RunCell) {
        match state {
            RunCell::Unknown => {}
            RunCell::Free => self.free += 1,
            RunCell::Occupied | RunCell::Touched => self.obstacles += 1,
        }
    }

    fn encloses(&self) -> bool {
        !self.is_open && self.obstacles > self.free * OBSTACLES_PER_FREE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tile::CellIndex;

    fn ring(side: i32, inside: RunCell) -> RunMap {
        let mut run = RunMap::new();
        for (x, y) in (-1..=side).flat_map(|x| (-1..=side).map(move |y| (x, y))) {
            let on_ring = x == 0 || y == 0 || x == side - 1 || y == side - 1;
            let within = (0..side).contains(&x) && (0..side).contains(&y);
            let state = if on_ring && within {
                RunCell::Occupied
            } else if within {
                inside
            } else {
                RunCell::Free
            };
            run.set(CellIndex::new(x, y), state);
        }
        run
    }

    #[test]
    fn a_box_is_solid_and_a_closed_room_is_not() {
        let solid = with_solid_things(&ring(8, RunCell::Unknown));
        assert_eq!(solid.get(CellIndex::new(4, 4)), RunCell::Occupied);
        let room = with_solid_things(&ring(40, RunCell::Unknown));
        assert_eq!(room.get(CellIndex::new(4, 4)), RunCell::Unknown);
    }

    #[test]
    fn what_was_seen_free_stays_free() {
        let free = ring(8, RunCell::Free);
        assert_eq!(with_solid_things(&free), free);
    }
}
