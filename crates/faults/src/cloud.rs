//! The cloud of a simulation: handlers that fail, come again and run beside each other, over a store that fails.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use domain::Timestamp;
use domain::id::RobotId;
use futures_util::future::join_all;
use memory_store::Memory;
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use crate::bug::Bug;
use crate::flaky::{FlakyStore, Post, Weather};
use crate::home::{self, Function, Handlers};

/// What Lambda waits before it calls a function again with the same event.
const RETRY_AFTER: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(120)];
/// How often the change stream offers a record before it goes to the failure queue.
const STREAM_ATTEMPTS: u32 = 11;

/// An event on its way to a function.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The function.
    pub function: Function,
    /// The event.
    pub event: Value,
    /// How often it was tried before.
    pub tried: usize,
}

/// The cloud.
pub struct Cloud {
    /// All that it stores.
    pub store: Arc<FlakyStore<Memory>>,
    /// Records of the change stream that failed for good; an operator hands them on again.
    pub failed: VecDeque<Value>,
    handlers: Handlers,
    runtime: Runtime,
    head: Option<(Value, u32)>,
}

impl Cloud {
    /// A cloud for a home with `robots` robots.
    ///
    /// # Errors
    /// When no thread can be had.
    pub fn new(robots: u8, weather: Weather, bug: Option<Bug>) -> anyhow::Result<Self> {
        let store = Arc::new(FlakyStore::new(home::furnished(robots)?, weather, bug));
        Ok(Self {
            handlers: Handlers::over(&store),
            store,
            failed: VecDeque::new(),
            runtime: Builder::new_current_thread().build()?,
            head: None,
        })
    }

    /// Runs functions beside each other; gives what is tried again and after how long.
    pub fn invoke(&self, invocations: Vec<Invocation>, now: Timestamp) -> Vec<(Duration, Invocation)> {
        let calls = invocations
            .iter()
            .map(|call| self.handlers.handle(call.function, &call.event, now));
        let answers = self.runtime.block_on(join_all(calls));
        let failed = invocations
            .into_iter()
            .zip(answers)
            .filter(|(_, answer)| answer.is_err());
        failed
            .filter_map(|(call, _)| {
                let wait = *RETRY_AFTER.get(call.tried)?;
                let tried = call.tried + 1;
                Some((wait, Invocation { tried, ..call }))
            })
            .collect()
    }

    /// Hands the next record of the change stream to the fold, `copies` times beside each other as when its reader
    /// changes; the record stays the next one until that succeeds, and goes to the failure queue in the end.
    pub fn read_stream(&mut self, copies: usize, now: Timestamp) {
        let Some((record, tried)) = self.next_record() else {
            return;
        };
        let call = || self.handlers.handle(Function::Fold, &record, now);
        let answers = self.runtime.block_on(join_all((0..copies).map(|_| call())));
        if answers.iter().all(Result::is_ok) {
            return;
        }
        if tried + 1 < STREAM_ATTEMPTS {
            self.head = Some((record, tried + 1));
        } else {
            self.failed.push_back(record);
        }
    }

    /// Whether the change stream has no record left.
    pub fn has_read_all(&self) -> bool {
        self.head.is_none() && self.store.aside().sealed.is_empty()
    }

    /// What robots are sent since the last look.
    pub fn take_posts(&self) -> Vec<(RobotId, Post)> {
        self.store.aside().posts.drain(..).collect()
    }

    /// Offers the oldest record that failed for good again.
    pub fn redrive(&mut self, now: Timestamp) {
        if let Some(record) = self.failed.pop_front() {
            self.head = Some((record, 0));
            self.read_stream(1, now);
        }
    }

    fn next_record(&mut self) -> Option<(Value, u32)> {
        if let Some(head) = self.head.take() {
            return Some(head);
        }
        let (robot, run) = self.store.aside().sealed.pop_front()?;
        Some((home::sealed_event(robot, run), 0))
    }
}
