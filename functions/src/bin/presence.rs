//! The bootstrap of the presence function.

use domain::usecase::PresenceTracking;
use functions::{PresenceEvents, bootstrap};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    bootstrap::start_logs();
    let table = bootstrap::table().await?;
    let handler = PresenceEvents::new(
        PresenceTracking {
            health: table.clone(),
        },
        table,
    );
    bootstrap::serve(handler, PresenceEvents::handle).await
}
