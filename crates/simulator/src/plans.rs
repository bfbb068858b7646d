//! Three homes, drawn here: walls, doors and what is built in.

use mapping::floor_plan::{FloorPlan, PLAN_PIXELS_PER_METRE};
use mapping::grid::{Grid, GridError};
use mapping::tile::CellIndex;
use thiserror::Error;

/// A rectangle in centimetres: left, bottom, width, height.
type Rect = (usize, usize, usize, usize);
/// A disc in centimetres: middle and radius.
type Disc = (usize, usize, usize);

const FREE: u8 = 255;
const WALL: u8 = 0;

/// A home that comes with the simulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DemoPlan {
    /// One large room with a kitchen corner, and a bathroom: 36 m².
    Studio,
    /// A flat of two bedrooms around a hall: 62 m².
    Flat,
    /// The ground floor of a house with an open living room: 88 m².
    House,
}

/// Why a plan cannot be drawn.
#[derive(Debug, Error)]
pub enum PlanError {
    /// It is too large.
    #[error(transparent)]
    Grid(#[from] GridError),
    /// The picture cannot be written.
    #[error("the plan cannot be written as PNG")]
    Png(#[from] png::EncodingError),
}

struct Drawing {
    size: (usize, usize),
    /// Rooms, and the openings between them.
    floors: &'static [Rect],
    /// What is built in or too heavy to be moved.
    blocks: &'static [Rect],
    discs: &'static [Disc],
}

const STUDIO: Drawing = Drawing {
    size: (780, 580),
    floors: &[
        (15, 15, 550, 550),
        (580, 15, 185, 260),
        (580, 290, 185, 275),
        (560, 130, 30, 85),
        (560, 400, 30, 90),
    ],
    blocks: &[
        (15, 505, 300, 60),
        (15, 445, 60, 60),
        (365, 15, 200, 100),
        (15, 60, 85, 200),
        (680, 15, 85, 85),
        (725, 180, 40, 60),
        (705, 330, 60, 180),
    ],
    discs: &[(545, 540, 18)],
};

const FLAT: Drawing = Drawing {
    size: (1030, 760),
    floors: &[
        (15, 15, 420, 430),
        (450, 15, 330, 300),
        (795, 15, 220, 300),
        (450, 330, 565, 120),
        (15, 460, 420, 285),
        (450, 465, 300, 280),
        (765, 465, 250, 280),
        (430, 345, 30, 90),
        (560, 310, 90, 30),
        (860, 310, 90, 30),
        (430, 560, 30, 90),
        (560, 445, 90, 30),
        (840, 445, 90, 30),
    ],
    blocks: &[
        (15, 120, 95, 220),
        (380, 60, 55, 160),
        (600, 15, 160, 200),
        (450, 15, 60, 150),
        (955, 15, 60, 170),
        (795, 15, 80, 75),
        (15, 685, 300, 60),
        (15, 500, 60, 185),
        (450, 685, 180, 60),
        (930, 560, 85, 185),
        (985, 345, 30, 90),
    ],
    discs: &[(410, 425, 14)],
};

const HOUSE: Drawing = Drawing {
    size: (1230, 900),
    floors: &[
        (15, 15, 680, 480),
        (710, 15, 505, 330),
        (710, 360, 240, 255),
        (965, 360, 250, 255),
        (15, 510, 400, 375),
        (430, 510, 265, 375),
        (710, 630, 505, 255),
        (690, 120, 30, 180),
        (690, 400, 30, 90),
        (690, 520, 30, 90),
        (150, 490, 120, 30),
        (500, 490, 90, 30),
        (940, 450, 40, 90),
        (780, 610, 90, 30),
    ],
    blocks: &[
        (15, 150, 100, 240),
        (300, 15, 200, 45),
        (600, 380, 40, 40),
        (915, 285, 300, 60),
        (1155, 15, 60, 270),
        (1120, 530, 95, 85),
        (965, 360, 60, 60),
        (15, 700, 210, 185),
        (15, 510, 60, 110),
        (640, 640, 55, 200),
        (1010, 680, 205, 165),
        (710, 825, 170, 60),
    ],
    discs: &[(660, 40, 22), (395, 865, 16)],
};

impl DemoPlan {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Studio, Self::Flat, Self::House];

    /// Its name, such as in a file name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Studio => "studio",
            Self::Flat => "flat",
            Self::House => "house",
        }
    }

    /// The plan.
    ///
    /// # Errors
    /// [`PlanError::Grid`] if it were too large.
    pub fn floor_plan(self) -> Result<FloorPlan, PlanError> {
        Ok(FloorPlan::from_picture(&self.picture()?)?)
    }

    /// The plan as a PNG of 100 pixels for each metre, white for free.
    ///
    /// # Errors
    /// [`PlanError`].
    pub fn png(self) -> Result<Vec<u8>, PlanError> {
        let picture = self.picture()?;
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, picture.width() as u32, picture.height() as u32);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        let rows: Vec<u8> = picture.rows().rev().flatten().copied().collect();
        encoder.write_header()?.write_image_data(&rows)?;
        Ok(bytes)
    }

    fn drawing(self) -> &'static Drawing {
        match self {
            Self::Studio => &STUDIO,
            Self::Flat => &FLAT,
            Self::House => &HOUSE,
        }
    }

    /// The plan at 1 cm, rows from the bottom up.
    fn picture(self) -> Result<Grid<u8>, GridError> {
        let Drawing {
            size: (width, height),
            floors,
            blocks,
            discs,
        } = self.drawing();
        let mut picture = Grid::filled(CellIndex::new(0, 0), *width, *height, WALL)?;
        floors.iter().for_each(|floor| fill(&mut picture, *floor, FREE));
        blocks.iter().for_each(|block| fill(&mut picture, *block, WALL));
        discs.iter().for_each(|disc| fill_disc(&mut picture, *disc));
        Ok(picture)
    }
}

fn fill(picture: &mut Grid<u8>, (left, bottom, width, height): Rect, grey: u8) {
    for y in bottom..bottom + height {
        (left..left + width).for_each(|x| picture.set(CellIndex::new(x as i32, y as i32), grey));
    }
}

fn fill_disc(picture: &mut Grid<u8>, (x, y, radius): Disc) {
    let (x, y, reach) = (x as i32, y as i32, radius as i32);
    for dy in -reach..=reach {
        let width = f64::from(reach * reach - dy * dy).sqrt() as i32;
        (-width..=width).for_each(|dx| picture.set(CellIndex::new(x + dx, y + dy), WALL));
    }
}

/// Pixels of a plan along one metre, as [`mapping::floor_plan`] has it.
pub const PIXELS_PER_METRE: usize = PLAN_PIXELS_PER_METRE;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_are_homes_of_the_size_they_say() {
        for (plan, area) in [
            (DemoPlan::Studio, 31.0..38.0),
            (DemoPlan::Flat, 52.0..64.0),
            (DemoPlan::House, 76.0..92.0),
        ] {
            let found = plan.floor_plan().unwrap().area_m2();
            assert!(area.contains(&found), "{}: {found} m²", plan.name());
        }
    }
}
