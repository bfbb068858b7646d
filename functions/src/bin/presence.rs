//! The bootstrap of the presence function.

use std::process::ExitCode;

use domain::usecase::PresenceTracking;
use functions::{PresenceEvents, bootstrap};

fn main() -> ExitCode {
    bootstrap::run(async {
        let table = bootstrap::table()?;
        let handler = PresenceEvents::new(
            PresenceTracking {
                health: table.clone(),
            },
            table,
        );
        bootstrap::serve(handler, PresenceEvents::handle).await
    })
}
