//! The outbox's file: records one after the other, checked when they are read.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::record::{self, HEADER_BYTES};
use crate::private_file;

/// What the file starts with; the last byte is the version.
const MAGIC: [u8; 8] = *b"SWPLOBX\x01";

/// Where a record's payload stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    at: u64,
    length: u32,
}

impl Extent {
    /// The bytes that the record takes in the file.
    pub fn record_bytes(self) -> u64 {
        HEADER_BYTES as u64 + u64::from(self.length)
    }
}

/// Why the outbox could not be opened, read or written.
#[derive(Debug, Error)]
pub enum LogError {
    /// The file belongs to a later version of the agent.
    #[error("outbox {path}: was written by a newer agent (version {version}), this one reads version 1")]
    Newer {
        /// The file.
        path: PathBuf,
        /// What it says it is.
        version: u8,
    },
    /// A record was changed since it was written.
    #[error("outbox record at byte {at}: its checksum is wrong")]
    Damaged {
        /// Where it stands.
        at: u64,
    },
    /// The file system refused.
    #[error("outbox {path}: cannot be {action}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What it said.
        source: io::Error,
    },
}

/// The file, open at its end.
pub struct Log {
    file: File,
    path: PathBuf,
    end: u64,
}

/// What was found when the file was opened.
pub struct Recovered {
    /// The file, its torn end cut off.
    pub log: Log,
    /// Stretches that were no valid record.
    pub refused: u32,
}

