//! The files that an evaluation reads, and those that it writes.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::EvalError;

/// All files that any of the patterns names, each once, in order of their names.
pub(crate) fn matching(patterns: &[String], what: &'static str) -> Result<Vec<PathBuf>, EvalError> {
    let mut files = Vec::new();
    for pattern in patterns {
        let found = glob::glob(pattern).map_err(|source| EvalError::Pattern {
            pattern: pattern.clone(),
            source,
        })?;
        files.extend(found.filter_map(Result::ok));
    }
    files.sort();
    files.dedup();
    if files.is_empty() {
        return Err(EvalError::Nothing(what));
    }
    Ok(files)
}

/// All bytes of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, EvalError> {
    fs::read(path).map_err(EvalError::file(path))
}

/// A file's name without folder and ending.
pub(crate) fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Where pictures and other results are written, if anywhere.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    folder: Option<PathBuf>,
}

impl Output {
    pub(crate) fn new(folder: Option<&Path>) -> Self {
        Self {
            folder: folder.map(Path::to_owned),
        }
    }

    /// Whether anything is written at all.
    pub(crate) fn is_wanted(&self) -> bool {
        self.folder.is_some()
    }

    /// Writes `name`, a path inside the folder; does nothing without one.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), EvalError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(EvalError::file(parent))?;
        }
        fs::write(&path, bytes).map_err(EvalError::file(&path))
    }
}
