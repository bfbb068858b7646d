//! The bootstrap of the function that cuts off robots.

use std::process::ExitCode;

use functions::{Quarantines, bootstrap};

fn main() -> ExitCode {
    bootstrap::run(async {
        let (parts, registry) = bootstrap::registry_parts()?;
        let handler = Quarantines::new(parts.quarantining(registry), parts.store);
        bootstrap::serve(handler, Quarantines::handle).await
    })
}
