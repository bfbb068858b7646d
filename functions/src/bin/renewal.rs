//! The bootstrap of the function that renews certificates.

use std::process::ExitCode;

use functions::{Renewals, bootstrap};

fn main() -> ExitCode {
    bootstrap::run(async {
        let (parts, registry) = bootstrap::registry_parts()?;
        let handler = Renewals::new(parts.renewing(registry), parts.store);
        bootstrap::serve(handler, Renewals::handle).await
    })
}
