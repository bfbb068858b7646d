//! What permanence figures rest on, written so that anyone can score it again.
//!
//! Each run, the truth and the classes are grey pictures of one pixel for each cell, all in one frame, in the values of
//! [`grey`].

use mapping::formats::png_map::draw_classes;
use mapping::{CellClass, ClassGrid, Grid, RunCell, RunMap};
use serde_json::{Value, json};

use crate::error::EvalError;
use crate::files::Output;
use crate::score::CellSet;
use crate::sim::Mask;

/// Pixels for each cell in pictures of classes.
const PICTURE_SCALE: usize = 3;

/// What the grey values mean.
pub(super) fn legend() -> Value {
    json!({"unknown": grey(CellClass::Unknown), "free": grey(CellClass::Free),
        "movable": grey(CellClass::Movable), "permanent_or_occupied": grey(CellClass::Permanent)})
}

/// As in ROS maps, and between free and occupied for what is movable.
const fn grey(class: CellClass) -> u8 {
    match class {
        CellClass::Unknown => 205,
        CellClass::Free => 254,
        CellClass::Movable => 100,
        CellClass::Permanent => 0,
    }
}

/// One home's files.
pub(super) struct Record<'a> {
    pub(super) output: &'a Output,
    /// Name of the folder for this home.
    pub(super) name: &'a str,
}

impl Record<'_> {
    /// Writes what one run saw in the cells of a home.
    pub(super) fn run(&self, n: u32, run: &RunMap, home: &Mask) -> Result<(), EvalError> {
        let seen = home.iter().map(|(cell, _)| match run.get(cell) {
            RunCell::Unknown => grey(CellClass::Unknown),
            RunCell::Free => grey(CellClass::Free),
            RunCell::Occupied | RunCell::Touched => grey(CellClass::Permanent),
        });
        let picture = Grid::from_cells(home.origin(), home.width(), home.height(), seen.collect())?;
        self.picture(&format!("run-{n:02}"), &picture)
    }

    pub(super) fn classes(&self, what: &str, classes: &Grid<CellClass>) -> Result<(), EvalError> {
        self.picture(what, &classes.map(grey))
    }

    /// Writes the cells of the things that are there and of those that were found, as columns and rows.
    pub(super) fn things(&self, truth: &[CellSet], found: &[CellSet]) -> Result<(), EvalError> {
        let cells = |things: &[CellSet]| -> Vec<Vec<[i32; 2]>> {
            let cells = things.iter().map(CellSet::cells);
            cells
                .map(|cells| cells.map(|cell| [cell.x, cell.y]).collect())
                .collect()
        };
        let things = json!({"truth": cells(truth), "found": cells(found)});
        self.output.write(
            &format!("{}/objects.json", self.name),
            things.to_string().as_bytes(),
        )
    }

    pub(super) fn mask(&self, what: &str, mask: &Mask) -> Result<(), EvalError> {
        self.picture(what, &mask.map(|inside| if inside { 255 } else { 0 }))
    }

    /// Draws the classes after a run in colours.
    pub(super) fn drawing(&self, n: u32, classes: &ClassGrid) -> Result<(), EvalError> {
        if !self.output.is_wanted() {
            return Ok(());
        }
        let picture = draw_classes(classes, PICTURE_SCALE)?;
        self.output
            .write(&format!("{}-after-{n:02}.png", self.name), &picture)
    }

    fn picture(&self, what: &str, picture: &Grid<u8>) -> Result<(), EvalError> {
        if !self.output.is_wanted() {
            return Ok(());
        }
        let path = format!("{}/{what}.png", self.name);
        let bytes = encode(picture).map_err(mapping::formats::png_map::PngError::Write)?;
        self.output.write(&path, &bytes)
    }
}

/// A grey picture, the highest row first.
fn encode(picture: &Grid<u8>) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, picture.width() as u32, picture.height() as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let samples: Vec<u8> = picture.rows().rev().flatten().copied().collect();
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&samples)?;
    writer.finish()?;
    Ok(bytes)
}
