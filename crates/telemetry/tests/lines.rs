//! What stands in the lines of functions.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use telemetry::{Function, Lines, Sampling, invocation};
use tracing::Span;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Written {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

fn lines(sampling: Sampling, work: impl FnOnce()) -> Vec<Value> {
    let written = Written::default();
    let function = Function {
        name: Some("prod-fold".to_owned()),
        memory_mb: Some(128),
    };
    let layer =
        Lines::new(function, sampling, written.clone()).with_metrics(Some("Sweepline/prod".to_owned()));
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), work);
    let bytes = written.0.lock().unwrap();
    let text = str::from_utf8(&bytes).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_line_has_the_keys_of_powertools_and_ours() {
    let lines = lines(Sampling::ALL, || {
        invocation("r-1", Some("Root=1-2")).in_scope(|| {
            Span::current().record("correlation_id", "c-1");
            tracing::info!(run.id = %"run_1", robot.id = "robot_1", count = 3, "sealed");
        });
        invocation("r-2", None).in_scope(|| tracing::warn!("later"));
    });
    let [start, first, second] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    for (key, expected) in [
        ("level", "INFO"),
        ("message", "sealed"),
        ("service", "sweepline"),
        ("function_name", "prod-fold"),
        ("function_request_id", "r-1"),
        ("xray_trace_id", "Root=1-2"),
        ("correlation_id", "c-1"),
        ("run_id", "run_1"),
        ("robot_id", "robot_1"),
    ] {
        assert_eq!(first[key], expected, "{key}");
    }
    assert_eq!(
        (&first["function_memory_size"], &first["count"]),
        (&128.into(), &3.into())
    );
    assert_eq!(first["sampling_rate"], 1.0);
    assert_eq!(
        (&start["message"], metrics(start).len()),
        (&"cold start".into(), 1)
    );
    assert_eq!(
        (&first["cold_start"], &second["cold_start"]),
        (&true.into(), &false.into())
    );
    let timestamp: jiff::Timestamp = first["timestamp"].as_str().unwrap().parse().unwrap();
    assert!(jiff::Timestamp::now() >= timestamp);
    assert_eq!(
        (second.get("xray_trace_id"), second.get("correlation_id")),
        (None, None)
    );
}

/// What CloudWatch takes out of a line, such as `runs_sealed=1 Count service=sweepline`, after a check that the line is
/// what the specification of the embedded metric format asks for.
fn metrics(line: &Value) -> Vec<String> {
    let Some(metadata) = line.get("_aws") else {
        return vec![];
    };
    assert_eq!(metadata.as_object().unwrap().len(), 2);
    let millis = metadata["Timestamp"].as_i64().unwrap();
    assert!((1_700_000_000_000..=jiff::Timestamp::now().as_millisecond()).contains(&millis));
    let directives = metadata["CloudWatchMetrics"].as_array().unwrap();
    assert!(!directives.is_empty());
    directives
        .iter()
        .flat_map(|directive| taken(directive, line))
        .collect()
}

fn taken(directive: &Value, line: &Value) -> Vec<String> {
    assert_eq!(directive["Namespace"], "Sweepline/prod");
    let [dimensions] = directive["Dimensions"].as_array().unwrap().as_slice() else {
        panic!("{directive}")
    };
    let dimensions = dimensions.as_array().unwrap();
    assert!((1..=30).contains(&dimensions.len()));
    let by = dimensions.iter().map(|name| name.as_str().unwrap());
    let by: Vec<_> = by
        .map(|name| format!("{name}={}", line[name].as_str().unwrap()))
        .collect();
    let metrics = directive["Metrics"].as_array().unwrap().iter().map(|metric| {
        let (name, unit) = (metric["Name"].as_str().unwrap(), metric["Unit"].as_str().unwrap());
        assert!(["Count", "Milliseconds"].contains(&unit));
        format!("{name}={} {unit} {}", line[name].as_f64().unwrap(), by.join(" "))
    });
    metrics.collect()
}

#[test]
fn a_line_that_counts_is_a_metric_and_says_nothing_of_who_in_its_dimensions() {
    let none_logged = Sampling::one_in(Sampling::MAX_ONE_IN).unwrap();
    let lines = lines(none_logged, || {
        tracing::info!(
            run.id = "run_1",
            robot.id = "robot_1",
            monotonic_counter.runs_sealed = 1,
            "sealed"
        );
        tracing::info!(
            reason = "robot_busy",
            monotonic_counter.commands_refused = 1,
            "refused"
        );
        tracing::info!(monotonic_counter.commands_refused = 1, "refused for no reason");
        tracing::info!(
            histogram.fold_lag_ms = 1_500,
            monotonic_counter.auth_failures = None::<u64>,
            "folded"
        );
        tracing::info!(monotonic_counter.invented = 1, "of no metric");
    });
    assert_eq!(
        lines.iter().map(metrics).collect::<Vec<_>>(),
        [
            vec!["runs_sealed=1 Count service=sweepline"],
            vec!["commands_refused=1 Count service=sweepline reason=robot_busy"],
            vec![],
            vec!["fold_lag_ms=1500 Milliseconds service=sweepline"],
            vec![],
        ]
    );
    let sealed = &lines[0];
    assert_eq!(
        (&sealed["run_id"], &sealed["message"]),
        (&"run_1".into(), &"sealed".into())
    );
}

#[test]
fn a_run_is_logged_as_a_whole_or_only_where_it_failed() {
    let sampling = Sampling::one_in(2).unwrap();
    let runs: Vec<String> = (0..20).map(|run| format!("run_{run}")).collect();
    let lines = lines(sampling, || {
        for run in &runs {
            tracing::info!(run.id = run, "told");
            tracing::info!(run.id = run, "sealed");
            tracing::error!(run.id = run, "failed");
        }
        tracing::info!("of no run");
    });
    for run in &runs {
        let count = lines.iter().filter(|line| line["run_id"] == run.as_str()).count();
        assert_eq!(count, if sampling.takes(run) { 3 } else { 1 }, "{run}");
    }
    assert!(runs.iter().any(|run| sampling.takes(run)) && !runs.iter().all(|run| sampling.takes(run)));
    assert_eq!(lines.last().unwrap()["message"], "of no run");
}
