//! What tests with the agent on the whole local stack share.

pub mod docked;

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// The longest that something may take which is not what is measured.
pub const PATIENCE: Duration = Duration::from_secs(30);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Looks again and again until it is so.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so().await {
        assert!(Instant::now() < deadline, "{what}: not so within {PATIENCE:?}");
        sleep(BETWEEN_LOOKS).await;
    }
}
