//! Maps as pictures, and floor plans out of pictures.

use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder, Encoder, Limits, Transformations};

use crate::class_grid::{CellClass, ClassGrid};
use crate::floor_plan::FloorPlan;
use crate::grid::{Grid, GridError};
use crate::run_map::RunMap;
use crate::run_tile::RunCell;
use crate::tile::CellIndex;
use crate::view::{FloorView, ViewCell};

/// Most bytes that decoding one picture may take.
pub const MAX_PNG_MEMORY: usize = 64 * 1024 * 1024;
/// Largest number of pixels along one side of a cell.
pub const MAX_SCALE: usize = 32;

/// Red, green, blue and opacity.
type Rgba = [u8; 4];

const TRANSPARENT: Rgba = [0, 0, 0, 0];
const FREE: Rgba = [0xec, 0xf0, 0xf3, 0xff];
const PERMANENT: Rgba = [0x2b, 0x30, 0x3a, 0xff];
const RARELY: Rgba = [0xfd, 0xe7, 0xb8, 0xff];
const OFTEN: Rgba = [0xd9, 0x7a, 0x06, 0xff];
const TOUCHED: Rgba = [0xc2, 0x3b, 0x3b, 0xff];
const ROOMS: [Rgba; 8] = [
    [0xcf, 0xe3, 0xf7, 0xff],
    [0xd6, 0xee, 0xd2, 0xff],
    [0xf6, 0xd8, 0xdd, 0xff],
    [0xe4, 0xdb, 0xf4, 0xff],
    [0xd2, 0xee, 0xec, 0xff],
    [0xf4, 0xe9, 0xc6, 0xff],
    [0xe9, 0xdd, 0xd2, 0xff],
    [0xdd, 0xe2, 0xe8, 0xff],
];

/// Why a picture was refused or could not be written.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    /// The bytes are no PNG, or take more than [`MAX_PNG_MEMORY`].
    #[error("the picture cannot be read")]
    Read(#[from] png::DecodingError),
    /// The picture cannot be written.
    #[error("the picture cannot be written")]
    Write(#[from] png::EncodingError),
    /// The picture is too large.
    #[error("the picture has no size that fits a map")]
    Size(#[from] GridError),
    /// A cell cannot be drawn at this size.
    #[error("a scale of {0} pixels for each cell is not between 1 and {MAX_SCALE}")]
    Scale(usize),
}

/// Draws classes: permanent dark, movable amber and deeper the more often it is there, free pale, unknown transparent.
///
/// # Errors
/// [`PngError::Scale`] or [`PngError::Size`] if the picture would be too large.
pub fn draw_classes(classes: &ClassGrid, scale: usize) -> Result<Vec<u8>, PngError> {
    write(
        &classes
            .cells()
            .map(|cell| class_colour(cell.class, cell.presence, FREE)),
        scale,
    )
}

/// Draws a view with its rooms in colours.
///
/// # Errors
/// [`PngError::Scale`] or [`PngError::Size`] if the picture would be too large.
pub fn draw_view(view: &FloorView, scale: usize) -> Result<Vec<u8>, PngError> {
    write(&view.cells().map(view_colour), scale)
}

/// Draws what one run saw.
///
/// # Errors
/// [`PngError::Scale`] or [`PngError::Size`] if the picture would be too large.
pub fn draw_run(run: &RunMap, scale: usize) -> Result<Vec<u8>, PngError> {
    let Some(bounds) = run.bounds() else {
        return write(&Grid::empty(), scale);
    };
    let mut picture = Grid::over(bounds, TRANSPARENT)?;
    run.known()
        .for_each(|(cell, state)| picture.set(cell, run_colour(state)));
    write(&picture, scale)
}

/// Reads any PNG as grey values; rows count from the bottom of the picture up, the lower left pixel is (0, 0).
///
/// # Errors
/// [`PngError`] if the bytes are no PNG or the picture is too large.
pub fn read_grey(bytes: &[u8]) -> Result<Grid<u8>, PngError> {
    let mut decoder = Decoder::new_with_limits(
        Cursor::new(bytes),
        Limits {
            bytes: MAX_PNG_MEMORY,
        },
    );
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let (width, height) = (reader.info().width as usize, reader.info().height as usize);
    let size = reader.output_buffer_size().filter(|size| *size <= MAX_PNG_MEMORY);
    let mut samples = vec![0; size.ok_or(GridError::TooLarge { width, height })?];
    let frame = reader.next_frame(&mut samples)?;
    let pixels = samples.chunks_exact(frame.color_type.samples());
    let row = |y: usize| pixels.clone().skip(y * width).take(width).map(grey);
    let grey = (0..height).rev().flat_map(row).collect();
    Ok(Grid::from_cells(CellIndex::new(0, 0), width, height, grey)?)
}

/// Reads a floor plan of 100 pixels for each metre, white for free.
///
/// # Errors
/// [`PngError`] if the bytes are no PNG or the picture is too large.
pub fn read_floor_plan(bytes: &[u8]) -> Result<FloorPlan, PngError> {
    Ok(FloorPlan::from_picture(&read_grey(bytes)?)?)
}

/// Writes coloured cells as squares of `scale` pixels, the highest row first.
fn write(picture: &Grid<Rgba>, scale: usize) -> Result<Vec<u8>, PngError> {
    if !(1..=MAX_SCALE).contains(&scale) {
        return Err(PngError::Scale(scale));
    }
    // A PNG has at least one pixel.
    let nothing = Grid::filled(CellIndex::new(0, 0), 1, 1, TRANSPARENT)?;
    let picture = if picture.cells().is_empty() {
        &nothing
    } else {
        picture
    };
    let size = Grid::filled(
        CellIndex::new(0, 0),
        picture.width() * scale,
        picture.height() * scale,
        (),
    )?;
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, size.width() as u32, size.height() as u32);
    encoder.set_color(ColorType::Rgba);
    encoder.set_depth(BitDepth::Eight);
    let mut samples = Vec::with_capacity(size.cells().len() * 4);
    for row in picture.rows().rev() {
        let line: Vec<u8> = row.iter().flat_map(|pixel| pixel.repeat(scale)).collect();
        (0..scale).for_each(|_| samples.extend(&line));
    }
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&samples)?;
    writer.finish()?;
    Ok(bytes)
}

