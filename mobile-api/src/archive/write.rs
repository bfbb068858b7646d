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

/// An archive in the making.
pub(crate) struct ArchiveWriter {
    zip: ZipWriter<Cursor<Vec<u8>>>,
}

impl ArchiveWriter {
    /// An archive of a home.
    pub(crate) fn new(home: &HomeDocument) -> Result<Self, WriteError> {
        let zip = ZipWriter::new(Cursor::new(Vec::new()));
        let mut writer = Self { zip };
        writer.json(HOME_FILE.to_owned(), home)?;
        Ok(writer)
    }

    /// Adds the document of a floor.
    pub(crate) fn floor(&mut self, id: FloorId, floor: &FloorDocument) -> Result<(), WriteError> {
        self.json(format!("{FLOORS}{id}/{FLOOR_FILE}"), floor)
    }

    /// Adds another file of a floor.
    pub(crate) fn floor_file(&mut self, id: FloorId, name: &str, bytes: &[u8]) -> Result<(), WriteError> {
        self.file(format!("{FLOORS}{id}/{name}"), bytes)
    }

    /// The bytes of the archive.
    pub(crate) fn finish(self) -> Result<Vec<u8>, WriteError> {
        let bytes = self.zip.finish()?.into_inner();
        if bytes.len() > MAX_ARCHIVE_BYTES {
            return Err(WriteError::TooLarge);
        }
        Ok(bytes)
    }

    fn json(&mut self, name: String, document: &impl Serialize) -> Result<(), WriteError> {
        self.file(name, &serde_json::to_vec_pretty(document)?)
    }

    fn file(&mut self, name: String, bytes: &[u8]) -> Result<(), WriteError> {
        self.zip.start_file(name, SimpleFileOptions::default())?;
        Ok(self.zip.write_all(bytes)?)
    }
}
