//! What all suites share.

use std::path::PathBuf;

/// What all suites share.
#[derive(Clone, Debug, clap::Args)]
pub struct EvalOptions {
    /// Seed of everything that is left to chance.
    #[arg(long, global = true, default_value_t = 1)]
    pub seed: u64,
    /// Folder to write a table, pictures and what the figures rest on to.
    #[arg(long, global = true, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print only the figures, as one JSON object.
    #[arg(long, global = true)]
    pub json: bool,
}

impl Default for EvalOptions {
    fn default() -> Self {
        Self {
            seed: 1,
            out: None,
            json: false,
        }
    }
}
