//! The embedded store: the DynamoDB API over a file, served on loopback to the real SDK.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, anyhow};
use dynoxide::Database;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long running requests may take once the stack stops.
const GOODBYE: Duration = Duration::from_secs(3);

/// A store that runs in this process.
pub struct EmbeddedStore {
    /// The database itself, for its change stream.
    pub database: Database,
    /// Where the SDK finds it.
    pub endpoint: String,
    stop: oneshot::Sender<()>,
    server: JoinHandle<Result<(), String>>,
}

impl EmbeddedStore {
    /// Opens the file, made when it is not there, and serves it on a free port of the loopback address.
    pub async fn open(path: &Path) -> anyhow::Result<Self> {
        let text = path
            .to_str()
            .ok_or_else(|| anyhow!("--data: the path must be valid UTF-8"))?;
        let database = Database::new(text)
            .map_err(|error| anyhow!("{error}"))
            .with_context(|| format!("cannot open {path:?}"))?;
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .context("cannot listen for the store")?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let (stop, stopped) = oneshot::channel();
        let served = dynoxide::server::serve_with_shutdown(listener, database.clone(), async move {
            // A sender that is gone means the same as one that spoke: the stack ends.
            let _ = stopped.await;
        });
        Ok(Self {
            database,
            endpoint,
            stop,
            server: tokio::spawn(served),
        })
    }

    /// Lets running requests end and closes the file.
    pub async fn close(mut self) {
        let _ = self.stop.send(());
        if tokio::time::timeout(GOODBYE, &mut self.server).await.is_err() {
            self.server.abort();
        }
    }
}
