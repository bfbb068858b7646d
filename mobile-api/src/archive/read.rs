//! Reading an archive that anybody may have made: nothing in it is believed, and nothing expands beyond its limit.

use std::io::{Cursor, Read};

use domain::FieldError;
use thiserror::Error;
use zip::ZipArchive;

use super::document::FloorDocument;
use super::{FLOOR_FILE, FLOORS, MAX_ARCHIVE_BYTES, MAX_FILES, MAX_PLAIN_BYTES};

/// Why an archive was refused.
#[derive(Debug, Error)]
pub(crate) enum ReadError {
    /// It has more than [`MAX_ARCHIVE_BYTES`].
    #[error("an archive has at most {MAX_ARCHIVE_BYTES} bytes")]
    TooLarge,
    /// It is not an archive of ours, or a damaged one.
    #[error(transparent)]
    Refused(#[from] FieldError),
}

/// The floors of an archive; other files are left alone.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<FloorDocument>, ReadError> {
    if bytes.len() > MAX_ARCHIVE_BYTES {
        return Err(ReadError::TooLarge);
    }
    let damaged = |_| FieldError::new("body", "must be a zip archive");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > MAX_FILES {
        let reason = format!("must have at most {MAX_FILES} files, has {}", archive.len());
        return Err(FieldError::new("body", reason).into());
    }
    let (mut floors, mut left) = (Vec::new(), MAX_PLAIN_BYTES);
    for place in 0..archive.len() {
        let file = archive.by_index(place).map_err(damaged)?;
        let is_floor = file.name().is_ok_and(|name| is_floor(&name));
        if is_floor {
            floors.push(document(file, &mut left)?);
        }
    }
    Ok(floors)
}

fn is_floor(name: &str) -> bool {
    let within = name.strip_prefix(FLOORS).and_then(|rest| rest.split_once('/'));
    within.is_some_and(|(_, file)| file == FLOOR_FILE)
}

/// A floor, which takes its bytes from what is `left` for those after it.
fn document(file: impl Read, left: &mut usize) -> Result<FloorDocument, FieldError> {
    let mut plain = Vec::new();
    let limit = *left as u64 + 1;
    let damaged = |_| FieldError::new(FLOOR_FILE, "is damaged");
    file.take(limit).read_to_end(&mut plain).map_err(damaged)?;
    let too_large = || format!("all must expand to at most {MAX_PLAIN_BYTES} bytes");
    *left = left
        .checked_sub(plain.len())
        .ok_or_else(|| FieldError::new(FLOOR_FILE, too_large()))?;
    let mut json = serde_json::Deserializer::from_slice(&plain);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        FieldError::new(format!("{FLOOR_FILE}: {path}"), error.into_inner().to_string())
    })
}
