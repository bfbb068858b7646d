//! Writing an archive in memory, up to the size that can be sent.

use std::io::{Cursor, Write};

use domain::id::FloorId;
use serde::Serialize;
use thiserror::Error;
use zip::ZipWriter;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;

use super::document::{FloorDocument, HomeDocument};
use super::{FLOOR_FILE, FLOORS, HOME_FILE, MAX_ARCHIVE_BYTES};

/// Why a home did not become an archive.
#[derive(Debug, Error)]
pub(crate) enum WriteError {
    /// It would have more than [`MAX_ARCHIVE_BYTES`].
    #[error("the archive would have more than {MAX_ARCHIVE_BYTES} bytes")]
    TooLarge,
    /// A document cannot be written.
    #[error("a document of the archive cannot be written")]
    Document(#[from] serde_json::Error),
    /// The archive cannot be written.
    #[error("the archive cannot be written")]
    Archive(#[from] ZipError),
    /// A file of it cannot be written.
    #[error("a file of the archive cannot be written")]
    File(#[from] std::io::Error),
}

/// What an archive has of a floor.
pub(crate) struct FloorFiles {
    /// The floor.
    pub(crate) id: FloorId,
    /// `floor.json`.
    pub(crate) document: FloorDocument,
    /// `map.geojson`.
    pub(crate) geojson: String,
    /// `map.png`.
    pub(crate) picture: Vec<u8>,
}

/// The archive of a home with these floors.
pub(crate) fn write(home: &HomeDocument, floors: &[FloorFiles]) -> Result<Vec<u8>, WriteError> {
    let mut writer = Writer(ZipWriter::new(Cursor::new(Vec::new())));
    writer.json(HOME_FILE.to_owned(), home)?;
    for floor in floors {
        let named = |name: &str| format!("{FLOORS}{}/{name}", floor.id);
        writer.file(named("map.geojson"), floor.geojson.as_bytes())?;
        writer.file(named("map.png"), &floor.picture)?;
        writer.json(named(FLOOR_FILE), &floor.document)?;
    }
    let bytes = writer.0.finish()?.into_inner();
    if bytes.len() > MAX_ARCHIVE_BYTES {
        return Err(WriteError::TooLarge);
    }
    Ok(bytes)
}

struct Writer(ZipWriter<Cursor<Vec<u8>>>);

impl Writer {
    fn json(&mut self, name: String, document: &impl Serialize) -> Result<(), WriteError> {
        self.file(name, &serde_json::to_vec_pretty(document)?)
    }

    fn file(&mut self, name: String, bytes: &[u8]) -> Result<(), WriteError> {
        self.0.start_file(name, SimpleFileOptions::default())?;
        Ok(self.0.write_all(bytes)?)
    }
}