fn grey(samples: &[u8]) -> u8 {
    match samples {
        [grey] | [grey, _] => *grey,
        [red, green, blue, ..] => ((u16::from(*red) + u16::from(*green) + u16::from(*blue)) / 3) as u8,
        [] => 0,
    }
}

fn class_colour(class: CellClass, presence: u8, free: Rgba) -> Rgba {
    match class {
        CellClass::Unknown => TRANSPARENT,
        CellClass::Free => free,
        CellClass::Movable => blend(RARELY, OFTEN, presence),
        CellClass::Permanent => PERMANENT,
    }
}

fn view_colour(cell: ViewCell) -> Rgba {
    let room = usize::from(cell.room)
        .checked_sub(1)
        .and_then(|room| ROOMS.get(room % ROOMS.len()));
    class_colour(cell.class, cell.presence, *room.unwrap_or(&FREE))
}

fn run_colour(state: RunCell) -> Rgba {
    match state {
        RunCell::Unknown => TRANSPARENT,
        RunCell::Free => FREE,
        RunCell::Occupied => PERMANENT,
        RunCell::Touched => TOUCHED,
    }
}

fn blend(from: Rgba, to: Rgba, share: u8) -> Rgba {
    let mix = |from: u8, to: u8| {
        let (from, to, share) = (u32::from(from), u32::from(to), u32::from(share));
        ((from * (255 - share) + to * share) / 255) as u8
    };
    std::array::from_fn(|i| mix(from.get(i).copied().unwrap_or(0), to.get(i).copied().unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_row_is_drawn_first() {
        let mut run = RunMap::new();
        run.set(CellIndex::new(0, 0), RunCell::Free);
        run.set(CellIndex::new(0, 1), RunCell::Occupied);
        let grey = read_grey(&draw_run(&run, 2).unwrap()).unwrap();
        assert_eq!((grey.width(), grey.height()), (2, 4));
        assert!(grey.get(CellIndex::new(0, 0)) > grey.get(CellIndex::new(0, 3)));
    }

    #[test]
    fn an_empty_map_is_one_clear_pixel() {
        assert_eq!(
            read_grey(&draw_classes(&ClassGrid::empty(), 4).unwrap())
                .unwrap()
                .cells()
                .len(),
            16
        );
    }

    #[test]
    fn pictures_that_are_none_or_too_large_are_refused() {
        assert!(matches!(read_grey(b"no picture"), Err(PngError::Read(_))));
        assert!(matches!(draw_run(&RunMap::new(), 0), Err(PngError::Scale(0))));
        let mut wide = RunMap::new();
        wide.set(CellIndex::new(0, 0), RunCell::Free);
        wide.set(CellIndex::new(9_000, 9_000), RunCell::Free);
        assert!(matches!(draw_run(&wide, 1), Err(PngError::Size(_))));
    }
}
