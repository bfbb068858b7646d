//! The bootstrap of the function that decides which robots are provisioned.

use std::process::ExitCode;

use domain::usecase::Admitting;
use functions::{ProvisioningHook, bootstrap};

fn main() -> ExitCode {
    bootstrap::run(async {
        let table = bootstrap::table()?;
        let (robots, labels) = (table.clone(), table);
        let handler = ProvisioningHook::new(Admitting { robots, labels });
        bootstrap::serve(handler, ProvisioningHook::handle).await
    })
}
