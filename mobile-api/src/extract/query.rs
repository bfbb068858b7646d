//! Query strings.

use axum::extract::{FromRequestParts, Query};
use domain::FieldError;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::Problem;
use crate::state::ApiState;

/// The parameters of the query string; what does not fit is refused.
#[derive(Debug)]
pub(crate) struct QueryOf<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<ApiState> for QueryOf<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let Query(value) = Query::from_request_parts(parts, state)
            .await
            .map_err(|rejection| {
                let text = rejection.body_text();
                let reason = text
                    .rsplit_once("query string: ")
                    .map_or(text.as_str(), |(_, reason)| reason);
                let (field, reason) = reason.split_once(": ").unwrap_or(("query", reason));
                FieldError::new(field, reason)
            })?;
        Ok(Self(value))
    }
}
