//! Pictures of floors in colours: rooms side by side with the true ones, paths over a floor.

use mapping::formats::png_map::PngError;
use mapping::{CELL_METRES, CellIndex, Grid, GridError};

/// Red, green and blue.
pub(crate) type Colour = [u8; 3];

/// What is no floor.
pub(crate) const WALL: Colour = [0x2b, 0x30, 0x3a];
/// Floor.
pub(crate) const FLOOR: Colour = [0xec, 0xf0, 0xf3];

const ROOMS: [Colour; 12] = [
    [0x8f, 0xbc, 0xe6],
    [0x9b, 0xd3, 0x92],
    [0xec, 0xa5, 0xb0],
    [0xbb, 0xa6, 0xe2],
    [0x8f, 0xd6, 0xd0],
    [0xe8, 0xcf, 0x81],
    [0xd0, 0xb2, 0x96],
    [0xa9, 0xb5, 0xc4],
    [0xf2, 0xb8, 0x7c],
    [0x7f, 0xa8, 0xa0],
    [0xd8, 0x95, 0xd0],
    [0xb9, 0xc9, 0x6a],
];

/// A picture of a floor, one square of pixels for each cell.
pub(crate) struct Picture {
    pixels: Grid<Colour>,
    /// Pixels along one side of a cell.
    scale: i32,
    first: CellIndex,
}

impl Picture {
    /// The cells in their colours.
    pub(crate) fn of<T: Copy>(
        cells: &Grid<T>,
        scale: usize,
        colour: impl Fn(T) -> Colour,
    ) -> Result<Self, GridError> {
        let (width, height) = (cells.width() * scale, cells.height() * scale);
        let mut pixels = Grid::filled(CellIndex::new(0, 0), width.max(1), height.max(1), WALL)?;
        let first = cells.origin();
        let scale = scale as i32;
        for (cell, value) in cells.iter() {
            let corner = CellIndex::new((cell.x - first.x) * scale, (cell.y - first.y) * scale);
            let square = (0..scale).flat_map(|dy| (0..scale).map(move |dx| corner.offset(dx, dy)));
            square.for_each(|pixel| pixels.set(pixel, colour(value)));
        }
        Ok(Self { pixels, scale, first })
    }

    /// Draws a path of positions in metres, from the first colour at its beginning to the second at its end.
    pub(crate) fn draw_path(&mut self, path: &[(f64, f64)], from: Colour, to: Colour) {
        let last = path.len().saturating_sub(1).max(1) as f64;
        for (place, (a, b)) in path.iter().zip(path.iter().skip(1)).enumerate() {
            self.draw_line(*a, *b, blend(from, to, place as f64 / last));
        }
    }

    fn draw_line(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour) {
        let pixel =
            |metres: f64, first: i32| (metres / CELL_METRES - f64::from(first)) * f64::from(self.scale);
        let (ax, ay) = (pixel(from.0, self.first.x), pixel(from.1, self.first.y));
        let (bx, by) = (pixel(to.0, self.first.x), pixel(to.1, self.first.y));
        let steps = (bx - ax).abs().max((by - ay).abs()).ceil().max(1.0) as i32;
        for step in 0..=steps {
            let share = f64::from(step) / f64::from(steps);
            let point = CellIndex::new((ax + (bx - ax) * share) as i32, (ay + (by - ay) * share) as i32);
            self.pixels.set(point, colour);
        }
    }

    /// Both pictures side by side.
    pub(crate) fn beside(self, other: &Self) -> Result<Self, GridError> {
        let gap = 4;
        let width = self.pixels.width() + gap + other.pixels.width();
        let height = self.pixels.height().max(other.pixels.height());
        let mut pixels = Grid::filled(CellIndex::new(0, 0), width, height, [0xff; 3])?;
        let shift = (self.pixels.width() + gap) as i32;
        self.pixels
            .iter()
            .for_each(|(pixel, colour)| pixels.set(pixel, colour));
        let right = other.pixels.iter();
        right.for_each(|(pixel, colour)| pixels.set(pixel.offset(shift, 0), colour));
        Ok(Self { pixels, ..self })
    }

    /// As PNG, the highest row first.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, PngError> {
        let mut bytes = Vec::new();
        let (width, height) = (self.pixels.width() as u32, self.pixels.height() as u32);
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let samples: Vec<u8> = self.pixels.rows().rev().flatten().flatten().copied().collect();
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&samples)?;
        writer.finish()?;
        Ok(bytes)
    }
}

/// The colour of a room, that of walls for none.
pub(crate) fn room_colour(room: u32) -> Colour {
    let place = (room as usize).checked_sub(1).map(|place| place % ROOMS.len());
    place.and_then(|place| ROOMS.get(place)).copied().unwrap_or(WALL)
}

fn blend(from: Colour, to: Colour, share: f64) -> Colour {
    let mut mixed = from;
    for (mixed, to) in mixed.iter_mut().zip(to) {
        *mixed = (f64::from(*mixed) * (1.0 - share) + f64::from(to) * share) as u8;
    }
    mixed
}

#[cfg(test)]
mod tests {
    use super::*;
    use mapping::formats::png_map::read_grey;

    #[test]
    fn a_path_is_drawn_where_it_leads() {
        let floor = Grid::filled(CellIndex::new(-10, -10), 20, 20, ()).unwrap();
        let mut picture = Picture::of(&floor, 2, |()| FLOOR).unwrap();
        picture.draw_path(&[(-0.475, 0.025), (0.475, 0.025)], [0; 3], [0; 3]);
        let drawn = read_grey(&picture.encode().unwrap()).unwrap();
        assert_eq!(drawn.get(CellIndex::new(20, 21)), Some(0));
        assert_ne!(drawn.get(CellIndex::new(20, 25)), Some(0));
    }

    #[test]
    fn pictures_stand_side_by_side() {
        let floor = Grid::filled(CellIndex::new(0, 0), 5, 3, 1u32).unwrap();
        let left = Picture::of(&floor, 1, room_colour).unwrap();
        let right = Picture::of(&floor.map(|_| 0), 1, room_colour).unwrap();
        let both = read_grey(&left.beside(&right).unwrap().encode().unwrap()).unwrap();
        assert_eq!((both.width(), both.height()), (14, 3));
        assert!(both.get(CellIndex::new(0, 0)) > both.get(CellIndex::new(13, 0)));
    }
}
