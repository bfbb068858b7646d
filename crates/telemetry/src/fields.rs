//! The fields of a span or an event as JSON.

use std::error::Error;
use std::fmt::Debug;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};

use crate::{Metric, causes};

/// Fields by their names in the log.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields {
    pub(crate) values: Map<String, Value>,
    /// Those that are values of metrics.
    pub(crate) metrics: Vec<&'static Metric>,
}

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        let metric = Metric::of(field.name());
        let name = metric.map_or_else(|| field.name().replace('.', "_"), |metric| metric.name.to_owned());
        self.metrics.extend(metric);
        self.values.insert(name, value.into());
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.put(field, causes(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field, format!("{value:?}"));
    }
}
