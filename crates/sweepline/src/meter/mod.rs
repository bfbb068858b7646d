//! The meter: counts what AWS would bill for what the local stack does, by feature.
//!
//! The broker tells it of messages, the rules engine of triggers, the invoker of invocations, the API of requests.
//! What functions ask of the store and write to their logs is counted where it happens, and belongs to the invocation
//! in whose task it happens; what happens outside of one is the stand-in's own work and costs nothing.

mod api;
mod functions;
mod logs;
mod store;
mod traffic;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use billing::invocation::Invocation;
use billing::{Feature, Unit, Usage, steps};
use infra::Template;
use tracing::Instrument;

pub use api::count_requests;
pub use functions::BilledFunction;
pub use logs::LogMeter;
pub use store::StoreMeter;

/// Counts; clones stand for the same one.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    usage: Arc<Mutex<Usage>>,
    walls: Arc<Mutex<HashMap<String, Wall>>>,
    functions: Arc<HashMap<String, BilledFunction>>,
    access_log_bytes: usize,
}

/// How long invocations took on this machine; no part of a bill.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Wall {
    /// How many.
    pub invocations: u64,
    /// All of them together, milliseconds.
    pub total_ms: f64,
}

tokio::task_local! {
    static WORK: Arc<Work>;
}

/// An invocation under way.
#[derive(Debug)]
struct Work {
    meter: Meter,
    feature: Feature,
    requests: AtomicU64,
}

/// Counts for the invocation under way, if this task is one.
fn during_work(count: impl FnOnce(&Work)) {
    // Outside of an invocation there is nothing to count for.
    let _ = WORK.try_with(|work| count(work));
}

impl Meter {
    /// A meter that bills the functions and the access log as `template` has them.
    pub fn new(template: &Template) -> Self {
        Self {
            functions: Arc::new(functions::of(template)),
            access_log_bytes: api::access_log_bytes(template),
            ..Self::default()
        }
    }

    /// What was counted so far.
    pub fn usage(&self) -> Usage {
        self.usage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How long invocations took on this machine, by the program that ran.
    pub fn walls(&self) -> HashMap<String, Wall> {
        self.walls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Counts `amount` more.
    pub fn count(&self, feature: Feature, unit: Unit, amount: f64) {
        self.usage
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .add(feature, unit, amount);
    }

    /// The function with this logical id; one that the template lacks is billed like the smallest.
    pub fn function(&self, logical_id: &str) -> BilledFunction {
        self.functions.get(logical_id).cloned().unwrap_or_default()
    }

    /// The function that runs this program.
    pub fn function_running(&self, binary: &str) -> BilledFunction {
        let running = self.functions.values().find(|function| function.binary == binary);
        running.cloned().unwrap_or_default()
    }

    /// Counts a rule that a message triggered, and its one action, both over the event of `bytes`.
    pub fn rule(&self, feature: Feature, bytes: usize) {
        self.count(feature, Unit::RuleTrigger, steps::message(bytes));
        self.count(feature, Unit::RuleAction, steps::message(bytes));
    }

    /// Counts an event that was put in a failure queue.
    pub fn kept(&self, function: &BilledFunction, bytes: usize) {
        self.count(function.feature, Unit::QueueRequest, steps::queue(bytes));
    }

    /// Does `work` as an invocation of `function`, and counts what it uses.
    pub async fn invocation<T>(&self, function: &BilledFunction, work: impl Future<Output = T>) -> T {
        let under_way = Arc::new(Work {
            meter: self.clone(),
            feature: function.feature,
            requests: AtomicU64::new(0),
        });
        let started = Instant::now();
        let work = work.instrument(LogMeter::invocation());
        let answer = WORK.scope(Arc::clone(&under_way), work).await;
        self.note_wall(&function.binary, started);
        let invocation = Invocation {
            memory_mb: function.memory_mb,
            requests: under_way.requests.load(Ordering::Relaxed) as f64,
            cpu_ms: function.cpu_ms,
        };
        let feature = function.feature;
        self.count(feature, Unit::FunctionRequest, 1.0);
        self.count(feature, Unit::FunctionGbSecond, invocation.gb_seconds());
        self.count(
            feature,
            Unit::LogGb,
            steps::gigabytes(function.platform_log_bytes),
        );
        answer
    }

    fn note_wall(&self, binary: &str, started: Instant) {
        let mut walls = self.walls.lock().unwrap_or_else(PoisonError::into_inner);
        let wall = walls.entry(binary.to_owned()).or_default();
        wall.invocations += 1;
        wall.total_ms += started.elapsed().as_secs_f64() * 1000.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_invocation_is_billed_with_what_it_asked_for() {
        let meter = Meter::default();
        let function = BilledFunction {
            feature: Feature::Map,
            ..BilledFunction::default()
        };
        let work = async {
            during_work(|work| {
                work.requests.fetch_add(2, Ordering::Relaxed);
            });
        };
        meter.invocation(&function, work).await;
        during_work(|_| unreachable!("no invocation is under way"));
        let usage = meter.usage();
        assert_eq!(usage.of(Feature::Map, Unit::FunctionRequest), 1.0);
        // 20 ms to start, 10.26 for two requests, 2.76 for 0.2 ms on a fourteenth of a processor.
        let gb_seconds = usage.of(Feature::Map, Unit::FunctionGbSecond);
        assert!((gb_seconds - 0.034 / 8.0).abs() < 1e-9, "{gb_seconds}");
    }
}
