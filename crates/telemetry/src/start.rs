//! Logs of a process.

use std::io;

use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::environment::{EnvironmentError, optional, variable};
use crate::{Function, Lines, Metric, Sampling};

/// Writes the lines of this process to standard output: those of the level `LOG_LEVEL` (INFO if it is not set) and
/// worse, of one run in `LOG_ONE_RUN_IN` (all if it is not set). Metrics go to the namespace `METRICS_NAMESPACE`, or
/// nowhere without it. With the feature `otlp`, spans go to the OpenTelemetry collector that
/// `OTEL_EXPORTER_OTLP_ENDPOINT` names, if it does.
///
/// # Errors
/// [`EnvironmentError`] when a variable makes no sense; there are logs nevertheless.
pub fn start() -> Result<(), EnvironmentError> {
    let (level, sampling) = (level(), sampling());
    let written = level.unwrap_or(LevelFilter::INFO);
    let function = Function::from_env();
    let lines = Lines::new(function.clone(), sampling.unwrap_or(Sampling::ALL), io::stdout)
        .with_metrics(variable("METRICS_NAMESPACE").ok())
        .with_filter(
            filter_fn(move |of| is_written(of, written)).with_max_level_hint(written.max(LevelFilter::INFO)),
        );
    let registry = tracing_subscriber::registry();
    #[cfg(feature = "otlp")]
    let (registry, traces) = {
        let traces = crate::traces::layer(&function);
        let (layer, error) = traces.map_or_else(|error| (None, Err(error)), |layer| (layer, Ok(())));
        (registry.with(layer), error)
    };
    #[cfg(not(feature = "otlp"))]
    let traces = Ok(());
    // A second start in one process finds the first one's logs, which are as good.
    let _ = registry.with(lines).try_init();
    level.and(sampling).and(traces)
}

/// Metrics count whatever the level is, and the lines that are left tell of their invocation.
fn is_written(of: &Metadata<'_>, level: LevelFilter) -> bool {
    let is_counted = || of.is_span() || of.fields().iter().any(|field| Metric::of(field.name()).is_some());
    *of.level() <= level || (*of.level() <= Level::INFO && is_counted())
}

fn level() -> Result<LevelFilter, EnvironmentError> {
    let expected = "error, warn, info, debug or trace";
    let level = optional("LOG_LEVEL", expected, |level| level.parse().ok())?;
    Ok(level.unwrap_or(LevelFilter::INFO))
}

fn sampling() -> Result<Sampling, EnvironmentError> {
    let one_in = |text: &str| text.parse().ok().and_then(Sampling::one_in);
    let sampling = optional("LOG_ONE_RUN_IN", "a number from 1 to 10000", one_in)?;
    Ok(sampling.unwrap_or(Sampling::ALL))
}
