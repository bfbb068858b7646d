//! The span around one invocation, whose fields stand in each of its lines.

use std::sync::atomic::{AtomicBool, Ordering};

use tracing::field::Empty;
use tracing::{Instrument, Span};

static IS_COLD: AtomicBool = AtomicBool::new(true);

/// The span of the invocation `request`; the first one of the process is the cold start.
///
/// It has room for the `correlation_id` of what the invocation is about, which is known only once that is read.
pub fn invocation(request: &str, trace: Option<&str>) -> Span {
    let is_cold = IS_COLD.swap(false, Ordering::Relaxed);
    let span = tracing::info_span!(
        "invocation",
        cold_start = is_cold,
        function_request_id = request,
        xray_trace_id = trace,
        correlation_id = Empty,
    );
    #[cfg(feature = "otlp")]
    crate::traces::follow(&span, trace.unwrap_or_default());
    if is_cold {
        span.in_scope(|| tracing::info!(monotonic_counter.cold_starts = 1, "cold start"));
    }
    span
}

/// Does `work` inside of the span of its invocation, which ends with it. After it Lambda may freeze the process, so that
/// what is known of the span is handed on before.
pub async fn invoke<T>(span: Span, work: impl Future<Output = T>) -> T {
    let done = work.instrument(span).await;
    #[cfg(feature = "otlp")]
    crate::traces::flush();
    done
}
