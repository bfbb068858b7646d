//! The phone page and the operator page, as part of the program.
//!
//! A page names its files by a path with the release in it, so that phones fetch them once for each release: asking
//! for all of them each time would cost more than everything else that the phone does.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use super::assets::{ASSETS, Asset};
use crate::problem::Problem;
use crate::state::ApiState;

/// Where pages say that their files are.
const FILES: &str = "\"/web/";
/// How a page itself, which tells the release, is cached: who opens it again within the hour asks for nothing.
const FOR_AN_HOUR: &str = "private, max-age=3600";
/// How a file is cached whose path says nothing of its release.
const IF_UNCHANGED: &str = "no-cache";
/// How a file of a release is cached: it never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// A word that is another one as soon as one of the files is.
static RELEASE: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = DefaultHasher::new();
    for asset in ASSETS {
        (asset.name, asset.bytes).hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
});

/// The owner's page.
const PHONE_PAGE: &str = "index.html";
/// The operator's page.
const FLEET_PAGE: &str = "fleet.html";

pub(crate) fn routes() -> Router<ApiState> {
    Router::new()
        .route("/", get(|| async { page(PHONE_PAGE) }))
        .route("/fleet", get(|| async { page(FLEET_PAGE) }))
        .route(
            "/web/{file}",
            get(|Path(file): Path<String>| async move { Ok::<_, Problem>(find(&file)?.response(IF_UNCHANGED)) }),
        )
        .route(
            "/web/{release}/{file}",
            get(|Path((release, file)): Path<(String, String)>| async move { file_of(&release, &file) }),
        )
}

/// A page, with the release in the paths of its files.
fn page(name: &str) -> Result<Response, Problem> {
    let asset = find(name)?;
    let text = String::from_utf8_lossy(asset.bytes).replace(FILES, &format!("{FILES}{}/", *RELEASE));
    let headers = [(CONTENT_TYPE, asset.content_type()), (CACHE_CONTROL, FOR_AN_HOUR)];
    Ok((headers, text).into_response())
}

/// A file of a page; one that was opened before the last release gets the newer file, and does not keep it.
fn file_of(release: &str, name: &str) -> Result<Response, Problem> {
    let caching = if release == *RELEASE {
        FOR_EVER
    } else {
        IF_UNCHANGED
    };
    Ok(find(name)?.response(caching))
}

fn find(name: &str) -> Result<&'static Asset, Problem> {
    let asset = ASSETS.iter().find(|asset| asset.name == name);
    asset.ok_or_else(|| Problem::not_found("page"))
}

impl Asset {
    fn response(&self, caching: &'static str) -> Response {
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
