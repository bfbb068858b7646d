//! Things that are not always there, or not always in the same place.

use mapping::tile::CellIndex;
use rand::{Rng, RngExt};

/// How far a thing may stand from its usual place, in metres.
pub const MAX_SHIFT_METRES: f64 = 0.3;

/// What a thing looks like to a scanner at 10 cm above the floor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// Four legs at the corners of a square of this side, in metres.
    Legs(f64),
    /// A box, width and depth in metres.
    Box(f64, f64),
    /// A disc of this radius, in metres.
    Disc(f64),
}

/// A movable thing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Item {
    /// Its shape.
    pub shape: Shape,
    /// Its usual place in the plan, in metres.
    pub place: (f64, f64),
    /// How often it is there, 0 to 1.
    pub presence: f64,
    /// How far it is moved between runs, in metres.
    pub shift: f64,
}

impl Item {
    /// A thing at `place`: chairs, boxes, baskets.
    pub fn at(place: (f64, f64), random: &mut impl Rng) -> Self {
        let shape = match random.random_range(0..3) {
            0 => Shape::Legs(random.random_range(0.40..0.50)),
            1 => Shape::Box(random.random_range(0.25..0.50), random.random_range(0.25..0.40)),
            _ => Shape::Disc(random.random_range(0.12..0.25)),
        };
        let shift = if random.random_bool(0.5) {
            0.05
        } else {
            MAX_SHIFT_METRES
        };
        Self {
            shape,
            place,
            presence: random.random_range(0.4..0.9),
            shift,
        }
    }

    /// Where it stands this time, or `None` when it is away.
    pub fn placed(&self, random: &mut impl Rng) -> Option<(f64, f64)> {
        let (dx, dy) = (random.random_range(-1.0..1.0), random.random_range(-1.0..1.0));
        let is_there = random.random_bool(self.presence);
        is_there.then_some((self.place.0 + dx * self.shift, self.place.1 + dy * self.shift))
    }

    /// The cells that it takes when its middle is at `middle`.
    pub fn cells(&self, middle: (f64, f64)) -> Vec<CellIndex> {
        match self.shape {
            Shape::Legs(side) => {
                let corners = [(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)];
                let leg = |(x, y): (f64, f64)| {
                    CellIndex::of_metres(middle.0 + x * side / 2.0, middle.1 + y * side / 2.0)
                };
                corners.map(leg).to_vec()
            }
            Shape::Box(width, depth) => cells_where(middle, width.max(depth), |x, y| {
                x.abs() <= width / 2.0 && y.abs() <= depth / 2.0
            }),
            Shape::Disc(radius) => cells_where(middle, 2.0 * radius, |x, y| x.hypot(y) <= radius),
        }
    }

    /// The farthest that it reaches from its middle, in metres.
    pub fn reach(&self) -> f64 {
        match self.shape {
            Shape::Legs(side) => side,
            Shape::Box(width, depth) => width.max(depth),
            Shape::Disc(radius) => radius,
        }
    }
}

fn cells_where(middle: (f64, f64), size: f64, inside: impl Fn(f64, f64) -> bool) -> Vec<CellIndex> {
    let low = CellIndex::of_metres(middle.0 - size, middle.1 - size);
    let high = CellIndex::of_metres(middle.0 + size, middle.1 + size);
    let square = (low.y..=high.y).flat_map(|y| (low.x..=high.x).map(move |x| CellIndex::new(x, y)));
    square
        .filter(|cell| {
            let (x, y) = cell.centre_metres();
            inside(x - middle.0, y - middle.1)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn a_thing_is_there_about_as_often_as_it_says() {
        let mut random = StdRng::seed_from_u64(7);
        let item = Item {
            presence: 0.6,
            ..Item::at((3.0, 3.0), &mut random)
        };
        let there = (0..1000).filter(|_| item.placed(&mut random).is_some()).count();
        assert!((500..700).contains(&there), "{there}");
    }

    #[test]
    fn a_chair_is_four_legs() {
        let chair = Item {
            shape: Shape::Legs(0.45),
            place: (1.0, 1.0),
            presence: 1.0,
            shift: 0.0,
        };
        assert_eq!(chair.cells(chair.place).len(), 4);
    }
}
