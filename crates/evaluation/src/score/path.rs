//! What a path covers of a floor, on a grid finer than the one that it was planned on.

use mapping::components::Components;
use mapping::distance::distance_to;
use mapping::{CellIndex, Grid, GridError};

use super::ratio;
use crate::sim::Mask;

/// Side of a fine cell, in metres.
const FINE: f64 = 0.02;
/// Radius of the robot, in metres.
const ROBOT_RADIUS: f64 = 0.17;
/// Width of the tool, a disc, in metres.
const TOOL_WIDTH: f64 = 0.30;

/// The part of a floor that a robot's tool can get to from the dock.
pub(crate) struct FineFloor {
    /// Where the robot's centre can be.
    centres: Mask,
    floor: Mask,
}

/// How well a path covers a floor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PathScore {
    /// Share of the floor that is covered.
    pub(crate) coverage: f64,
    /// Length of the path over that of lanes side by side over the same area.
    pub(crate) path_ratio: f64,
    /// Share of the path on which the robot would touch something.
    pub(crate) touching: f64,
    /// The floor, in square metres.
    pub(crate) area_m2: f64,
}

impl FineFloor {
    /// The floor around the dock, both in metres from the origin of `occupied`, whose cells are 5 cm.
    ///
    /// # Errors
    /// [`GridError`] if the floor is too large.
    pub(crate) fn new(occupied: &Mask, dock: (f64, f64)) -> Result<Self, GridError> {
        let (origin, side) = (occupied.origin(), mapping::CELL_METRES);
        let fine = |cells: usize| (cells as f64 * side / FINE).round() as usize;
        let first = fine_cell((
            f64::from(origin.x) * side + FINE / 2.0,
            f64::from(origin.y) * side + FINE / 2.0,
        ));
        let shape = Grid::filled(first, fine(occupied.width()), fine(occupied.height()), ())?;
        let is_occupied = shape.iter().map(|(cell, ())| {
            let (x, y) = centre(cell);
            occupied.get(CellIndex::of_metres(x, y)) != Some(false)
        });
        let blocked = Grid::from_cells(first, shape.width(), shape.height(), is_occupied.collect())?;
        let clear = distance_to(&blocked).map(|cells| f64::from(cells) * FINE >= ROBOT_RADIUS);
        let centres = part_near(&clear, dock);
        let floor = within(&centres, TOOL_WIDTH / 2.0);
        Ok(Self { centres, floor })
    }

    /// The floor in square metres.
    pub(crate) fn area_m2(&self) -> f64 {
        let cells = self.floor.cells().iter().filter(|is_floor| **is_floor).count();
        cells as f64 * FINE * FINE
    }

    /// The score of a path of positions in metres.
    pub(crate) fn score(&self, path: &[(f64, f64)]) -> PathScore {
        let mut driven = self.centres.map(|_| false);
        let (mut steps, mut touching) = (0usize, 0usize);
        for cell in path
            .windows(2)
            .flat_map(|ends| ends.first().zip(ends.last()))
            .flat_map(|(a, b)| fine_cells(*a, *b))
        {
            driven.set(cell, true);
            steps += 1;
            touching += usize::from(self.centres.get(cell) != Some(true));
        }
        let reached = within(&driven, TOOL_WIDTH / 2.0);
        let both = self.floor.cells().iter().zip(reached.cells());
        let covered = both
            .filter(|(is_floor, is_reached)| **is_floor && **is_reached)
            .count();
        let area_m2 = self.area_m2();
        PathScore {
            coverage: ratio(covered as f64 * FINE * FINE, area_m2),
            path_ratio: ratio(length(path), area_m2 / TOOL_WIDTH),
            touching: ratio(touching as f64, steps as f64),
            area_m2,
        }
    }
}

/// Metres along a path.
fn length(path: &[(f64, f64)]) -> f64 {
    let steps = path.iter().zip(path.iter().skip(1));
    steps.map(|(a, b)| (a.0 - b.0).hypot(a.1 - b.1)).sum()
}

/// The part of a set that has the cell nearest to a position.
fn part_near(set: &Mask, (x, y): (f64, f64)) -> Mask {
    let parts = Components::of::<8>(set);
    let metres = |cell: CellIndex| {
        let near = centre(cell);
        (near.0 - x).hypot(near.1 - y)
    };
    let inside = parts.labels.iter().filter(|(_, label)| *label > 0);
    let nearest = inside.min_by(|a, b| metres(a.0).total_cmp(&metres(b.0)));
    parts
        .labels
        .map(|label| nearest.is_some_and(|(_, near)| near == label))
}

fn within(set: &Mask, metres: f64) -> Mask {
    distance_to(set).map(|cells| f64::from(cells) * FINE <= metres + 1e-6)
}

fn fine_cell((x, y): (f64, f64)) -> CellIndex {
    CellIndex::new((x / FINE).floor() as i32, (y / FINE).floor() as i32)
}

fn centre(cell: CellIndex) -> (f64, f64) {
    ((f64::from(cell.x) + 0.5) * FINE, (f64::from(cell.y) + 0.5) * FINE)
}

fn fine_cells(from: (f64, f64), to: (f64, f64)) -> impl Iterator<Item = CellIndex> {
    let steps = ((from.0 - to.0).abs().max((from.1 - to.1).abs()) / FINE)
        .ceil()
        .max(1.0) as i32;
    (0..=steps).map(move |step| {
        let share = f64::from(step) / f64::from(steps);
        fine_cell((from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An empty floor of 2 m × 1 m with a wall around it.
    fn floor() -> FineFloor {
        let mut occupied = Grid::filled(CellIndex::new(-1, -1), 42, 22, true).unwrap();
        (0..40).for_each(|x| (0..20).for_each(|y| occupied.set(CellIndex::new(x, y), false)));
        FineFloor::new(&occupied, (1.0, 0.5)).unwrap()
    }

    #[test]
    fn the_floor_is_what_the_tool_gets_to() {
        // The tool ends 2 cm from the walls and leaves the corners.
        assert!(
            (floor().area_m2() - 1.96 * 0.96).abs() < 0.06,
            "{}",
            floor().area_m2()
        );
    }

    #[test]
    fn one_lane_covers_a_strip_and_nothing_twice() {
        let score = floor().score(&[(0.2, 0.5), (1.8, 0.5)]);
        let strip = 1.6 * 0.3 + std::f64::consts::PI * 0.15 * 0.15;
        assert!(
            (score.coverage - strip / floor().area_m2()).abs() < 0.03,
            "{score:?}"
        );
        assert!((score.path_ratio - 1.6 * 0.3 / floor().area_m2()).abs() < 1e-9);
        assert_eq!(score.touching, 0.0);
    }

    #[test]
    fn a_path_too_near_to_a_wall_touches_it() {
        let score = floor().score(&[(0.5, 0.05), (1.5, 0.05)]);
        assert_eq!(score.touching, 1.0);
    }
}
