//! A service that answers from a list and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aws_sdk_iotdataplane::config::retry::RetryConfig;
use aws_sdk_iotdataplane::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use domain::Timestamp;
use domain::id::RobotId;
use iot::{CommandDelivery, DataPlane, Registry};

use crate::cloud::Cloud;
use crate::recording::Request;
use crate::stack::Stack;

pub const AT: Timestamp = Timestamp::from_millis(1_790_000_000_000);

/// The name of the policy that robots get.
pub const POLICY: &str = "local_device";

/// A signing request; its key was thrown away.
pub const CSR: &str = include_str!("../recordings/robot.csr");

pub fn robot() -> RobotId {
    "robot_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap()
}

/// What comes back for one request.
#[derive(Debug)]
pub enum Given {
    /// An answer: status, error code, body.
    Answer(u16, &'static str, String),
    /// No connection.
    NoConnection,
    /// No answer in time.
    Silence,
}

pub fn ok(body: &str) -> Given {
    Given::Answer(200, "", body.to_owned())
}

pub fn fails(status: u16, code: &'static str) -> Given {
    Given::Answer(status, code, r#"{"message":"no"}"#.to_owned())
}

/// A service that gives these answers, in order.
#[derive(Debug, Clone)]
pub struct Service(Arc<Exchange>);

/// What answers.
#[derive(Debug)]
enum Behind {
    /// The list.
    List,
    /// A stack that listens somewhere.
    Stack(Stack),
    /// A service in memory.
    Memory(Cloud),
}

#[derive(Debug)]
struct Exchange {
    answers: Mutex<VecDeque<Given>>,
    requests: Mutex<Vec<HttpRequest>>,
    behind: Behind,
}

impl Service {
    pub fn answering(answers: impl IntoIterator<Item = Given>) -> Self {
        Self(Arc::new(Exchange {
            answers: Mutex::new(answers.into_iter().collect()),
            requests: Mutex::default(),
            behind: Behind::List,
        }))
    }

    /// A service that answers what `stack` answers.
    pub fn of(stack: Stack) -> Self {
        Self::before(Behind::Stack(stack))
    }

    /// A service that answers what `cloud` answers.
    pub fn in_memory(cloud: Cloud) -> Self {
        Self::before(Behind::Memory(cloud))
    }

    fn before(behind: Behind) -> Self {
        Self(Arc::new(Exchange {
            answers: Mutex::default(),
            requests: Mutex::default(),
            behind,
        }))
    }

    pub fn data_plane(&self, commands: CommandDelivery) -> DataPlane {
        let config = aws_sdk_iotdataplane::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .http_client(self.clone());
        let config = match self.url() {
            Some(url) => config.endpoint_url(url),
            None => config,
        };
        DataPlane::new(aws_sdk_iotdataplane::Client::from_conf(config.build()), commands)
    }

    pub fn registry(&self) -> Registry {
        Registry::new(
            self.control(),
            self.data_plane(CommandDelivery::Direct),
            POLICY.to_owned(),
        )
    }

    pub fn control(&self) -> aws_sdk_iot::Client {
        let config = aws_sdk_iot::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .http_client(self.clone());
        let config = match self.url() {
            Some(url) => config.endpoint_url(url),
            None => config,
        };
        aws_sdk_iot::Client::from_conf(config.build())
    }

    fn url(&self) -> Option<String> {
        match &self.0.behind {
            Behind::Stack(stack) => Some(stack.url.clone()),
            Behind::List | Behind::Memory(_) => None,
        }
    }

    /// What was asked, as `METHOD path?query`, in order.
    pub fn asked(&self) -> Vec<String> {
        let line = |request: &HttpRequest| {
            let after_host = request.uri().splitn(4, '/').nth(3).unwrap().to_owned();
            format!("{} /{after_host}", request.method())
        };
        self.0.requests.lock().unwrap().iter().map(line).collect()
    }

    /// What was asked, as it is recorded.
    pub fn requests(&self) -> Vec<Request> {
        self.0.requests.lock().unwrap().iter().map(Request::of).collect()
    }

    /// The body of the request number `n`.
    pub fn body(&self, n: usize) -> Vec<u8> {
        let requests = self.0.requests.lock().unwrap();
        requests[n].body().bytes().unwrap_or_default().to_vec()
    }
}

impl HttpClient for Service {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Service {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        match &self.0.behind {
            Behind::Stack(stack) => return stack.call(request),
            Behind::Memory(cloud) => return cloud.call(&request),
            Behind::List => {}
        }
        self.0.requests.lock().unwrap().push(request);
        let given = self.0.answers.lock().unwrap().pop_front();
        HttpConnectorFuture::ready(match given.expect("one request more than answers") {
            Given::Answer(status, code, body) => Ok(response(status, code, body)),
            Given::NoConnection => Err(ConnectorError::io("refused".into())),
            Given::Silence => Err(ConnectorError::timeout("no answer".into())),
        })
    }
}

pub fn response(status: u16, code: &'static str, body: String) -> HttpResponse {
    let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
    if !code.is_empty() {
        response.headers_mut().insert("x-amzn-errortype", code);
    }
    response
}
