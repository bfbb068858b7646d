//! Requests with their answers, kept in files: from the deployed stack where it has the call, else built from the
//! service's model and marked as unproven.
//!
//! `SWEEPLINE_RECORD=http://127.0.0.1:4566 cargo test -p iot` makes them anew from the stack that listens there.

use std::fs;
use std::path::PathBuf;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::replay::robot;

/// The calls that the deployed stack of the tests lacks.
pub const MODELLED: [&str; 3] = ["DeleteConnection", "GetConnection", "SendDirectMessage"];

/// The headers in which a request says what it is about.
const TELLING_HEADERS: [&str; 2] = ["x-amzn-principal", "x-amzn-iot-principal"];

/// A flow's requests with their answers, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// What came of the flow.
    pub outcome: String,
    pub exchanges: Vec<Exchange>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    pub call: String,
    pub origin: Origin,
    pub request: Request,
    pub answer: Answer,
}

/// Where an answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The deployed stack gave it.
    Deployed,
    /// It was written by the service's model, and no service has given it yet.
    Unproven,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// `METHOD path?query`.
    pub line: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    pub body: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub status: u16,
    pub body: String,
}

impl Recording {
    pub fn load(flow: &str) -> Self {
        let text = fs::read(file(flow)).unwrap_or_else(|error| panic!("{flow}: {error}"));
        serde_json::from_slice(&text).unwrap()
    }

    pub fn save(&self, flow: &str) {
        let text = serde_json::to_string_pretty(self).unwrap();
        fs::write(file(flow), text + "\n").unwrap();
    }
}

pub fn file(flow: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    folder.join(format!("{flow}.json"))
}

impl Request {
    pub fn of(request: &HttpRequest) -> Self {
        let after_host = request.uri().splitn(4, '/').nth(3).unwrap();
        let header = |name: &&str| request.headers().get(*name).map(str::to_owned);
        Self {
            line: format!("{} /{after_host}", request.method()),
            principal: TELLING_HEADERS.iter().find_map(header),
            body: String::from_utf8(request.body().bytes().unwrap_or_default().to_vec()).unwrap(),
        }
    }

    /// The name of the call that it makes.
    pub fn call(&self) -> &'static str {
        let (method, path) = self.line.split_once(" /").unwrap();
        let mut levels = path.split(['/', '?']);
        let kind = levels.next().unwrap();
        match (method, kind) {
            ("POST", "connections") => "SendDirectMessage",
            ("GET", "connections") => "GetConnection",
            ("DELETE", "connections") => "DeleteConnection",
            ("POST", "topics") => "Publish",
            ("POST", "policies") => "CreatePolicy",
            ("POST", "things") => "CreateThing",
            ("PUT", "things") => "AttachThingPrincipal",
            ("DELETE", "things") => "DetachThingPrincipal",
            ("GET", "things") => "ListThingPrincipals",
            ("PUT", "target-policies") => "AttachPolicy",
            ("POST", "target-policies") => "DetachPolicy",
            ("POST", "certificates") => "CreateCertificateFromCsr",
            ("PUT", "certificates") => "UpdateCertificate",
            ("DELETE", "certificates") => "DeleteCertificate",
            _ => panic!("no call is known of {}", self.line),
        }
    }
}

/// The answer that the service's model gives, for the calls that the deployed stack lacks.
pub fn modelled(call: &str) -> Option<Answer> {
    let body: Value = match call {
        "SendDirectMessage" => json!({"message": "OK", "traceId": "6a1f04f6-52a3-2ce8-a4a5-e4c6f5b0a0a1"}),
        "GetConnection" => json!({
            "clientId": robot(), "thingName": robot(), "connected": true, "cleanSession": true,
            "connectedSince": 1_790_000_000_000_i64, "keepAliveDuration": 60, "sessionExpiry": 3600,
        }),
        "DeleteConnection" => {
            return Some(Answer {
                status: 200,
                body: String::new(),
            });
        }
        _ => return None,
    };
    let body = body.to_string();
    Some(Answer { status: 200, body })
}
