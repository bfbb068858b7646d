//! The bootstrap of the map ingest function.

use std::process::ExitCode;

use functions::{MapIngest, bootstrap};

fn main() -> ExitCode {
    bootstrap::run(async {
        let parts = bootstrap::parts()?;
        let handler = MapIngest::new(parts.ingesting(), parts.store);
        bootstrap::serve(handler, MapIngest::handle).await
    })
}
