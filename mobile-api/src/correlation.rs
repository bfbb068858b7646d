//! The id of a request: the caller's for it, or a new one. It stands in the request's log lines, in what the request sets
//! going, and in the answer.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use domain::CorrelationId;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::state::ApiState;

/// The header that carries the id, in requests and in answers.
pub const CORRELATION_HEADER: HeaderName = HeaderName::from_static("x-correlation-id");

/// The caller's id for a request; `None` without one that can be used.
pub fn given_correlation(headers: &HeaderMap) -> Option<CorrelationId> {
    headers.get(CORRELATION_HEADER)?.to_str().ok()?.parse().ok()
}

/// A layer of the router: hands the id on as an extension of the request.
pub(crate) async fn correlate(State(state): State<ApiState>, mut request: Request, next: Next) -> Response {
    let id = given_correlation(request.headers());
    let id = id.unwrap_or_else(|| CorrelationId::new(state.now(), rand::random()));
    CorrelationId::note(Some(&id));
    let header = HeaderValue::from_str(id.as_str());
    request.extensions_mut().insert(id);
    let mut response = next.run(request).await;
    // All characters of an id may stand in a header.
    if let Ok(header) = header {
        response.headers_mut().insert(CORRELATION_HEADER, header);
    }
    response
}
