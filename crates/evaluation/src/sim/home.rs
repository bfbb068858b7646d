//! A furnished home, and how it stands in each run.

use mapping::components::Components;
use mapping::distance::distance_to;
use mapping::{CellClass, CellIndex, Grid};

use crate::plans::Plan;
use crate::random::Random;
use crate::sim::furniture::{Movable, Piece};
use crate::sim::shapes::{Mask, body, eroded};

/// Square metres for each permanent piece of furniture.
const AREA_PER_PIECE: f64 = 8.0;
/// Square metres for each movable.
const AREA_PER_MOVABLE: f64 = 6.0;
/// The middle of a piece is at most this many cells from a wall.
const PIECE_TO_WALL: f32 = 10.0;
/// How often a place is sought for a piece before it is left out.
const PIECE_TRIES: usize = 50;

/// A home with all that may stand in it.
#[derive(Clone)]
pub(crate) struct Home {
    walls: Mask,
    pieces: Vec<Piece>,
    movables: Vec<Movable>,
}

/// How a home stands in one run.
pub(crate) struct Arrangement {
    /// What is occupied.
    pub(crate) occupied: Mask,
    /// The cells of each movable, none for one that is away.
    pub(crate) footprints: Vec<Option<Vec<CellIndex>>>,
}

impl Home {
    /// The plan with pieces at its walls, which block no way, and movables anywhere.
    pub(crate) fn furnish(plan: &Plan, random: &mut Random) -> Self {
        let floor: Vec<_> = plan
            .free
            .iter()
            .filter(|(_, free)| *free)
            .map(|(cell, _)| cell)
            .collect();
        let mut home = Self {
            walls: plan.free.map(|free| !free),
            pieces: Vec::new(),
            movables: Vec::new(),
        };
        let mut fitting = Fitting::new(&home.walls);
        for _ in 0..(plan.area_m2() / AREA_PER_PIECE) as usize {
            let mut tries = (0..PIECE_TRIES).filter_map(|_| fitting.place(&floor, random));
            home.pieces.extend(tries.next());
        }
        for _ in 0..(plan.area_m2() / AREA_PER_MOVABLE) as usize {
            let place = random
                .pick(&floor)
                .filter(|cell| fitting.occupied.get(*cell) == Some(false));
            home.movables.extend(place.map(|cell| Movable::at(cell, random)));
        }
        home
    }

    /// A home of a plan with nothing in it.
    pub(crate) fn bare(plan: &Plan) -> Self {
        Self {
            walls: plan.free.map(|free| !free),
            pieces: Vec::new(),
            movables: Vec::new(),
        }
    }

    /// The same home without every other piece and movable, and the cells of the pieces that are gone.
    pub(crate) fn half_cleared(&self) -> (Self, Mask) {
        let mut gone = self.walls.map(|_| false);
        let removed = self.pieces.iter().skip(1).step_by(2);
        removed
            .flat_map(|piece| piece.cells())
            .for_each(|cell| gone.set(cell, true));
        let home = Self {
            walls: self.walls.clone(),
            pieces: self.pieces.iter().step_by(2).copied().collect(),
            movables: self.movables.iter().step_by(2).copied().collect(),
        };
        (home, gone)
    }

    /// Walls and pieces.
    pub(crate) fn fixed(&self) -> Mask {
        let mut fixed = self.walls.clone();
        let pieces = self.pieces.iter().flat_map(|piece| piece.cells());
        pieces.for_each(|cell| fixed.set(cell, true));
        fixed
    }

    /// How the home stands in the next run.
    pub(crate) fn arrange(&self, random: &mut Random) -> Arrangement {
        let mut occupied = self.fixed();
        let footprints: Vec<_> = self
            .movables
            .iter()
            .map(|movable| movable.stand(random))
            .collect();
        let cells = footprints.iter().flatten().flatten();
        cells.for_each(|cell| occupied.set(*cell, true));
        Arrangement { occupied, footprints }
    }
}

/// Puts pieces into a home one by one.
struct Fitting {
    wall_distance: Grid<f32>,
    occupied: Mask,
    room: Mask,
    parts: usize,
}

