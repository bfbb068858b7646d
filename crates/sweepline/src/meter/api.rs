//! What goes through the HTTP API, as API Gateway and the function behind it charge for it.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use billing::{Feature, Unit, steps};
use http::header::CONTENT_LENGTH;
use http::response::Parts;
use http::{HeaderMap, Method, StatusCode};
use infra::Template;

use super::{BilledFunction, Meter};

/// The largest answer of a function (AWS Lambda), bytes.
const MAX_ANSWER_BYTES: usize = 6 * 1024 * 1024;
/// The program behind every route.
const BINARY: &str = "mobile-api";
/// Where people sign in to the local issuer, stay so and sign out; on AWS that is another service, without our API.
const LOCAL_SIGN_IN: [&str; 3] = ["/v1/auth/token", "/v1/auth/refresh", "/v1/auth/revoke"];

/// A layer of the router: does each request as an invocation, which answers in one piece, and counts it.
pub async fn count_requests(State(meter): State<Meter>, request: Request, next: Next) -> Response {
    if LOCAL_SIGN_IN.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let function = BilledFunction {
        feature: feature_of(request.method(), request.uri().path()),
        ..meter.function_running(BINARY)
    };
    let asked = bytes_of(request.headers()) + length_of(request.headers());
    let (parts, body) = meter.invocation(&function, whole(next.run(request))).await;
    let answered = bytes_of(&parts.headers) + body.len();
    let feature = function.feature;
    meter.count(feature, Unit::ApiRequest, steps::api(asked.max(answered)));
    meter.count(feature, Unit::EgressGb, steps::gigabytes(answered));
    meter.count(feature, Unit::LogGb, steps::gigabytes(meter.access_log_bytes));
    Response::from_parts(parts, Body::from(body))
}

/// An answer with all of its body; one that breaks off is empty.
async fn whole(answer: impl Future<Output = Response>) -> (Parts, Bytes) {
    let (mut parts, body) = answer.await.into_parts();
    match to_bytes(body, MAX_ANSWER_BYTES).await {
        Ok(bytes) => (parts, bytes),
        Err(error) => {
            tracing::error!(%error, "answer broke off");
            parts.status = StatusCode::INTERNAL_SERVER_ERROR;
            (parts, Bytes::new())
        }
    }
}

/// What the access log takes of a request, bytes: its form, whose names are about as long as what they stand for.
pub(super) fn access_log_bytes(template: &Template) -> usize {
    let form = template
        .resources()
        .values()
        .find_map(|resource| resource.properties.pointer("/AccessLogSettings/Format")?.as_str());
    form.map_or(0, |form| form.len() + steps::LOG_LINE_OVERHEAD_BYTES)
}

fn feature_of(method: &Method, path: &str) -> Feature {
    let part = |name: &str| path.split('/').any(|part| part == name);
    if part("live") {
        Feature::LiveView
    } else if part("commands") {
        Feature::Commands
    } else if part("settings") && *method != Method::GET {
        Feature::Settings
    } else {
        Feature::App
    }
}

fn bytes_of(headers: &HeaderMap) -> usize {
    headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len())
        .sum()
}

fn length_of(headers: &HeaderMap) -> usize {
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok());
    length.and_then(|length| length.parse().ok()).unwrap_or(0)
}
