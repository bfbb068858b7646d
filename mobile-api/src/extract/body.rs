//! JSON bodies.

use axum::body::{Body, to_bytes};
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, FromRequest, Request};
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

/// A form (`application/x-www-form-urlencoded`), the body that OAuth knows.
#[derive(Debug)]
pub(crate) struct FormBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<ApiState> for FormBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let request = Request::from_parts(parts, Body::from(read(body).await?));
        let form = Form::from_request(request, state).await;
        form.map(|Form(value)| Self(value))
            .map_err(|rejection| match rejection {
                FormRejection::InvalidFormContentType(_) => Problem::new(
                    Code::UnsupportedMediaType,
                    "send the body as application/x-www-form-urlencoded",
                ),
                other => FieldError::new("body", other.body_text()).into(),
            })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.and_then(|value| value.split(';').next()).map(str::trim);
    essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"))
}

async fn read(body: Body) -> Result<Vec<u8>, Problem> {
    let bytes = to_bytes(body, MAX_BODY_BYTES).await;
    let bytes = bytes.map_err(|error| too_large().because(error))?;
    Ok(bytes.to_vec())
}

fn too_large() -> Problem {
    let detail = format!("the body must have at most {MAX_BODY_BYTES} bytes");
    Problem::new(Code::PayloadTooLarge, detail)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Serde would take an array for an object without names.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(FieldError::new("body", "must be an object").into());
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let reason = reason(error.inner());
        FieldError::new(field(&error.path().to_string(), &reason), reason)
    })?;
    json.end()
        .map_err(|error| FieldError::new("body", reason(&error)))?;
    Ok(value)
}

/// The field of an error: the path to it, or the name that is missing there.
fn field(path: &str, reason: &str) -> String {
    let missing = reason
        .strip_prefix("missing field `")
        .and_then(|rest| rest.strip_suffix('`'));
    match (path, missing) {
        ("." | "?", None) => "body".to_owned(),
        ("." | "?", Some(name)) => name.to_owned(),
        (path, None) => path.to_owned(),
        (path, Some(name)) => format!("{path}.{name}"),
    }
}

/// What the parser says without the place, which the field's name tells better.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}
