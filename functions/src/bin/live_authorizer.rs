//! The bootstrap of the function that admits phones to live views.

use functions::{LiveAuthorizer, bootstrap};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    bootstrap::start_logs();
    let handler = LiveAuthorizer::new(bootstrap::table().await?, bootstrap::endpoint()?);
    bootstrap::serve(handler, LiveAuthorizer::handle).await
}
