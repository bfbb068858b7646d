//! The bootstrap of the function that admits phones to live views.

use std::process::ExitCode;

use functions::{LiveAuthorizer, bootstrap};

fn main() -> ExitCode {
    bootstrap::run(async {
        let handler = LiveAuthorizer::new(bootstrap::table()?, bootstrap::endpoint()?);
        bootstrap::serve(handler, LiveAuthorizer::handle).await
    })
}
