//! The span around one invocation, whose fields stand in each of its lines.

use std::sync::atomic::{AtomicBool, Ordering};

use tracing::Span;

use crate::CorrelationId;

static IS_COLD: AtomicBool = AtomicBool::new(true);

/// The span of the invocation `request`; the first one of the process is the cold start.
pub fn invocation(request: &str, trace: Option<&str>, correlation: Option<&CorrelationId>) -> Span {
    tracing::info_span!(
        "invocation",
        cold_start = IS_COLD.swap(false, Ordering::Relaxed),
        function_request_id = request,
        xray_trace_id = trace,
        correlation_id = correlation.map(CorrelationId::as_str),
    )
}
