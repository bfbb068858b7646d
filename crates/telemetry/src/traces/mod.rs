//! Spans for an OpenTelemetry collector, over OTLP and HTTP: one for each invocation, which continues the trace that AWS
//! X-Ray began, with one below it for each call of an AWS service.
//!
//! Nothing of this happens unless `OTEL_EXPORTER_OTLP_ENDPOINT` names a collector. The SDK's other variables hold as well,
//! such as `OTEL_TRACES_SAMPLER`. There is no TLS: the collector is beside the function, as a layer, or in its network.

mod xray;

use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry::trace::{TraceContextExt, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{RetryPolicy, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::level_filters::LevelFilter;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

use crate::Function;
use crate::environment::{EnvironmentError, optional};
use crate::function::SERVICE;

/// The variable with the collector's address, as OpenTelemetry names it.
const COLLECTOR: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
/// How long an invocation waits at most for a collector that does not answer.
const PATIENCE: Duration = Duration::from_millis(500);
/// The SDKs of AWS open their spans for calls at the level of debugging.
const CALLS: &str = "aws_sdk";

static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// The layer that makes spans, or none without a collector.
///
/// # Errors
/// [`EnvironmentError::Unusable`] when the collector's address is none.
pub fn layer<S>(function: &Function) -> Result<Option<impl Layer<S> + use<S>>, EnvironmentError>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let exporter = optional(COLLECTOR, "the http address of a collector", |address| {
        address.starts_with("http://").then(exporter)?
    })?;
    Ok(exporter.map(|exporter| {
        let provider = PROVIDER.get_or_init(|| provider(exporter, function));
        let shown = Targets::new()
            .with_default(LevelFilter::INFO)
            .with_target(CALLS, LevelFilter::DEBUG);
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer(SERVICE))
            .with_location(false)
            .with_threads(false)
            .with_filter(shown)
    }))
}

/// Lets `span`, in which nothing has happened yet, continue the trace that the header of AWS X-Ray names.
pub fn follow(span: &Span, header: &str) {
    if let Some(parent) = xray::parent(header) {
        // Without a collector there is no layer that would take the parent.
        let _ = span.set_parent(Context::new().with_remote_span_context(parent));
    }
}

/// Hands the spans that have ended to the collector.
pub fn flush() {
    if let Some(Err(error)) = PROVIDER.get().map(SdkTracerProvider::force_flush) {
        tracing::warn!(error = %error, "the collector did not take the spans");
    }
}

/// A collector that is away is not worth a second attempt: the function is paid for while it waits.
fn exporter() -> Option<SpanExporter> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_timeout(PATIENCE)
        .with_retry_policy(RetryPolicy::disabled());
    exporter.build().ok()
}

fn provider(exporter: SpanExporter, function: &Function) -> SdkTracerProvider {
    let name = function.name.clone().unwrap_or_else(|| SERVICE.to_owned());
    let resource = Resource::builder()
        .with_service_name(name)
        .with_attribute(KeyValue::new("service.namespace", SERVICE));
    SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource.build())
        .build()
}
