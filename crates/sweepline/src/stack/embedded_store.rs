//! The embedded store: the DynamoDB API over a file, served on loopback to the real SDK.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, anyhow};
use dynoxide::Database;
use rusqlite::Connection;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long running requests may take once the stack stops.
const GOODBYE: Duration = Duration::from_secs(3);

/// The engine looks for a change's number before each write, and has no index for that: it would read all changes that
/// were ever made, and each write take longer than the one before.
const INDEX_OF_CHANGES: &str = "CREATE INDEX IF NOT EXISTS sweepline_changes_by_number
    ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";

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
        index_changes(path).with_context(|| format!("cannot index {path:?}"))?;
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

fn index_changes(path: &Path) -> rusqlite::Result<()> {
    Connection::open(path)?.execute_batch(INDEX_OF_CHANGES)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How SQLite answers `query` on the file at `path`.
    fn plan(path: &Path, query: &str) -> String {
        let file = Connection::open(path).unwrap();
        let explained = format!("EXPLAIN QUERY PLAN {query}");
        file.query_row(&explained, [], |row| row.get("detail")).unwrap()
    }

    #[tokio::test]
    async fn no_write_or_look_reads_all_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        for _start in 0..2 {
            EmbeddedStore::open(&path).await.unwrap().close().await;
        }
        let number = "CAST(sequence_number AS INTEGER)";
        let last = format!("SELECT MAX({number}) FROM _stream_records WHERE table_name = 'T'");
        let next = format!(
            "SELECT keys_json FROM _stream_records WHERE table_name = 'T' AND shard_id = 'S' AND {number} > 7 \
             ORDER BY {number} LIMIT 500"
        );
        for query in [last, next] {
            let plan = plan(&path, &query);
            assert!(plan.contains("INDEX sweepline_changes_by_number"), "{plan}");
        }
    }
}
