//! Calls handlers with events as Lambda does: many at a time, again when they fail, and then to the failure queue.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Semaphore;

use super::failures::Failures;
use crate::clock::now;
use crate::meter::Meter;

/// How many handlers run at a time.
pub const MAX_CONCURRENT: usize = 64;
/// How long to wait before each further attempt; Lambda waits one and two minutes.
pub const RETRY_AFTER: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];

/// What a handler answers: nothing, or why the event shall come again.
pub type Answer = Result<(), anyhow::Error>;
/// A handler in this process.
pub type Handler = Arc<dyn Fn(Value) -> Pin<Box<dyn Future<Output = Answer> + Send>> + Send + Sync>;

/// The handlers by the logical id of their function in the template.
#[derive(Clone)]
pub struct Invoker {
    handlers: Arc<HashMap<String, Handler>>,
    failures: Failures,
    meter: Meter,
    permits: Arc<Semaphore>,
    retry_after: [Duration; 2],
}

impl Invoker {
    /// Calls `handlers`, which `meter` counts; what they fail on for good goes to `failures`.
    pub fn new(handlers: HashMap<String, Handler>, failures: Failures, meter: Meter) -> Self {
        Self {
            handlers: Arc::new(handlers),
            failures,
            meter,
            permits: Arc::new(Semaphore::new(MAX_CONCURRENT)),
            retry_after: RETRY_AFTER,
        }
    }

    /// Hands `event` to `function` and returns as soon as it runs; waits while [`MAX_CONCURRENT`] others do.
    pub async fn spawn(&self, function: &str, event: Value) {
        let Ok(permit) = Arc::clone(&self.permits).acquire_owned().await else {
            return;
        };
        let (invoker, function) = (self.clone(), function.to_owned());
        tokio::spawn(async move {
            invoker.invoke(&function, event).await;
            drop(permit);
        });
    }

    /// Waits until no handler runs.
    pub async fn idle(&self) {
        // All permits are free at the same moment only then; a closed semaphore is as idle.
        let _ = self.permits.acquire_many(MAX_CONCURRENT as u32).await;
    }

    /// Hands `event` to `function` until it succeeds or has failed for good.
    pub async fn invoke(&self, function: &str, event: Value) {
        let Some(handler) = self.handlers.get(function) else {
            return self
                .failures
                .keep(function, &event, "there is no such function", now());
        };
        let billed = self.meter.function(function);
        let mut waits = self.retry_after.iter();
        loop {
            let answer = self.meter.invocation(&billed, handler(event.clone())).await;
            let Err(error) = answer else {
                return;
            };
            let reason = format!("{error:#}");
            tracing::warn!(function, reason, "handler failed");
            match waits.next() {
                Some(wait) => tokio::time::sleep(*wait).await,
                None => {
                    self.meter.kept(&billed, event.to_string().len());
                    return self.failures.keep(function, &event, &reason, now());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Tries again at once, so that no test waits.
    fn impatient(handlers: HashMap<String, Handler>, dir: &std::path::Path) -> Invoker {
        Invoker {
            retry_after: [Duration::ZERO; 2],
            ..Invoker::new(handlers, Failures::new(dir), Meter::default())
        }
    }

    fn counting(calls: &Arc<AtomicUsize>, failing: usize) -> HashMap<String, Handler> {
        let calls = Arc::clone(calls);
        let handler: Handler = Arc::new(move |_| {
            let call = calls.fetch_add(1, Ordering::SeqCst);
            Box::pin(async move {
                if call < failing {
                    Err(anyhow::anyhow!("store is away"))
                } else {
                    Ok(())
                }
            })
        });
        HashMap::from([("Fold".to_owned(), handler)])
    }

    #[tokio::test]
    async fn a_failed_event_comes_again() {
        let (calls, dir) = (Arc::default(), tempfile::tempdir().unwrap());
        let invoker = impatient(counting(&calls, 2), dir.path());
        invoker.invoke("Fold", Value::Null).await;
        assert_eq!(calls.load(Ordering::SeqCst), 3);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn an_event_that_fails_for_good_is_kept() {
        let (calls, dir) = (Arc::default(), tempfile::tempdir().unwrap());
        let invoker = impatient(counting(&calls, usize::MAX), dir.path());
        invoker.invoke("Fold", Value::from("kept")).await;
        let kept = std::fs::read_dir(dir.path())
            .unwrap()
            .next()
            .unwrap()
            .unwrap()
            .path();
        assert!(
            std::fs::read_to_string(kept)
                .unwrap()
                .contains("\"event\":\"kept\"")
        );
    }
}
