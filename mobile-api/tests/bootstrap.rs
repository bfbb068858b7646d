//! The bootstrap binary as the Lambda service starts it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Stdio;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, mpsc};

const DEADLINE: Duration = Duration::from_secs(20);

fn function(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mobile-api"));
    command
        .env_clear()
        .env("AWS_LAMBDA_FUNCTION_NAME", "f")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_ACCESS_KEY_ID", "none")
        .env("AWS_SECRET_ACCESS_KEY", "none")
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    command
}

const VARIABLES: [(&str, &str); 9] = [
    ("AWS_REGION", "us-east-1"),
    ("TABLE_NAME", "t"),
    ("STAGE", "prod"),
    ("IOT_ENDPOINT", "iot.example"),
    ("MQTT_PORT", "8883"),
    ("COMMAND_DELIVERY", "direct"),
    ("DEVICE_POLICY", "prod_device"),
    ("LIVE_VIEW", "true"),
    ("OIDC_CLIENT_ID", "pages"),
];

#[tokio::test]
async fn a_missing_variable_stops_the_function_by_name() {
    for name in [
        "TABLE_NAME",
        "AWS_REGION",
        "IOT_ENDPOINT",
        "MQTT_PORT",
        "COMMAND_DELIVERY",
        "DEVICE_POLICY",
        "OIDC_ISSUER",
    ] {
        let given: Vec<_> = VARIABLES
            .into_iter()
            .filter(|(given, _)| *given != name)
            .collect();
        let output = function(&given).output().await.unwrap();
        let line: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(!output.status.success());
        assert_eq!(
            line["error"],
            format!("the environment variable {name} is not set")
        );
    }
}

#[tokio::test]
async fn a_live_view_is_there_or_not() {
    let others = VARIABLES.into_iter().filter(|(name, _)| *name != "LIVE_VIEW");
    let given: Vec<_> = others
        .chain([("LIVE_VIEW", "yes"), ("OIDC_ISSUER", "unasked")])
        .collect();
    let output = function(&given).output().await.unwrap();
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        line["error"],
        "the environment variable LIVE_VIEW must be true or false"
    );
}

/// What stands around the function: the provider, and a Runtime API with one event.
struct Surroundings {
    address: String,
    event: Mutex<Option<Value>>,
    answers: mpsc::Sender<Value>,
}

async fn surround(State(around): State<std::sync::Arc<Surroundings>>, uri: Uri, body: Bytes) -> Response {
    let address = &around.address;
    match uri.path() {
        "/.well-known/openid-configuration" => json_text(json!({
            "issuer": format!("http://{address}"), "jwks_uri": format!("http://{address}/keys"),
            "authorization_endpoint": "https://sign.in/authorize", "token_endpoint": "https://sign.in/token",
        })),
        "/keys" => json_text(json!({"keys": [{
            "kty": "EC", "crv": "P-256", "kid": "k", "x": "04N0xi21hshyvBp7I167sbE_bXqyqkAPfefdklMO7wY",
            "y": "UI8exy-C06a7DUnjIdENkxeFtHM4-l_41LqEw9nVgmw",
        }]})),
        "/2018-06-01/runtime/invocation/next" => match around.event.lock().await.take() {
            Some(event) => (
                [
                    ("lambda-runtime-aws-request-id", "r-1"),
                    ("lambda-runtime-deadline-ms", "9999999999999"),
                    ("lambda-runtime-invoked-function-arn", "arn"),
                ],
                json_text(event),
            )
                .into_response(),
            None => std::future::pending().await,
        },
        _ => {
            around
                .answers
                .send(serde_json::from_slice(&body).unwrap())
                .await
                .unwrap();
            json_text(json!({}))
        }
    }
}

fn json_text(value: Value) -> Response {
    ([("content-type", "application/json")], value.to_string()).into_response()
}

/// Starts the function and gives it one request; what it answers, and the function so that it ends with the test.
async fn invoke(path: &str) -> (Value, Child) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (answers, mut answered) = mpsc::channel(1);
    let around = Surroundings {
        address: address.clone(),
        event: Mutex::new(Some(event(path))),
        answers,
    };
    let routes = Router::new()
        .fallback(surround)
        .with_state(std::sync::Arc::new(around));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let issuer = format!("http://{address}");
    let mut variables = VARIABLES.to_vec();
    variables.extend([
        ("OIDC_ISSUER", issuer.as_str()),
        ("AWS_LAMBDA_RUNTIME_API", &address),
    ]);
    let running = function(&variables).spawn().unwrap();
    let answer = tokio::time::timeout(DEADLINE, answered.recv()).await;
    (answer.unwrap().unwrap(), running)
}

/// A request as API Gateway hands it over, payload version 2.0.
fn event(path: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "", "headers": {"x-correlation-id": "c-1"},
        "isBase64Encoded": false,
        "requestContext": {
            "accountId": "000000000000", "apiId": "a", "domainName": "api.example", "domainPrefix": "api",
            "http": {
                "method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7", "userAgent": "t"
            },
            "requestId": "r", "routeKey": "$default", "stage": "$default",
            "time": "12/Mar/2026:19:03:58 +0000", "timeEpoch": 1_773_342_238_000_i64
        }
    })
}

#[tokio::test]
async fn pages_hear_of_the_provider_that_the_function_found() {
    let (answer, _running) = invoke("/v1/auth/config").await;
    assert_eq!(answer["statusCode"], 200);
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&body["kind"], &body["client_id"]),
        (&json!("oidc"), &json!("pages"))
    );
    assert_eq!(body["token_endpoint"], "https://sign.in/token");
    let policy = answer["headers"]["content-security-policy"].as_str().unwrap();
    let connections = "connect-src 'self' https://sign.in wss://iot.example;";
    assert!(policy.contains(connections), "{policy}");
}

#[tokio::test]
async fn who_has_no_token_is_refused_in_the_cloud_too() {
    let (answer, _running) = invoke("/v1/homes").await;
    assert_eq!(answer["statusCode"], 401);
    assert_eq!(answer["headers"]["content-type"], "application/problem+json");
}

#[tokio::test]
async fn the_line_of_a_request_has_the_callers_id_for_it() {
    let (_, mut running) = invoke("/v1/homes").await;
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let mut line = Value::Null;
    while line["message"] != "answered" {
        let next = tokio::time::timeout(DEADLINE, lines.next_line()).await;
        line = serde_json::from_str(&next.unwrap().unwrap().unwrap()).unwrap();
    }
    assert_eq!(
        (&line["correlation_id"], &line["function_request_id"]),
        (&json!("c-1"), &json!("r-1"))
    );
    assert_eq!(line["cold_start"], true);
}
