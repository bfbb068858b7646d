//! A client of the HTTP API, as small as the tests need it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use ureq::http::{HeaderMap, Request};
use ureq::{Agent, AsSendBody};

use crate::stack::Login;

/// The longest that an answer may take.
pub const ANSWER_LIMIT: Duration = Duration::from_secs(20);
/// When a client gets itself a new token, well before the quarter of an hour that one is good for.
const SIGNED_IN_AGAIN: Duration = Duration::from_secs(600);

/// What the API answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON, `null` when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The `ETag`, empty when there is none.
    pub fn etag(&self) -> String {
        let tag = self.headers.get("etag").and_then(|tag| tag.to_str().ok());
        tag.unwrap_or_default().to_owned()
    }

    /// The JSON of an answer that is expected to have `status`.
    pub fn expect(&self, status: u16) -> anyhow::Result<Value> {
        let body = String::from_utf8_lossy(&self.body);
        ensure!(
            self.status == status,
            "expected {status}, got {}: {body}",
            self.status
        );
        Ok(self.json())
    }
}

/// A client, signed in or not.
#[derive(Debug, Clone)]
pub struct Api {
    agent: Agent,
    base: String,
    session: Option<Arc<Session>>,
}

/// Somebody who is signed in, and signs in again before the token runs out.
#[derive(Debug)]
struct Session {
    login: Login,
    token: Mutex<(String, Instant)>,
}

impl Api {
    /// A client of the API at `base` that has not signed in.
    pub fn new(base: &str) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(ANSWER_LIMIT))
            .http_status_as_error(false);
        Self {
            agent: config.build().into(),
            base: base.trim_end_matches('/').to_owned(),
            session: None,
        }
    }

    /// The same client signed in.
    pub fn sign_in(&self, login: &Login) -> anyhow::Result<Self> {
        let token = Mutex::new((self.token_of(login)?, Instant::now()));
        let login = login.clone();
        Ok(Self {
            session: Some(Arc::new(Session { login, token })),
            ..self.clone()
        })
    }

    fn token_of(&self, login: &Login) -> anyhow::Result<String> {
        let body = json!({"email": login.email, "password": login.password});
        let nobody = Self {
            session: None,
            ..self.clone()
        };
        let answer = nobody.post("/v1/auth/token", &body, &[])?.expect(200)?;
        let token = answer["access_token"].as_str().context("no access_token")?;
        Ok(token.to_owned())
    }

    fn token(&self) -> anyhow::Result<Option<String>> {
        let Some(session) = &self.session else {
            return Ok(None);
        };
        let mut token = session.token.lock().unwrap_or_else(PoisonError::into_inner);
        if token.1.elapsed() >= SIGNED_IN_AGAIN {
            *token = (self.token_of(&session.login)?, Instant::now());
        }
        Ok(Some(token.0.clone()))
    }

    /// The answer to `GET path`.
    pub fn get(&self, path: &str) -> anyhow::Result<Answer> {
        self.ask("GET", path, &[], ())
    }

    /// The answer to `GET path` in the media type `accept`.
    pub fn get_as(&self, path: &str, accept: &str) -> anyhow::Result<Answer> {
        self.ask("GET", path, &[("accept", accept)], ())
    }

    /// The answer to `POST path` with a JSON body.
    pub fn post(&self, path: &str, body: &Value, headers: &[(&str, &str)]) -> anyhow::Result<Answer> {
        self.send("POST", path, body, headers)
    }

    /// The answer to `method path` with a JSON body.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        body: &Value,
        headers: &[(&str, &str)],
    ) -> anyhow::Result<Answer> {
        let bytes = serde_json::to_vec(body)?;
        let headers: Vec<_> = headers
            .iter()
            .copied()
            .chain([("content-type", "application/json")])
            .collect();
        self.ask(method, path, &headers, bytes)
    }

    fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl AsSendBody,
    ) -> anyhow::Result<Answer> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base));
        if let Some(token) = self.token()? {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self
            .agent
            .run(request.body(body)?)
            .with_context(|| format!("{method} {path}"))?;
        let (parts, mut body) = response.into_parts();
        Ok(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.read_to_vec()?,
        })
    }
}
