//! Maps of the ROS `map_server`: a PGM picture and a YAML file beside it.

use std::fmt::Write as _;

use crate::class_grid::{CellClass, ClassGrid};
use crate::formats::pgm::{self, PgmError};
use crate::grid::{Grid, GridError};
use crate::pose::Pose;
use crate::run_map::RunMap;
use crate::run_tile::RunCell;
use crate::tile::{CELL_METRES, CellIndex};

/// Smallest and largest side of a pixel, in metres.
pub const ROS_RESOLUTIONS: std::ops::RangeInclusive<f64> = 0.01..=0.25;
/// Largest distance of a map's lower left corner from its origin along each axis, in metres.
pub const MAX_ROS_ORIGIN: f64 = 1_000.0;

const OCCUPIED: u8 = 0;
const UNKNOWN: u8 = 205;
const FREE: u8 = 254;

/// What the YAML file says of the picture.
#[derive(Clone, Debug, PartialEq)]
pub struct RosMeta {
    /// Name of the picture's file.
    pub image: String,
    /// Side of a pixel, in metres.
    pub resolution: f64,
    /// Where the picture's lower left corner is, and how it is turned.
    pub origin: Pose,
    /// Whether white means occupied.
    pub negate: bool,
    /// Pixels whose occupancy is above this are occupied.
    pub occupied_thresh: f64,
    /// Pixels whose occupancy is below this are free.
    pub free_thresh: f64,
}

/// A map of the ROS `map_server`, read in its trinary mode.
#[derive(Clone, Debug, PartialEq)]
pub struct RosMap {
    /// What the YAML file says.
    pub meta: RosMeta,
    /// The picture's grey values, rows from the bottom up.
    pub pixels: Grid<u8>,
}

