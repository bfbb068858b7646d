//! The bootstrap of the command outcome function.

use std::process::ExitCode;

use functions::{CommandOutcome, bootstrap};

fn main() -> ExitCode {
    bootstrap::run(async {
        let parts = bootstrap::parts()?;
        let handler = CommandOutcome::new(parts.settling(), parts.store);
        bootstrap::serve(handler, CommandOutcome::handle).await
    })
}