impl Log {
    /// Opens or makes the file and hands each intact record's payload to `take`, in order.
    ///
    /// A record that was not written to its end is cut off; one that was changed is passed over and counted.
    ///
    /// # Errors
    /// [`LogError::Newer`] and [`LogError::Io`]; nothing is changed then.
    pub fn open(path: &Path, take: impl FnMut(Extent, &[u8])) -> Result<Recovered, LogError> {
        let failed = |action| {
            move |source| LogError::Io {
                path: path.to_owned(),
                action,
                source,
            }
        };
        let file = OpenOptions::new().read(true).write(true).open(path);
        let file = match file {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Recovered {
                    log: Self::create(path)?,
                    refused: 0,
                });
            }
            other => other.map_err(failed("opened"))?,
        };
        let size = file.metadata().map_err(failed("read"))?.len();
        let mut log = Self {
            file,
            path: path.to_owned(),
            end: MAGIC.len() as u64,
        };
        if !log.check_magic(size)? {
            private_file::replace(path, &path.with_extension("bad")).map_err(failed("set aside"))?;
            return Ok(Recovered {
                log: Self::create(path)?,
                refused: 1,
            });
        }
        let refused = log.scan(size, take)?;
        log.file.set_len(log.end).map_err(failed("cut"))?;
        Ok(Recovered { log, refused })
    }

    /// Makes an empty file, in place of any other.
    ///
    /// # Errors
    /// [`LogError::Io`].
    pub fn create(path: &Path) -> Result<Self, LogError> {
        let failed = |source| LogError::Io {
            path: path.to_owned(),
            action: "created",
            source,
        };
        let file = private_file::create(path).map_err(failed)?;
        file.write_all_at(&MAGIC, 0).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        Ok(Self {
            file,
            path: path.to_owned(),
            end: MAGIC.len() as u64,
        })
    }

    /// The bytes written so far.
    pub fn bytes(&self) -> u64 {
        self.end
    }

    /// Adds a record; it is durable after the next [`Log::commit`].
    ///
    /// # Errors
    /// [`LogError::Io`]; nothing is added then.
    pub fn append(&mut self, payload: &[u8]) -> Result<Extent, LogError> {
        let extent = Extent {
            at: self.end + HEADER_BYTES as u64,
            length: payload.len() as u32,
        };
        let mut bytes = record::header(payload).to_vec();
        bytes.extend(payload);
        if let Err(source) = self.file.write_all_at(&bytes, self.end) {
            // A torn record at the end is cut off when the file is opened, so that this may fail too.
            let _ = self.file.set_len(self.end);
            return Err(self.failed("written", source));
        }
        self.end += bytes.len() as u64;
        Ok(extent)
    }

    /// Waits until everything added is on the disk.
    ///
    /// # Errors
    /// [`LogError::Io`].
    pub fn commit(&self) -> Result<(), LogError> {
        self.file
            .sync_data()
            .map_err(|source| self.failed("synced", source))
    }

    /// The payload at `extent`.
    ///
    /// # Errors
    /// [`LogError::Io`], or [`LogError::Damaged`] when it is not what was written.
    pub fn read(&self, extent: Extent) -> Result<Vec<u8>, LogError> {
        let start = extent.at - HEADER_BYTES as u64;
        match self.record_at(start, u64::MAX)? {
            Found::Intact(payload) if payload.len() == extent.length as usize => Ok(payload),
            Found::Intact(_) | Found::Damaged | Found::Torn => Err(LogError::Damaged { at: start }),
        }
    }

    /// Takes the place of the file at `path`, durably.
    ///
    /// # Errors
    /// [`LogError::Io`].
    pub fn move_to(mut self, path: &Path) -> Result<Self, LogError> {
        self.commit()?;
        private_file::replace(&self.path, path).map_err(|source| self.failed("replaced", source))?;
        self.path = path.to_owned();
        Ok(self)
    }

    fn failed(&self, action: &'static str, source: io::Error) -> LogError {
        LogError::Io {
            path: self.path.clone(),
            action,
            source,
        }
    }

    /// Whether the file is an outbox; a start cut short is none.
    fn check_magic(&self, size: u64) -> Result<bool, LogError> {
        let mut found = [0; MAGIC.len()];
        if size < MAGIC.len() as u64 {
            return Ok(false);
        }
        self.file
            .read_exact_at(&mut found, 0)
            .map_err(|source| self.failed("read", source))?;
        let ([name @ .., version], [ours @ .., known]) = (found, MAGIC);
        if name == ours && version > known {
            return Err(LogError::Newer {
                path: self.path.clone(),
                version,
            });
        }
        Ok(found == MAGIC)
    }

    /// Reads on from the first byte that is no record until one is, so that a damaged length loses one record only.
    fn scan(&mut self, size: u64, mut take: impl FnMut(Extent, &[u8])) -> Result<u32, LogError> {
        let (mut at, mut refused, mut damaged_end) = (self.end, 0, false);
        while at < size {
            match self.record_at(at, size)? {
                Found::Intact(payload) => {
                    refused += u32::from(at > self.end);
                    damaged_end = false;
                    let extent = Extent {
                        at: at + HEADER_BYTES as u64,
                        length: payload.len() as u32,
                    };
                    take(extent, &payload);
                    at += extent.record_bytes();
                    self.end = at;
                }
                Found::Damaged => {
                    damaged_end = true;
                    at += 1;
                }
                Found::Torn => at += 1,
            }
        }
        Ok(refused + u32::from(damaged_end))
    }

    fn record_at(&self, at: u64, size: u64) -> Result<Found, LogError> {
        let mut header = [0; HEADER_BYTES];
        if !self.fill(&mut header, at)? {
            return Ok(Found::Torn);
        }
        let Some(length) = record::payload_length(&header) else {
            return Ok(Found::Torn);
        };
        let mut payload = vec![0; length];
        if at.saturating_add((HEADER_BYTES + length) as u64) > size
            || !self.fill(&mut payload, at + HEADER_BYTES as u64)?
        {
            return Ok(Found::Torn);
        }
        Ok(if record::is_intact(&header, &payload) {
            Found::Intact(payload)
        } else {
            Found::Damaged
        })
    }

    /// Fills `bytes` from `at` on; says whether the file was long enough.
    fn fill(&self, bytes: &mut [u8], at: u64) -> Result<bool, LogError> {
        match self.file.read_exact_at(bytes, at) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(source) => Err(self.failed("read", source)),
        }
    }
}

/// What stands at a place of the file.
enum Found {
    Intact(Vec<u8>),
    /// As long as it says, but not what was written.
    Damaged,
    /// No header, or not written to its end.
    Torn,
}