/// Why a ROS map was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RosError {
    /// A field of the YAML file is missing or has no value of its kind.
    #[error("{field} is missing or not {expected}")]
    Field {
        /// The field's name.
        field: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// The picture is not valid.
    #[error("the map's picture is not valid")]
    Picture(#[from] PgmError),
    /// The map is too large.
    #[error("the map is too large")]
    Size(#[from] GridError),
}

impl RosMap {
    /// Reads a map from its picture and its YAML file.
    ///
    /// # Errors
    /// [`RosError`] naming the field or the part of the picture that is wrong.
    pub fn read(picture: &[u8], yaml: &str) -> Result<Self, RosError> {
        Ok(Self {
            meta: RosMeta::read(yaml)?,
            pixels: pgm::read(picture)?,
        })
    }

    /// The map of one run or of recorded cells.
    ///
    /// # Errors
    /// [`RosError::Size`] if the cells are too far apart for one picture.
    pub fn from_run(run: &RunMap, image: &str) -> Result<Self, RosError> {
        let Some(bounds) = run.bounds() else {
            return Ok(Self::of_pixels(Grid::empty(), image));
        };
        let mut pixels = Grid::over(bounds, UNKNOWN)?;
        run.known()
            .for_each(|(cell, state)| pixels.set(cell, run_pixel(state)));
        Ok(Self::of_pixels(pixels, image))
    }

    /// The map of classified cells; movable ones are free, since a planner on a static map should not avoid them.
    pub fn from_classes(classes: &ClassGrid, image: &str) -> Self {
        Self::of_pixels(classes.cells().map(|cell| class_pixel(cell.class)), image)
    }

    /// What the picture says of each cell of 5 cm, in the map's frame.
    ///
    /// # Errors
    /// [`RosError::Size`] if the map is too large.
    pub fn to_run(&self) -> Result<RunMap, RosError> {
        let meta = &self.meta;
        let mut run = RunMap::new();
        if meta.origin.theta == 0.0 && (meta.resolution - CELL_METRES).abs() < 1e-9 {
            let (dx, dy) = (whole_cells(meta.origin.x), whole_cells(meta.origin.y));
            let known = self
                .pixels
                .iter()
                .map(|(pixel, grey)| (pixel.offset(dx, dy), self.state(grey)));
            known
                .filter(|(_, state)| *state != RunCell::Unknown)
                .for_each(|(cell, state)| run.set(cell, state));
            return Ok(run);
        }
        self.resample(&mut run)?;
        Ok(run)
    }

    /// The picture's bytes.
    pub fn write_picture(&self) -> Vec<u8> {
        pgm::write(&self.pixels)
    }

    /// The YAML file's text.
    pub fn write_yaml(&self) -> String {
        let RosMeta {
            image,
            resolution,
            origin,
            negate,
            occupied_thresh,
            free_thresh,
        } = &self.meta;
        let mut yaml = format!("image: {image}\nmode: trinary\nresolution: {resolution}\n");
        // Writing into a string cannot fail.
        let _ = writeln!(yaml, "origin: [{}, {}, {}]", origin.x, origin.y, origin.theta);
        let _ = writeln!(yaml, "negate: {}", u8::from(*negate));
        let _ = writeln!(
            yaml,
            "occupied_thresh: {occupied_thresh}\nfree_thresh: {free_thresh}"
        );
        yaml
    }

    fn of_pixels(pixels: Grid<u8>, image: &str) -> Self {
        let CellIndex { x, y } = pixels.origin();
        // Twentieths print as short decimals, products with 0.05 do not.
        let origin = Pose::new(f64::from(x) / 20.0, f64::from(y) / 20.0, 0.0);
        let meta = RosMeta {
            image: image.to_owned(),
            resolution: CELL_METRES,
            origin,
            negate: false,
            occupied_thresh: 0.65,
            free_thresh: 0.196,
        };
        let at_zero = Grid::from_cells(
            CellIndex::new(0, 0),
            pixels.width(),
            pixels.height(),
            pixels.cells().to_vec(),
        );
        Self {
            meta,
            pixels: at_zero.unwrap_or_else(|_| Grid::empty()),
        }
    }

    fn state(&self, grey: u8) -> RunCell {
        let white = f64::from(grey) / 255.0;
        let occupancy = if self.meta.negate { white } else { 1.0 - white };
        if occupancy > self.meta.occupied_thresh {
            RunCell::Occupied
        } else if occupancy < self.meta.free_thresh {
            RunCell::Free
        } else {
            RunCell::Unknown
        }
    }

    /// Gives each cell the pixel under its centre, and each occupied pixel its cell, so that thin walls stay.
    fn resample(&self, run: &mut RunMap) -> Result<(), RosError> {
        let Self { meta, pixels } = self;
        let (width, height) = (
            pixels.width() as f64 * meta.resolution,
            pixels.height() as f64 * meta.resolution,
        );
        let corners = [(0.0, 0.0), (width, 0.0), (0.0, height), (width, height)];
        let cells = corners.map(|corner| {
            let (x, y) = meta.origin.transform(corner);
            crate::run_map::CellBounds::of_cell(CellIndex::of_metres(x, y))
        });
        let Some(bounds) = cells.into_iter().reduce(crate::run_map::CellBounds::union) else {
            return Ok(());
        };
        let back = meta.origin.inverse();
        for (cell, ()) in Grid::over(bounds, ())?.iter() {
            let (x, y) = back.transform(cell.centre_metres());
            let pixel = CellIndex::new(
                (x / meta.resolution).floor() as i32,
                (y / meta.resolution).floor() as i32,
            );
            let state = pixels
                .get(pixel)
                .map_or(RunCell::Unknown, |grey| self.state(grey));
            if state != RunCell::Unknown {
                run.set(cell, state);
            }
        }
        let occupied = pixels
            .iter()
            .filter(|(_, grey)| self.state(*grey) == RunCell::Occupied);
        for (pixel, _) in occupied {
            let centre = (f64::from(pixel.x) + 0.5, f64::from(pixel.y) + 0.5);
            let (x, y) = meta
                .origin
                .transform((centre.0 * meta.resolution, centre.1 * meta.resolution));
            run.set(CellIndex::of_metres(x, y), RunCell::Occupied);
        }
        Ok(())
    }
}

impl RosMeta {
    /// Reads the flat `key: value` lines of a map's YAML file; comments and unknown keys are passed over.
    ///
    /// # Errors
    /// [`RosError::Field`] naming the field that is missing, no number, or out of its limits.
    pub fn read(yaml: &str) -> Result<Self, RosError> {
        let resolution = number(yaml, "resolution")?;
        if !ROS_RESOLUTIONS.contains(&resolution) {
            return Err(RosError::Field {
                field: "resolution",
                expected: "between 0.01 and 0.25 m",
            });
        }
        Ok(Self {
            image: value(yaml, "image")
                .unwrap_or_default()
                .trim_matches(['"', '\''])
                .to_owned(),
            resolution,
            origin: origin(yaml)?,
            negate: value(yaml, "negate").is_some_and(|value| value == "1" || value == "true"),
            occupied_thresh: share(yaml, "occupied_thresh")?,
            free_thresh: share(yaml, "free_thresh")?,
        })
    }
}

fn value<'y>(yaml: &'y str, key: &str) -> Option<&'y str> {
    yaml.lines().find_map(|line| {
        let rest = line.strip_prefix(key)?.trim_start().strip_prefix(':')?;
        let end = rest.find(" #").or_else(|| rest.find("\t#")).unwrap_or(rest.len());
        rest.get(..end).map(str::trim)
    })
}

