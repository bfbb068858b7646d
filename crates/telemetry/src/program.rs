//! The start and the end that all functions' programs have in common.

use std::error::Error;
use std::process::ExitCode;

use crate::start;

/// Runs a function: starts the logs, then `function` on this thread, and logs why it ended.
pub fn run(function: impl Future<Output = Result<(), Box<dyn Error + Send + Sync>>>) -> ExitCode {
    let logs = start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ended = logs
        .map_err(Into::into)
        .and_then(|()| runtime?.block_on(function));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = causes(error.as_ref()), "function ended");
            ExitCode::FAILURE
        }
    }
}

/// The error with all its causes, in one sentence.
pub fn causes(error: &(dyn Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error: &&dyn Error| (*error).source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
