//! A home as one archive: what its owner takes along, and what another installation reads of it.
//!
//! | file | what it is |
//! |---|---|
//! | `home.json` | the home, its members' roles, its robots with their settings, its runs; [`document::HomeDocument`] |
//! | `floors/{floor}/floor.json` | all evidence of a floor, and what was derived from it; [`document::FloorDocument`] |
//! | `floors/{floor}/map.geojson` | its rooms, walls and movable things as polygons in metres |
//! | `floors/{floor}/map.png` | a picture of it |
//!
//! Only the two kinds of JSON are read again.

pub(crate) mod document;
mod read;
mod write;

pub(crate) use read::{ReadError, read};
pub(crate) use write::{FloorFiles, WriteError, write};

/// The form of the documents, which grows when they change so that older programs cannot read them.
pub(crate) const FORM: u32 = 1;
/// The most bytes of an archive: what a function can answer with, and be asked with.
pub(crate) const MAX_ARCHIVE_BYTES: usize = 4 * 1024 * 1024;
/// The most files in an archive.
pub(crate) const MAX_FILES: usize = 64;
/// The most bytes that the floors of an archive may expand to, all together.
pub(crate) const MAX_PLAIN_BYTES: usize = 16 * 1024 * 1024;

const HOME_FILE: &str = "home.json";
const FLOOR_FILE: &str = "floor.json";
const FLOORS: &str = "floors/";
