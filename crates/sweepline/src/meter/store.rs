//! What functions ask of the table, as its answers count it.

use std::sync::atomic::Ordering;

use billing::Unit;
use store::CapacityListener;

use super::during_work;

/// Counts for the invocation in whose task a request is answered.
#[derive(Debug, Clone, Copy, Default)]
pub struct StoreMeter;

impl CapacityListener for StoreMeter {
    fn used(&self, read_units: f64, write_units: f64) {
        during_work(|work| {
            work.requests.fetch_add(1, Ordering::Relaxed);
            work.meter.count(work.feature, Unit::ReadUnit, read_units);
            work.meter.count(work.feature, Unit::WriteUnit, write_units);
        });
    }
}
