//! The table's change stream: records that the template's filters admit are handed to their functions, in order. Each
//! function reads for itself, so that a slow one holds up no other.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, anyhow};
use dynoxide::Database;
use dynoxide::actions::describe_stream::DescribeStreamRequest;
use dynoxide::actions::get_records::{GetRecordsRequest, GetRecordsResponse};
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::actions::list_streams::ListStreamsRequest;
use infra::stream::StreamSource;
use serde_json::{Value, json};

use super::invoker::Invoker;
use crate::data_dir::write_durably;

/// How often the stream is looked at.
pub const POLL_EVERY: Duration = Duration::from_millis(100);
/// The most records of one look.
pub const RECORDS_PER_LOOK: usize = 500;

/// Reads the stream and hands records on.
pub struct ChangeStream {
    database: Database,
    source: StreamSource,
    invoker: Invoker,
    position_file: PathBuf,
    iterator: String,
}

impl ChangeStream {
    /// Goes on where `position_file` says, or at the oldest record.
    pub fn open(
        database: Database,
        table: &str,
        source: StreamSource,
        invoker: Invoker,
        position_file: PathBuf,
    ) -> anyhow::Result<Self> {
        let iterator = match std::fs::read_to_string(&position_file) {
            Ok(position) => position,
            Err(_) => oldest(&database, table)?,
        };
        Ok(Self {
            database,
            source,
            invoker,
            position_file,
            iterator,
        })
    }

    /// Hands on what comes, until the task is ended.
    pub async fn run(mut self) {
        let mut ticks = tokio::time::interval(POLL_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.look().await {
                tracing::error!(error = format!("{error:#}"), "change stream cannot be read");
            }
        }
    }

    /// Handles what came since the last look; the position is noted after, so that a record may come twice but is
    /// never left out.
    async fn look(&mut self) -> anyhow::Result<()> {
        let (database, shard_iterator) = (self.database.clone(), self.iterator.clone());
        let look = move || {
            database.get_records(GetRecordsRequest {
                shard_iterator,
                limit: Some(RECORDS_PER_LOOK),
            })
        };
        let found: GetRecordsResponse = tokio::task::spawn_blocking(look)
            .await?
            .map_err(|error| anyhow!("{error}"))?;
        if found.records.is_empty() {
            return Ok(());
        }
        for record in &found.records {
            self.hand_on(serde_json::to_value(record)?).await;
        }
        if let Some(next) = found.next_shard_iterator {
            write_durably(&self.position_file, next.as_bytes()).context("stream position")?;
            self.iterator = next;
        }
        Ok(())
    }

    async fn hand_on(&self, record: Value) {
        if self.source.admits(&record) {
            let event = json!({ "Records": [record] });
            self.invoker.invoke(&self.source.function, event).await;
        }
    }
}

/// The position before the first record of the table's stream.
fn oldest(database: &Database, table: &str) -> anyhow::Result<String> {
    let lost = |error: dynoxide::errors::DynoxideError| anyhow!("{error}");
    let asked = ListStreamsRequest {
        table_name: Some(table.to_owned()),
        ..Default::default()
    };
    let streams = database.list_streams(asked).map_err(lost)?.streams;
    let stream = streams
        .first()
        .ok_or_else(|| anyhow!("the table {table} has no stream"))?;
    let asked = DescribeStreamRequest {
        stream_arn: stream.stream_arn.clone(),
        ..Default::default()
    };
    let shards = database
        .describe_stream(asked)
        .map_err(lost)?
        .stream_description
        .shards;
    let shard = shards
        .first()
        .ok_or_else(|| anyhow!("the stream of {table} has no shard"))?;
    let asked = GetShardIteratorRequest {
        stream_arn: stream.stream_arn.clone(),
        shard_id: shard.shard_id.clone(),
        shard_iterator_type: "TRIM_HORIZON".to_owned(),
        sequence_number: None,
    };
    database
        .get_shard_iterator(asked)
        .map_err(lost)?
        .shard_iterator
        .context("the stream gives no position")
}
