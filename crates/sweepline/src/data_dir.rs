//! The data folder: everything that the local stack keeps, in a form with a version.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// The form of the folder that this program reads and writes.
pub const FORMAT: u32 = 1;

const FORMAT_FILE: &str = "FORMAT";
const LOCK_FILE: &str = "LOCK";

/// Why the data folder cannot be used.
#[derive(Debug, Error)]
pub enum DataDirError {
    /// Another program has it open.
    #[error("--data {0:?}: another sweepline is running on it")]
    InUse(PathBuf),
    /// It was written by a newer program.
    #[error(
        "--data {dir:?}: has format {found}, this program knows formats up to {FORMAT}; use a newer sweepline"
    )]
    TooNew {
        /// The folder.
        dir: PathBuf,
        /// Its format.
        found: u32,
    },
    /// It has files that sweepline did not write.
    #[error("--data {0:?}: is not empty and not a sweepline data folder")]
    Foreign(PathBuf),
    /// The operating system refused.
    #[error("--data {dir:?}: cannot be used")]
    Io {
        /// The folder.
        dir: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

/// An open data folder; nobody else opens it while this lives.
#[derive(Debug)]
pub struct DataDir {
    root: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Opens `root`, made when it is not there and emptied when `fresh`.
    pub fn open(root: &Path, fresh: bool) -> Result<Self, DataDirError> {
        let io = |source| DataDirError::Io {
            dir: root.to_owned(),
            source,
        };
        create_private(root).map_err(io)?;
        let is_new = is_empty(root).map_err(io)?;
        if !is_new && !root.join(FORMAT_FILE).exists() {
            return Err(DataDirError::Foreign(root.to_owned()));
        }
        let lock = lock(root)?;
        if fresh {
            clear(root).map_err(io)?;
        }
        if is_new || fresh {
            write_durably(&root.join(FORMAT_FILE), format!("{FORMAT}\n").as_bytes()).map_err(io)?;
        }
        check_format(root)?;
        let data = Self {
            root: root.to_owned(),
            _lock: lock,
        };
        create_private(&data.issuer()).map_err(io)?;
        Ok(data)
    }

    /// The store's file.
    pub fn store(&self) -> PathBuf {
        self.root.join("store.db")
    }

    /// The certificate authority's folder.
    pub fn authority(&self) -> PathBuf {
        self.root.join("authority")
    }

    /// The local issuer's folder.
    pub fn issuer(&self) -> PathBuf {
        self.root.join("issuer")
    }

    /// Where the demo's accounts and home are noted.
    pub fn demo(&self) -> PathBuf {
        self.root.join("demo.json")
    }

    /// The folder of a simulated robot, counted from 1.
    pub fn robot(&self, number: usize) -> PathBuf {
        self.root.join("robots").join(number.to_string())
    }

    /// Where events go that a handler failed on again and again.
    pub fn failures(&self) -> PathBuf {
        self.root.join("failures")
    }

    /// How far the table's change stream was read for a function.
    pub fn stream_position(&self, function: &str) -> PathBuf {
        self.root.join(format!("stream-position-{function}"))
    }
}

fn lock(root: &Path) -> Result<File, DataDirError> {
    let io = |source| DataDirError::Io {
        dir: root.to_owned(),
        source,
    };
    let file = File::create(root.join(LOCK_FILE)).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(DataDirError::InUse(root.to_owned())),
        Err(TryLockError::Error(source)) => Err(io(source)),
    }
}

fn check_format(root: &Path) -> Result<(), DataDirError> {
    let text = fs::read_to_string(root.join(FORMAT_FILE)).map_err(|source| DataDirError::Io {
        dir: root.to_owned(),
        source,
    })?;
    match text.trim().parse() {
        Ok(found) if found > FORMAT => Err(DataDirError::TooNew {
            dir: root.to_owned(),
            found,
        }),
        Ok(_) => Ok(()),
        Err(_) => Err(DataDirError::Foreign(root.to_owned())),
    }
}

fn is_empty(root: &Path) -> io::Result<bool> {
    Ok(fs::read_dir(root)?.next().is_none())
}

/// Removes all but the lock, which is held.
fn clear(root: &Path) -> io::Result<()> {
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        if entry.file_name() == LOCK_FILE {
            continue;
        }
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn create_private(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// Writes a file that is there whole or not at all, also after a power cut, and that only its owner reads.
pub fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let temporary = path.with_extension("new");
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    match path.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_program_is_kept_out() {
        let dir = tempfile::tempdir().unwrap();
        let first = DataDir::open(dir.path(), false).unwrap();
        assert!(matches!(
            DataDir::open(dir.path(), false),
            Err(DataDirError::InUse(_))
        ));
        drop(first);
        assert!(DataDir::open(dir.path(), false).is_ok());
    }

    #[test]
    fn a_newer_form_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FORMAT_FILE), "2\n").unwrap();
        let error = DataDir::open(dir.path(), false).unwrap_err();
        assert!(error.to_string().contains("has format 2"), "{error}");
    }

    #[test]
    fn a_folder_of_somebody_else_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("letter.txt"), "dear").unwrap();
        assert!(matches!(
            DataDir::open(dir.path(), true),
            Err(DataDirError::Foreign(_))
        ));
        assert!(dir.path().join("letter.txt").exists());
    }
}
