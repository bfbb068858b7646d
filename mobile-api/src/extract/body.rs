//! JSON bodies.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request};
use domain::FieldError;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

use crate::problem::{Code, Problem};
use crate::state::ApiState;

/// The most bytes of a body.
pub(crate) const MAX_BODY_BYTES: usize = 64 * 1024;

/// A body of JSON; what does not fit is refused with the name of the field.
#[derive(Debug)]
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<ApiState> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &ApiState) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let detail = "send the body as application/json";
            return Err(Problem::new(Code::UnsupportedMediaType, detail));
        }
        parse(&read(request.into_body()).await?).map(Self)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.and_then(|value| value.split(';').next()).map(str::trim);
    essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"))
}

async fn read(body: Body) -> Result<Vec<u8>, Problem> {
    let too_large = || {
        let detail = format!("the body has more than {MAX_BODY_BYTES} bytes, or ended early");
        Problem::new(Code::PayloadTooLarge, detail)
    };
    Ok(to_bytes(body, MAX_BODY_BYTES)
        .await
        .map_err(|error| too_large().because(error))?
        .to_vec())
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { "body".to_owned() } else { path };
        FieldError::new(field, reason(error.inner()))
    })?;
    json.end()
        .map_err(|error| FieldError::new("body", reason(&error)))?;
    Ok(value)
}

/// What the parser says without the place, which the field's name tells better.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}
