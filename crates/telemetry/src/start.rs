//! Logs of a process.

use std::env;
use std::error::Error;
use std::io;

use thiserror::Error;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::{Function, Lines, Sampling};

/// Why logs are not as the environment asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LogError {
    /// `LOG_LEVEL` names no level.
    #[error("the environment variable LOG_LEVEL must be error, warn, info, debug or trace")]
    Level,
    /// `LOG_ONE_RUN_IN` is no share of runs.
    #[error(
        "the environment variable LOG_ONE_RUN_IN must be a number from 1 to {}",
        Sampling::MAX_ONE_IN
    )]
    OneRunIn,
}

/// Writes the lines of this process to standard output: those of the level `LOG_LEVEL` (INFO if it is not set) and
/// worse, of one run in `LOG_ONE_RUN_IN` (all if it is not set).
///
/// # Errors
/// [`LogError`] when a variable makes no sense; there are logs nevertheless.
pub fn start() -> Result<(), LogError> {
    let (level, sampling) = (level(), sampling());
    let lines = Lines::new(
        Function::from_env(),
        sampling.unwrap_or(Sampling::ALL),
        io::stdout,
    );
    let logs = tracing_subscriber::registry()
        .with(level.unwrap_or(LevelFilter::INFO))
        .with(lines);
    // A second start in one process finds the first one's logs, which are as good.
    let _ = logs.try_init();
    level.and(sampling).map(|_| ())
}

fn set(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn level() -> Result<LevelFilter, LogError> {
    let level = set("LOG_LEVEL").map(|level| level.parse().map_err(|_| LogError::Level));
    level.unwrap_or(Ok(LevelFilter::INFO))
}

fn sampling() -> Result<Sampling, LogError> {
    let Some(one_in) = set("LOG_ONE_RUN_IN") else {
        return Ok(Sampling::ALL);
    };
    let sampling = one_in.parse().ok().and_then(Sampling::one_in);
    sampling.ok_or(LogError::OneRunIn)
}

/// The error with all its causes, in one sentence.
pub fn causes(error: &(dyn Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error: &&dyn Error| (*error).source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
