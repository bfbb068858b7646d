//! All routes together, with what every answer carries.

use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue, StatusCode};
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::content_policy::content_policy;
use crate::correlation::correlate;
use crate::openapi::{Document, name_problems};
use crate::problem::{Code, Problem};
use crate::routes;
use crate::state::ApiState;

/// Headers of every answer, unless the route has its own.
fn headers(state: &ApiState) -> [(HeaderName, HeaderValue); 4] {
    [
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (
            CONTENT_SECURITY_POLICY,
            content_policy(&state.sign_in, &state.config),
        ),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ]
}

/// The API and the pages.
///
/// Serve it with `into_make_service_with_connect_info::<SocketAddr>()`, or put a [`Source`](crate::Source) into the
/// requests' extensions, so that failures are counted by where they come from.
pub fn router(state: ApiState) -> Router {
    let (router, mut document) = documented_routes().split_for_parts();
    name_problems(&mut document);
    let headers = headers(&state);
    let document = document.to_json().unwrap_or_default();
    let openapi = get(move || async move { ([(CONTENT_TYPE, "application/json")], document) });
    let router = router
        .route("/openapi.json", openapi)
        .merge(routes::pages::routes())
        .merge(routes::security::routes())
        .fallback(unknown_path)
        .method_not_allowed_fallback(unknown_method)
        // What leaves the region is charged by the byte, and a map is mostly repetition.
        .layer(CompressionLayer::new())
        .layer(from_fn(log))
        .layer(from_fn_with_state(state.clone(), correlate))
        .with_state(state);
    headers.into_iter().fold(router, |router, (name, value)| {
        router.layer(SetResponseHeaderLayer::if_not_present(name, value))
    })
}

/// The routes of the contract; each stands in the document because it is served.
pub(crate) fn documented_routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(routes::account::routes())
        .merge(routes::auth::routes())
        .merge(routes::refreshing::routes())
        .merge(routes::homes::routes())
        .merge(routes::erasure::routes())
        .merge(routes::export::routes())
        .merge(routes::access_log::routes())
        .merge(routes::overview::routes())
        .merge(routes::members::routes())
        .merge(routes::robots::routes())
        .merge(routes::pairing::routes())
        .merge(routes::provisioning::routes())
        .merge(routes::expecting::routes())
        .merge(routes::commands::routes())
        .merge(routes::settings::routes())
        .merge(routes::runs::routes())
        .merge(routes::floors::routes())
        .merge(routes::rooms::routes())
        .merge(routes::objects::routes())
        .merge(routes::plan::routes())
        .merge(routes::live::routes())
        .merge(routes::fleet::routes())
        .merge(routes::health::routes())
}

async fn unknown_path() -> Problem {
    Problem::not_found("page")
}

async fn unknown_method() -> Problem {
    Problem::new(
        Code::MethodNotAllowed,
        "this path does not know the method, see Allow",
    )
}

/// One line per answer of the API, without anything that tells who asked for what. Of a look that was answered the
/// access log says as much, and each line is paid.
async fn log(request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await.into_response();
    if let Some(path) = path.filter(|path| path.as_str().starts_with("/v1/")) {
        let duration_ms = start.elapsed().as_millis() as u64;
        let (path, status) = (path.as_str(), response.status());
        if method.is_safe() && status.is_success() {
            tracing::debug!(%method, path, status = status.as_u16(), duration_ms, "answered");
        } else {
            let is_unknown = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
            tracing::info!(
                %method,
                path,
                status = status.as_u16(),
                duration_ms,
                monotonic_counter.auth_failures = is_unknown.then_some(1u64),
                "answered"
            );
        }
    }
    response
}
