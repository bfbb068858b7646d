//! The bootstrap of the status function.

use std::process::ExitCode;

use functions::{StatusReports, bootstrap};

fn main() -> ExitCode {
    bootstrap::run(async {
        let parts = bootstrap::parts()?;
        let handler = StatusReports::new(parts.status(), parts.store);
        bootstrap::serve(handler, StatusReports::handle).await
    })
}
