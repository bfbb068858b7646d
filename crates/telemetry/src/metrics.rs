//! Metrics of functions. A line that counts something says so in CloudWatch's embedded metric format (the
//! "Specification: Embedded metric format" of the Amazon CloudWatch user guide), and stays a log line.
//!
//! An event counts with a field `monotonic_counter.NAME` and measures with `histogram.NAME`, as tracing-opentelemetry
//! has it, where the name is one of [`METRICS`]. Nothing else becomes a metric, since each is paid for with each value
//! of its dimension: there is none by robot, home or person.

use serde_json::{Map, Value, json};

/// The dimension that every metric has, always with the same value; CloudWatch wants at least one.
const COMMON_DIMENSION: &str = "service";

/// Something that functions count or measure.
#[derive(Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its name, in CloudWatch and in the line.
    pub name: &'static str,
    /// Its unit, as CloudWatch calls it.
    pub unit: &'static str,
    /// The field that tells its values apart; few values, known beforehand.
    pub by: Option<&'static str>,
}

/// All that functions count or measure.
pub const METRICS: [Metric; 7] = [
    // Callers that the API, the live view's door or provisioning did not let in.
    Metric::count("auth_failures"),
    Metric::count("cold_starts"),
    // A robot took a command.
    Metric::count("commands_accepted"),
    // The API or a robot refused one.
    Metric {
        by: Some("reason"),
        ..Metric::count("commands_refused")
    },
    // From the table's news of a sealed run until it is worked on.
    Metric {
        unit: "Milliseconds",
        ..Metric::count("fold_lag_ms")
    },
    // What robots sent and can never be used, which is kept as an incident.
    Metric::count("messages_refused"),
    Metric::count("runs_sealed"),
];

impl Metric {
    const fn count(name: &'static str) -> Self {
        let (unit, by) = ("Count", None);
        Self { name, unit, by }
    }

    /// The metric that an event's field `field` is a value of.
    pub fn of(field: &str) -> Option<&'static Self> {
        let name = field
            .strip_prefix("monotonic_counter.")
            .or_else(|| field.strip_prefix("histogram."))?;
        METRICS.iter().find(|metric| metric.name == name)
    }

    /// What tells CloudWatch to take the metric out of a line with `fields`; `None` where its dimension is not among
    /// them.
    fn directive(&self, namespace: &str, fields: &Map<String, Value>) -> Option<Value> {
        let dimensions: Vec<&str> = [COMMON_DIMENSION].into_iter().chain(self.by).collect();
        let is_there = |name: &&str| fields.get(*name).is_some_and(Value::is_string);
        dimensions.iter().all(is_there).then(|| {
            json!({
                "Namespace": namespace,
                "Dimensions": [dimensions],
                "Metrics": [{"Name": self.name, "Unit": self.unit}],
            })
        })
    }
}

/// The member `_aws` of a line with `fields` at `millis` after the epoch, whose `metrics` go to `namespace`; `None`
/// without any.
pub(crate) fn embedded(
    namespace: &str,
    metrics: &[&Metric],
    fields: &Map<String, Value>,
    millis: i64,
) -> Option<Value> {
    let directives = metrics
        .iter()
        .filter_map(|metric| metric.directive(namespace, fields));
    let directives: Vec<Value> = directives.collect();
    (!directives.is_empty()).then(|| json!({"Timestamp": millis, "CloudWatchMetrics": directives}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_metric_is_by_who() {
        for Metric { name, by, .. } in &METRICS {
            for who in [
                "robot",
                "home",
                "person",
                "run",
                "command",
                "correlation",
                "request",
                "lease",
                "client",
            ] {
                assert!(by.is_none_or(|by| !by.contains(who)), "{name} by {who}");
            }
        }
    }

    #[test]
    fn a_metric_is_found_by_its_field() {
        assert_eq!(Metric::of("monotonic_counter.runs_sealed").unwrap().unit, "Count");
        assert_eq!(Metric::of("histogram.fold_lag_ms").unwrap().unit, "Milliseconds");
        assert_eq!(
            (Metric::of("runs_sealed"), Metric::of("histogram.none")),
            (None, None)
        );
    }
}
