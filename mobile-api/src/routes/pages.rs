//! The phone page and the operator page, as part of the program.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use super::assets::{ASSETS, Asset};
use crate::problem::Problem;
use crate::state::ApiState;

/// The owner's page.
const PHONE_PAGE: &str = "index.html";
/// The operator's page.
const FLEET_PAGE: &str = "fleet.html";

pub(crate) fn routes() -> Router<ApiState> {
    Router::new()
        .route("/", get(|| async { serve(PHONE_PAGE) }))
        .route("/fleet", get(|| async { serve(FLEET_PAGE) }))
        .route(
            "/web/{file}",
            get(|Path(file): Path<String>| async move { serve(&file) }),
        )
}

fn serve(name: &str) -> Result<Response, Problem> {
    let asset = ASSETS.iter().find(|asset| asset.name == name);
    asset
        .map(Asset::response)
        .ok_or_else(|| Problem::not_found("page"))
}

impl Asset {
    fn response(&self) -> Response {
        let caching = if self.name.ends_with(".html") {
            "no-store"
        } else {
            "no-cache"
        };
        (
            [(CONTENT_TYPE, self.content_type()), (CACHE_CONTROL, caching)],
            self.bytes,
        )
            .into_response()
    }

    fn content_type(&self) -> &'static str {
        match self.name.rsplit_once('.').map(|(_, extension)| extension) {
            Some("html") => "text/html; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            Some("json" | "webmanifest") => "application/manifest+json",
            _ => "application/octet-stream",
        }
    }
}
