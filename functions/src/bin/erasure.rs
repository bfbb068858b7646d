//! The bootstrap of the function that sweeps erased homes away.

use std::process::ExitCode;

use functions::{Erasures, LONGEST_REQUEST, bootstrap};

fn main() -> ExitCode {
    bootstrap::run(async {
        let (parts, registry) = bootstrap::registry_parts()?;
        let handler = Erasures::new(parts.erasing(registry), parts.store, LONGEST_REQUEST);
        bootstrap::serve(handler, Erasures::handle).await
    })
}
