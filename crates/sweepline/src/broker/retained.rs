//! Retained messages, in memory: one for each topic, given only to a subscription to exactly that topic, as AWS
//! IoT Core does.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use rmqtt::retain::RetainStorage;
use rmqtt::types::{Retain, TopicFilter, TopicName};
use tokio::sync::RwLock;

#[derive(Default)]
pub(super) struct RetainedMessages {
    by_topic: RwLock<HashMap<TopicName, Retain>>,
}

#[async_trait]
impl RetainStorage for RetainedMessages {
    fn enable(&self) -> bool {
        true
    }

    async fn set(&self, topic: &TopicName, retain: Retain, _: Option<Duration>) -> rmqtt::Result<()> {
        let mut by_topic = self.by_topic.write().await;
        if retain.publish.payload.is_empty() {
            by_topic.remove(topic);
        } else {
            by_topic.insert(topic.clone(), retain);
        }
        Ok(())
    }

    async fn get(&self, filter: &TopicFilter) -> rmqtt::Result<Vec<(TopicName, Retain)>> {
        let by_topic = self.by_topic.read().await;
        Ok(by_topic
            .get(filter)
            .map(|retain| (filter.clone(), retain.clone()))
            .into_iter()
            .collect())
    }

    async fn count(&self) -> isize {
        isize::try_from(self.by_topic.read().await.len()).unwrap_or(isize::MAX)
    }

    async fn max(&self) -> isize {
        self.count().await
    }
}
