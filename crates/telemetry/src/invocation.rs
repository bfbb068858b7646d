//! The span around one invocation, whose fields stand in each of its lines.

use std::sync::atomic::{AtomicBool, Ordering};

use tracing::Span;
use tracing::field::Empty;

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
    if is_cold {
        span.in_scope(|| tracing::info!(monotonic_counter.cold_starts = 1, "cold start"));
    }
    span
}
