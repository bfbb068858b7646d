//! The bootstrap of the function that decides which robots are provisioned.

use std::process::ExitCode;

use domain::usecase::Admitting;
use functions::{ProvisioningHook, bootstrap};

fn main() -> ExitCode {
    bootstrap::run(async {
        let robots = bootstrap::table().await?;
        let handler = ProvisioningHook::new(Admitting { robots });
        bootstrap::serve(handler, ProvisioningHook::handle).await
    })
}