impl Fitting {
    fn new(walls: &Mask) -> Self {
        let room = eroded(walls);
        Self {
            wall_distance: distance_to(walls),
            occupied: walls.clone(),
            parts: Components::of::<8>(&room).sizes.len(),
            room,
        }
    }

    /// Tries one random piece, and takes it unless it would cut a part of the floor off.
    fn place(&mut self, floor: &[CellIndex], random: &mut Random) -> Option<Piece> {
        let middle = random.pick(floor)?;
        self.wall_distance
            .get(middle)
            .filter(|distance| *distance <= PIECE_TO_WALL)?;
        let piece = Piece::around(middle, random);
        if piece.cells().any(|cell| self.occupied.get(cell).is_none()) {
            return None;
        }
        let mut room = self.room.clone();
        piece
            .cells()
            .flat_map(body)
            .for_each(|cell| room.set(cell, false));
        let parts = Components::of::<8>(&room).sizes.len();
        if parts > self.parts {
            return None;
        }
        piece.cells().for_each(|cell| self.occupied.set(cell, true));
        (self.room, self.parts) = (room, parts);
        Some(piece)
    }
}

/// What the cells of a home are over all the runs so far.
pub(crate) struct Truth {
    fixed: Mask,
    used: Mask,
    /// For each movable, every cell that it ever covered.
    pub(crate) footprints: Vec<Vec<CellIndex>>,
}

impl Truth {
    pub(crate) fn new(home: &Home) -> Self {
        Self {
            fixed: home.fixed(),
            used: home.walls.map(|_| false),
            footprints: vec![Vec::new(); home.movables.len()],
        }
    }

    /// Notes how the home stood in a run.
    pub(crate) fn note(&mut self, arrangement: &Arrangement) {
        for (all, footprint) in self.footprints.iter_mut().zip(&arrangement.footprints) {
            let cells = footprint.iter().flatten();
            cells.clone().for_each(|cell| self.used.set(*cell, true));
            all.extend(cells);
        }
    }

    /// Permanent for walls and pieces, movable for what ever was covered, free for the rest.
    pub(crate) fn classes(&self) -> Grid<CellClass> {
        let mut classes = self.fixed.map(|fixed| {
            if fixed {
                CellClass::Permanent
            } else {
                CellClass::Free
            }
        });
        for (cell, _) in self.used.iter().filter(|(_, used)| *used) {
            if classes.get(cell) == Some(CellClass::Free) {
                classes.set(cell, CellClass::Movable);
            }
        }
        classes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::plan_of_two_rooms;

    #[test]
    fn the_same_seed_gives_the_same_home() {
        let plan = plan_of_two_rooms();
        let build = |seed| {
            let mut random = Random::named(seed, &plan.name);
            let home = Home::furnish(&plan, &mut random);
            (home.fixed(), home.arrange(&mut random).occupied)
        };
        assert_eq!(build(1), build(1));
        assert_ne!(build(1), build(2));
    }

    #[test]
    fn furniture_cuts_nothing_off() {
        let plan = plan_of_two_rooms();
        let bare = Components::of::<8>(&eroded(&Home::bare(&plan).fixed()))
            .sizes
            .len();
        for seed in 0..5 {
            let home = Home::furnish(&plan, &mut Random::named(seed, "home"));
            assert!(!home.pieces.is_empty() && !home.movables.is_empty());
            assert!(Components::of::<8>(&eroded(&home.fixed())).sizes.len() <= bare);
        }
    }

    #[test]
    fn truth_is_what_ever_stood_somewhere() {
        let plan = plan_of_two_rooms();
        let mut random = Random::named(1, "truth");
        let home = Home::furnish(&plan, &mut random);
        let mut truth = Truth::new(&home);
        let arrangement = home.arrange(&mut random);
        truth.note(&arrangement);
        for (cell, class) in truth.classes().iter() {
            let occupied = arrangement.occupied.get(cell) == Some(true);
            assert_eq!(occupied, class != CellClass::Free);
        }
    }
}
