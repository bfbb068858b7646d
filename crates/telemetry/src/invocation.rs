//! The span around one invocation, whose fields stand in each of its lines.

use std::sync::atomic::{AtomicBool, Ordering};

use tracing::Span;
use tracing::field::Empty;

static IS_COLD: AtomicBool = AtomicBool::new(true);

/// The span of the invocation `request`; the first one of the process is the cold start.
///
/// It has room for the `correlation_id` of what the invocation is about, which is known only once that is read.
pub fn invocation(request: &str, trace: Option<&str>) -> Span {
    tracing::info_span!(
        "invocation",
        cold_start = IS_COLD.swap(false, Ordering::Relaxed),
        function_request_id = request,
        xray_trace_id = trace,
        correlation_id = Empty,
    )
}
