//! The home of the standard day: 100 m² of floor in five rooms around a hall.

use mapping::FloorPlan;
use mapping::floor_plan::PLAN_PIXELS_PER_METRE;
use mapping::grid::{Grid, GridError};
use mapping::tile::CellIndex;

/// Left, bottom, width and height, decimetres.
type Rect = (usize, usize, usize, usize);

const SIZE: (usize, usize) = (132, 106);
const FREE: u8 = 255;
const PIXELS_PER_DECIMETRE: usize = PLAN_PIXELS_PER_METRE / 10;

/// Rooms, and the openings between them.
const FLOORS: [Rect; 12] = [
    (2, 2, 68, 52),
    (72, 2, 58, 38),
    (72, 42, 58, 16),
    (2, 56, 46, 48),
    (50, 60, 40, 44),
    (92, 60, 38, 44),
    (68, 44, 6, 8),
    (84, 38, 10, 6),
    (112, 38, 10, 6),
    (74, 56, 10, 6),
    (108, 56, 10, 6),
    (20, 52, 10, 6),
];
/// What is built in.
const BLOCKS: [Rect; 6] = [
    (2, 12, 9, 24),
    (46, 2, 20, 6),
    (120, 2, 10, 22),
    (2, 94, 32, 10),
    (50, 88, 18, 16),
    (122, 72, 8, 18),
];

/// The plan.
///
/// # Errors
/// [`GridError`] if it were too large.
pub fn plan() -> Result<FloorPlan, GridError> {
    let (width, height) = SIZE;
    let pixels = |decimetres: usize| decimetres * PIXELS_PER_DECIMETRE;
    let mut picture = Grid::filled(CellIndex::new(0, 0), pixels(width), pixels(height), 0u8)?;
    FLOORS
        .into_iter()
        .for_each(|floor| fill(&mut picture, floor, FREE));
    BLOCKS.into_iter().for_each(|block| fill(&mut picture, block, 0));
    FloorPlan::from_picture(&picture)
}

fn fill(picture: &mut Grid<u8>, (left, bottom, width, height): Rect, grey: u8) {
    let span =
        |from: usize, length: usize| from * PIXELS_PER_DECIMETRE..(from + length) * PIXELS_PER_DECIMETRE;
    for y in span(bottom, height) {
        span(left, width).for_each(|x| picture.set(CellIndex::new(x as i32, y as i32), grey));
    }
}

#[cfg(test)]
mod tests {
    use billing::standard_day::RUN_SQUARE_METRES;

    use super::*;

    #[test]
    fn it_has_the_size_of_the_standard_day() {
        let area = plan().unwrap().area_m2();
        // Furniture takes some of it in every run.
        assert!(
            (RUN_SQUARE_METRES..RUN_SQUARE_METRES * 1.15).contains(&area),
            "{area} m²"
        );
    }
}