fn number(yaml: &str, field: &'static str) -> Result<f64, RosError> {
    let number = value(yaml, field)
        .and_then(|value| value.parse().ok())
        .filter(|number: &f64| number.is_finite());
    number.ok_or(RosError::Field {
        field,
        expected: "a number",
    })
}

fn share(yaml: &str, field: &'static str) -> Result<f64, RosError> {
    let share = number(yaml, field)?;
    let valid = (0.0..=1.0).contains(&share);
    if valid {
        Ok(share)
    } else {
        Err(RosError::Field {
            field,
            expected: "between 0 and 1",
        })
    }
}

fn origin(yaml: &str) -> Result<Pose, RosError> {
    let wrong = RosError::Field {
        field: "origin",
        expected: "[x, y, yaw] within 1000 m",
    };
    let list = value(yaml, "origin").and_then(|value| value.strip_prefix('[')?.strip_suffix(']'));
    let numbers: Option<Vec<f64>> =
        list.and_then(|list| list.split(',').map(|item| item.trim().parse().ok()).collect());
    match numbers.as_deref() {
        Some([x, y, yaw]) if x.abs() <= MAX_ROS_ORIGIN && y.abs() <= MAX_ROS_ORIGIN && yaw.is_finite() => {
            Ok(Pose::new(*x, *y, *yaw))
        }
        _ => Err(wrong),
    }
}

fn whole_cells(metres: f64) -> i32 {
    (metres / CELL_METRES).round() as i32
}

fn run_pixel(state: RunCell) -> u8 {
    match state {
        RunCell::Unknown => UNKNOWN,
        RunCell::Free => FREE,
        RunCell::Occupied | RunCell::Touched => OCCUPIED,
    }
}

fn class_pixel(class: CellClass) -> u8 {
    match class {
        CellClass::Unknown => UNKNOWN,
        CellClass::Free | CellClass::Movable => FREE,
        CellClass::Permanent => OCCUPIED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str = "image: map.pgm\nresolution: 0.050000\norigin: [-0.1, 0.05, 0.0]   # lower left\nnegate: 0\n\
                        occupied_thresh: 0.65\nfree_thresh: 0.196\n";

    #[test]
    fn pixels_become_cells_in_the_maps_frame() {
        let map = RosMap::read(b"P5 3 1 255\n\x00\xcd\xfe", YAML).unwrap();
        let run = map.to_run().unwrap();
        assert_eq!(run.get(CellIndex::new(-2, 1)), RunCell::Occupied);
        assert_eq!(run.get(CellIndex::new(-1, 1)), RunCell::Unknown);
        assert_eq!(run.get(CellIndex::new(0, 1)), RunCell::Free);
        let again = RosMap::from_run(&run, "map.pgm").unwrap();
        assert_eq!(again.to_run().unwrap(), run);
        assert_eq!(
            RosMap::read(&again.write_picture(), &again.write_yaml()).unwrap(),
            again
        );
    }

    #[test]
    fn a_finer_map_keeps_its_walls() {
        let yaml = YAML.replace("0.050000", "0.025");
        let picture = [b"P5 4 1 255\n".as_slice(), &[254, 254, 254, 0]].concat();
        let run = RosMap::read(&picture, &yaml).unwrap().to_run().unwrap();
        assert_eq!(run.get(CellIndex::new(-1, 1)), RunCell::Occupied);
    }

    #[test]
    fn wrong_fields_are_named() {
        for (from, to, field) in [
            ("0.050000", "3", "resolution"),
            ("0.050000", "nan", "resolution"),
            ("origin", "centre", "origin"),
            ("-0.1,", "1e9,", "origin"),
            ("0.65", "65", "occupied_thresh"),
        ] {
            let error = RosMeta::read(&YAML.replace(from, to)).unwrap_err();
            assert!(
                matches!(error, RosError::Field { field: found, .. } if found == field),
                "{error}"
            );
        }
    }
}
