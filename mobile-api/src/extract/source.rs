//! Where a request comes from.

use std::convert::Infallible;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts};
use http::request::Parts;

use crate::state::ApiState;

/// The address that a request comes from, for counting failures.
///
/// Whoever serves the router puts it into the request's extensions; without it the peer of the connection counts. It
/// is never taken from a header that a caller can write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source(pub String);

impl FromRequestParts<ApiState> for Source {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &ApiState) -> Result<Self, Infallible> {
        let known = parts.extensions.get::<Self>().cloned();
        let peer = || {
            parts
                .extensions
                .get::<ConnectInfo<SocketAddr>>()
                .map(|peer| Self(peer.0.ip().to_string()))
        };
        Ok(known.or_else(peer).unwrap_or_else(|| Self("unknown".to_owned())))
    }
}
