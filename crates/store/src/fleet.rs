//! The whole fleet, through an index that holds keys alone: each shard is walked, and the items are fetched in batches.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use domain::fleet::{FleetFilter, FleetSummary, RobotHealth};
use domain::id::RobotId;
use domain::page::{Page, PageRequest};
use domain::ports::{FleetStore, StoreError};
use futures_util::future::try_join_all;
use thiserror::Error;

use crate::TableStore;
use crate::cursor::FleetPosition;
use crate::error::{classify, misuse};
use crate::expression::{Expression, names, values};
use crate::health::health_of;
use crate::item::{Item, read_parsed};
use crate::keys::{FLEET_SHARDS, FleetKey, Key};
use crate::table::TABLE_SPEC;

/// The most items that DynamoDB fetches in one batch.
const MAX_BATCH: usize = 100;
/// How often a batch is asked for what an overloaded table left out.
const BATCH_ATTEMPTS: u32 = 5;
/// How long the first repetition of a batch waits; each later one waits twice as long as the one before.
const BATCH_PAUSE: Duration = Duration::from_millis(25);

const HEALTH: &str = "health";

#[derive(Debug, Error)]
#[error("the table answered {BATCH_ATTEMPTS} times without {missing} of the items")]
struct Unprocessed {
    missing: usize,
}

#[async_trait]
impl FleetStore for TableStore {
    async fn fleet(&self, filter: &FleetFilter, page: &PageRequest) -> Result<Page<RobotHealth>, StoreError> {
        let position = match &page.cursor {
            Some(cursor) => FleetPosition::resume(cursor)?,
            None => FleetPosition::Shard(0),
        };
        let (robots, next) = self.robots_from(position, page.limit()).await?;
        let mut items = self.health_of_all(&robots).await?;
        items.retain(|health| filter.admits(health));
        Ok(Page {
            items,
            next: next.as_ref().map(FleetPosition::cursor),
        })
    }

    async fn summary(&self) -> Result<FleetSummary, StoreError> {
        let shards = try_join_all((0..FLEET_SHARDS).map(|shard| self.shard_health(shard))).await?;
        let mut summary = FleetSummary::default();
        shards.iter().flatten().for_each(|health| summary.count(health));
        Ok(summary)
    }
}

impl TableStore {
    /// The health of all robots of a shard.
    async fn shard_health(&self, shard: u8) -> Result<Vec<RobotHealth>, StoreError> {
        let mut all = Vec::new();
        let mut position = Some(FleetPosition::Shard(shard));
        while let Some(place) = position.filter(|place| place.shard() == shard) {
            let (robots, next) = self.robots_from(place, MAX_BATCH).await?;
            all.extend(self.health_of_all(&robots).await?);
            position = next;
        }
        Ok(all)
    }

    /// Up to `limit` robots of one shard from `position` on, and where the list goes on.
    async fn robots_from(
        &self,
        position: FleetPosition,
        limit: usize,
    ) -> Result<(Vec<RobotId>, Option<FleetPosition>), StoreError> {
        let shard = position.shard();
        let index = TABLE_SPEC.fleet;
        let within = Expression::new(format!("#{} = :shard", index.partition_key));
        let within = within.with("shard", FleetKey::partition(shard));
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(index.name)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .key_condition_expression(within.text())
            .set_expression_attribute_names(names([&within]))
            .set_expression_attribute_values(values([&within]))
            .set_exclusive_start_key(position.into_start());
        let answer = request.send().await.map_err(classify)?;
        let items = answer.items.unwrap_or_default();
        let robots = items.iter().map(robot_of).collect::<Result<Vec<_>, _>>()?;
        let last = robots.last().filter(|_| answer.last_evaluated_key.is_some());
        let next = last.map_or_else(
            || FleetPosition::after_shard(shard),
            |robot| Some(FleetPosition::after(*robot)),
        );
        Ok((robots, next))
    }

    /// The health of these robots, in their order.
    async fn health_of_all(&self, robots: &[RobotId]) -> Result<Vec<RobotHealth>, StoreError> {
        let mut known = HashMap::new();
        for batch in robots.chunks(MAX_BATCH) {
            let keys = batch
                .iter()
                .map(|robot| Key::health(*robot).into_item())
                .collect();
            for item in self.fetch(keys).await? {
                known.insert(robot_of(&item)?, item);
            }
        }
        let found = robots
            .iter()
            .filter_map(|robot| Some((*robot, known.remove(robot)?)));
        found.map(|(robot, item)| health_of(robot, item)).collect()
    }

    /// The items with these keys, in no order; those that are not there are left out.
    async fn fetch(&self, mut keys: Vec<Item>) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        for attempt in 0..BATCH_ATTEMPTS {
            if keys.is_empty() {
                break;
            }
            if attempt > 0 {
                tokio::time::sleep(BATCH_PAUSE * 2_u32.pow(attempt - 1)).await;
            }
            let wanted = KeysAndAttributes::builder()
                .set_keys(Some(keys))
                .build()
                .map_err(misuse)?;
            let answer = self
                .client
                .batch_get_item()
                .request_items(&self.table, wanted)
                .send()
                .await
                .map_err(classify)?;
            items.extend(answer.responses.unwrap_or_default().into_values().flatten());
            let left = answer.unprocessed_keys.unwrap_or_default();
            keys = left.into_values().flat_map(|left| left.keys).collect();
        }
        match keys.len() {
            0 => Ok(items),
            missing => Err(StoreError::Unavailable(Box::new(Unprocessed { missing }))),
        }
    }
}

fn robot_of(item: &Item) -> Result<RobotId, StoreError> {
    read_parsed(HEALTH, item, TABLE_SPEC.fleet.sort_key)
}
