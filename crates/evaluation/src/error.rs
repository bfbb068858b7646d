//! Why an evaluation cannot be done.

use std::path::{Path, PathBuf};

use mapping::formats::png_map::PngError;
use mapping::formats::valetudo::ValetudoError;
use mapping::logs::LogError;
use mapping::{GridError, HomeMapError, LocalizerError};

/// Why an evaluation cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// A pattern for files is not valid.
    #[error("{pattern} is not a valid file pattern")]
    Pattern {
        /// What was given.
        pattern: String,
        /// What is wrong with it.
        #[source]
        source: glob::PatternError,
    },
    /// Nothing to evaluate.
    #[error("no {0} to evaluate")]
    Nothing(&'static str),
    /// An option is out of its limits.
    #[error("{option} is {value}, not {expected}")]
    Option {
        /// The option's name.
        option: &'static str,
        /// What was given.
        value: String,
        /// What it may be.
        expected: &'static str,
    },
    /// A file cannot be read or written.
    #[error("{} cannot be read or written", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: std::io::Error,
    },
    /// A file is not a picture that can be used.
    #[error("{} is not a usable picture", path.display())]
    Picture {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: PngError,
    },
    /// A file is not a ValetudoMap that can be used.
    #[error("{} is not a usable ValetudoMap", path.display())]
    Valetudo {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: ValetudoError,
    },
    /// A file is not a log that can be used.
    #[error("{} is not a usable log", path.display())]
    Log {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: LogError,
    },
    /// A scan cannot be entered.
    #[error("scan {scan} of {} cannot be entered", path.display())]
    Scan {
        /// The file.
        path: PathBuf,
        /// Number of the scan, from 1.
        scan: usize,
        /// What is wrong with it.
        #[source]
        source: LocalizerError,
    },
    /// A line of a file does not hold what it should.
    #[error("line {line} of {} is not {expected}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Number of the line, from 1.
        line: usize,
        /// What it should be.
        expected: &'static str,
    },
    /// A JSON file does not hold what it should.
    #[error("{} does not hold the expected JSON", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// A file lacks something that is needed of it.
    #[error("{} says nothing of {missing}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// What is not there.
        missing: String,
    },
    /// A home is too large for a view.
    #[error("the home is too large for a view")]
    View(#[from] mapping::ViewError),
    /// A home is too large for a map.
    #[error("the home is too large for a map")]
    TooLarge(#[from] GridError),
    /// A run cannot be entered in a home map.
    #[error("the run does not fit in a home map")]
    HomeMap(#[from] HomeMapError),
    /// A home cannot be planned.
    #[error("{name} cannot be planned")]
    Plan {
        /// The floor plan's name.
        name: String,
        /// Why not.
        #[source]
        source: mapping::coverage::PlanError,
    },
    /// A picture cannot be drawn.
    #[error("a picture cannot be drawn")]
    Draw(#[from] PngError),
    /// The result cannot be printed.
    #[error("the result cannot be printed")]
    Print(#[source] std::io::Error),
}

impl EvalError {
    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}
