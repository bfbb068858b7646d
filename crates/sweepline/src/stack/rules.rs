//! The rules engine: what robots publish and what the broker tells of connections goes through the template's rule
//! SQL to the functions that the template names.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use infra::rule::TopicRule;
use infra::sql::RuleMessage;
use serde_json::Value;

use super::failures::Failures;
use super::invoker::Invoker;
use crate::broker::{Ingest, PresenceChange, PresenceEvent};
use crate::clock::now;
use crate::meter::Meter;

/// What robots have published since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Published {
    /// Messages.
    pub messages: u64,
    /// Bytes of their payloads.
    pub bytes: u64,
}

/// Applies the template's rules.
#[derive(Clone)]
pub struct Rules {
    messages: Arc<AtomicU64>,
    bytes: Arc<AtomicU64>,
    rules: Arc<[TopicRule]>,
    invoker: Invoker,
    failures: Failures,
    meter: Meter,
}

impl Rules {
    /// Applies `rules`, which `meter` counts; messages that their SQL cannot be applied to go to `failures`, as to a
    /// rule's error action.
    pub fn new(rules: &[TopicRule], invoker: Invoker, failures: Failures, meter: Meter) -> Self {
        Self {
            messages: Arc::default(),
            bytes: Arc::default(),
            rules: rules.into(),
            invoker,
            failures,
            meter,
        }
    }

    /// What robots have published since the start.
    pub fn published(&self) -> Published {
        Published {
            messages: self.messages.load(Ordering::Acquire),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }

    /// Hands on what a client published.
    pub async fn take(&self, ingest: &Ingest) {
        let message = Message {
            topic: &ingest.topic,
            client_id: &ingest.client_id,
            payload: &ingest.payload,
            principal: Some(&ingest.principal),
            at_ms: ingest.at_ms,
        };
        self.apply(&message).await;
        self.bytes
            .fetch_add(ingest.payload.len() as u64, Ordering::Relaxed);
        // Counted last: who waits for a number of messages then finds their handlers at work or done.
        self.messages.fetch_add(1, Ordering::Release);
    }

    /// Hands on what happened to a connection.
    ///
    /// The broker counts connections from its own start; `epoch`, its start in milliseconds, makes the numbers grow
    /// over restarts too.
    pub async fn take_presence(&self, event: &PresenceEvent, epoch: u64) {
        let numbered = PresenceEvent {
            version_number: epoch + event.version_number,
            ..event.clone()
        };
        let kind = match event.change {
            PresenceChange::Connected { .. } => "connected",
            PresenceChange::Disconnected { .. } => "disconnected",
        };
        let topic = format!("$aws/events/presence/{kind}/{}", event.client_id);
        let Ok(payload) = serde_json::to_vec(&numbered) else {
            return;
        };
        let message = Message {
            topic: &topic,
            client_id: &event.client_id,
            payload: &payload,
            principal: None,
            at_ms: event.timestamp,
        };
        self.apply(&message).await;
    }

    /// Waits until all that was handed on has been handled.
    pub async fn idle(&self) {
        self.invoker.idle().await;
    }

    async fn apply(&self, message: &Message<'_>) {
        for rule in self.rules.iter().filter(|rule| rule.takes(message.topic)) {
            match rule.sql.evaluate(&message.for_rule(&trace())) {
                Ok(event) => {
                    let billed = self.meter.function(&rule.function);
                    self.meter.rule(billed.feature, event.to_string().len());
                    self.invoker.spawn(&rule.function, event).await;
                }
                Err(error) => {
                    let kept = message.kept();
                    let billed = self.meter.function(&rule.function);
                    self.meter.kept(&billed, kept.to_string().len());
                    self.failures.keep(&rule.name, &kept, &error.to_string(), now());
                }
            }
        }
    }
}

struct Message<'a> {
    topic: &'a str,
    client_id: &'a str,
    payload: &'a [u8],
    principal: Option<&'a str>,
    at_ms: i64,
}

impl Message<'_> {
    fn for_rule<'b>(&'b self, trace: &'b str) -> RuleMessage<'b> {
        RuleMessage {
            topic: self.topic,
            client_id: self.client_id,
            payload: self.payload,
            principal: self.principal,
            trace,
            timestamp_ms: self.at_ms,
        }
    }

    /// The message in the form of a rule's error action.
    fn kept(&self) -> Value {
        use base64::Engine;
        let payload = base64::engine::general_purpose::STANDARD.encode(self.payload);
        serde_json::json!({ "topic": self.topic, "clientId": self.client_id, "base64OriginalPayload": payload })
    }
}

/// A random id for one message's way through the rules, in the form of a UUID.
fn trace() -> String {
    let number: u128 = rand::random();
    let hex = format!("{number:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}
