//! The bootstrap of the run events function.

use std::process::ExitCode;

use functions::{RunReports, bootstrap};

fn main() -> ExitCode {
    bootstrap::run(async {
        let parts = bootstrap::parts()?;
        let handler = RunReports::new(parts.run_events(), parts.store);
        bootstrap::serve(handler, RunReports::handle).await
    })
}
