//! The bootstrap of the fold function.

use std::process::ExitCode;

use functions::{Fold, bootstrap};

fn main() -> ExitCode {
    bootstrap::run(async {
        let parts = bootstrap::parts()?;
        let handler = Fold::new(parts.folding(), parts.store);
        bootstrap::serve(handler, Fold::handle).await
    })
}
