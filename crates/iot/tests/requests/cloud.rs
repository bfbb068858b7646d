//! A small AWS IoT in memory: it keeps what it is told, and refuses what the service refuses.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use aws_smithy_runtime_api::client::http::HttpConnectorFuture;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use device_contract::Manner;
use serde_json::{Value, json};

use crate::recording::{Recording, Request};
use crate::replay::response;

const ARN: &str = "arn:aws:iot:eu-central-1:123456789012:cert/";
const NOT_FOUND: Reply = Reply(404, "ResourceNotFoundException", Value::Null);

/// Status, error code and body.
pub struct Reply(u16, &'static str, Value);

#[derive(Debug, Default)]
pub struct State {
    things: BTreeSet<String>,
    pub certificates: BTreeMap<String, Kept>,
    pub connections: BTreeMap<String, Manner>,
    retained: BTreeMap<String, String>,
    /// What connected robots got and have not read.
    pub inboxes: BTreeMap<String, VecDeque<String>>,
    issued: usize,
}

/// What is kept of a certificate.
#[derive(Debug, Default)]
pub struct Kept {
    pub is_active: bool,
    pub has_policy: bool,
    pub thing: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Cloud(Arc<Mutex<State>>);

impl Cloud {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub fn call(&self, request: &HttpRequest) -> HttpConnectorFuture {
        let asked = Request::of(request);
        let Reply(status, code, body) = self.state().answer(&asked);
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        HttpConnectorFuture::ready(Ok(response(status, code, body)))
    }
}

fn ok(body: Value) -> Reply {
    Reply(200, "", body)
}

fn done() -> Reply {
    ok(json!({}))
}

impl State {
    /// Connects a robot, which gets what waits for it.
    pub fn connect(&mut self, robot: &str, manner: Manner) {
        self.connections.insert(robot.to_owned(), manner);
        let waiting = self.retained.get(robot).cloned();
        self.inboxes
            .insert(robot.to_owned(), waiting.into_iter().collect());
    }

    fn answer(&mut self, asked: &Request) -> Reply {
        let path = asked.line.split_once(" /").unwrap().1.replace("%2F", "/");
        let (path, query) = path.split_once('?').unwrap_or((&path, ""));
        let levels: Vec<&str> = path.split('/').collect();
        let name = levels.get(1).copied().unwrap_or_default();
        match asked.call() {
            "SendDirectMessage" => match self.connections.get(name) {
                None => NOT_FOUND,
                Some(Manner::Deaf) => Reply(504, "GatewayTimeoutException", json!({})),
                Some(Manner::Attentive) => ok(json!({"message": "OK"})),
            },
            "GetConnection" => ok(json!({"connected": self.connections.contains_key(name)})),
            "DeleteConnection" => self.connections.remove(name).map_or(NOT_FOUND, |_| done()),
            "Publish" => self.publish(levels[2], &asked.body, query.contains("retain=true")),
            "CreateThing" => {
                self.things.insert(name.to_owned());
                done()
            }
            "CreateCertificateFromCsr" => self.issue(&asked.body),
            "ListThingPrincipals" if !self.things.contains(name) => NOT_FOUND,
            "ListThingPrincipals" => ok(json!({"principals": self.attached_to(name)})),
            call => self.change(call, name, asked, query),
        }
    }

    fn publish(&mut self, robot: &str, body: &str, retain: bool) -> Reply {
        match (retain, body) {
            (true, "") => drop(self.retained.remove(robot)),
            (true, body) => drop(self.retained.insert(robot.to_owned(), body.to_owned())),
            (false, _) => {}
        }
        if self.connections.contains_key(robot) {
            self.inboxes
                .entry(robot.to_owned())
                .or_default()
                .push_back(body.to_owned());
        }
        done()
    }

    fn issue(&mut self, body: &str) -> Reply {
        if !body.contains("BEGIN CERTIFICATE REQUEST") {
            return Reply(400, "InvalidRequestException", json!({}));
        }
        self.issued += 1;
        let id = format!("certificate{}", self.issued);
        let kept = Kept {
            is_active: body.contains("certificateSigningRequest"),
            ..Kept::default()
        };
        self.certificates.insert(id.clone(), kept);
        ok(
            json!({"certificateArn": format!("{ARN}{id}"), "certificateId": id, "certificatePem": recorded_pem()}),
        )
    }

    fn attached_to(&self, thing: &str) -> Vec<String> {
        let attached = self.certificates.iter();
        let attached = attached.filter(|(_, kept)| kept.thing.as_deref() == Some(thing));
        attached.map(|(id, _)| format!("{ARN}{id}")).collect()
    }

    /// The calls that change a certificate, which stands in a header, in the body or in the path.
    fn change(&mut self, call: &str, name: &str, asked: &Request, query: &str) -> Reply {
        let target = serde_json::from_str(&asked.body).unwrap_or(Value::Null);
        let arn = asked.principal.as_deref().or_else(|| target["target"].as_str());
        let id = arn.map_or(name, |arn| arn.strip_prefix(ARN).unwrap()).to_owned();
        let Some(kept) = self.certificates.get_mut(&id) else {
            return NOT_FOUND;
        };
        match call {
            "AttachThingPrincipal" => kept.thing = Some(name.to_owned()),
            "DetachThingPrincipal" => kept.thing = None,
            "AttachPolicy" => kept.has_policy = true,
            "DetachPolicy" => kept.has_policy = false,
            "UpdateCertificate" => kept.is_active = !query.contains("INACTIVE"),
            "DeleteCertificate" if kept.is_active || kept.thing.is_some() => {
                return Reply(409, "DeleteConflictException", json!({}));
            }
            "DeleteCertificate" => drop(self.certificates.remove(&id)),
            other => panic!("{other} is not known"),
        }
        done()
    }
}

/// A certificate that the deployed stack made.
fn recorded_pem() -> String {
    let exchanges = Recording::load("register").exchanges;
    let made = exchanges
        .into_iter()
        .find(|exchange| exchange.call == "CreateCertificateFromCsr");
    let body: Value = serde_json::from_str(&made.unwrap().answer.body).unwrap();
    body["certificatePem"].as_str().unwrap().to_owned()
}
