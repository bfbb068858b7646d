//! The bootstrap binaries as the Lambda service starts them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod host;
mod traces;

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use host::RuntimeApi;
use serde_json::{Value, json};

const PRESENCE: &str = env!("CARGO_BIN_EXE_presence");
const LIVE_AUTHORIZER: &str = env!("CARGO_BIN_EXE_live_authorizer");

fn function(binary: &str) -> Command {
    let mut command = Command::new(binary);
    command
        .env_clear()
        .env("AWS_LAMBDA_FUNCTION_NAME", "f")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "none")
        .env("AWS_SECRET_ACCESS_KEY", "none");
    command
}

/// Each function with what it alone cannot be without.
const NEEDS: [(&str, &[&str]); 10] = [
    (env!("CARGO_BIN_EXE_command_outcome"), &[]),
    (env!("CARGO_BIN_EXE_fold"), &[]),
    (LIVE_AUTHORIZER, &["ACCOUNT_ID"]),
    (env!("CARGO_BIN_EXE_map_ingest"), &[]),
    (PRESENCE, &[]),
    (env!("CARGO_BIN_EXE_provisioning_hook"), &[]),
    (env!("CARGO_BIN_EXE_quarantine"), &["DEVICE_POLICY"]),
    (env!("CARGO_BIN_EXE_renewal"), &["DEVICE_POLICY"]),
    (env!("CARGO_BIN_EXE_run_events"), &[]),
    (env!("CARGO_BIN_EXE_status"), &[]),
];
/// What all of them need.
const ALL_NEED: [&str; 2] = ["TABLE_NAME", "AWS_REGION"];
const GIVEN: [(&str, &str); 3] = [
    ("TABLE_NAME", "t"),
    ("ACCOUNT_ID", "000000000000"),
    ("DEVICE_POLICY", "prod_device"),
];

/// Why a function ended before it asked for an event.
fn end_of(command: &mut Command) -> Value {
    let output = command.output().unwrap();
    assert!(!output.status.success());
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    line["error"].clone()
}

#[test]
fn a_missing_variable_stops_each_function_by_name() {
    for (binary, needed) in NEEDS {
        for name in ALL_NEED.iter().chain(needed) {
            let mut command = function(binary);
            let expected = format!("the environment variable {name} is not set");
            assert_eq!(end_of(command.envs(GIVEN).env_remove(name)), expected, "{binary}");
            assert_eq!(
                end_of(command.env(name, "")),
                expected,
                "{binary} with an empty one"
            );
        }
    }
}

#[test]
fn a_variable_that_makes_no_sense_stops_a_function_by_name() {
    for (binary, name, value, expected) in [
        (
            LIVE_AUTHORIZER,
            "ACCOUNT_ID",
            "12",
            "must be a number of twelve digits",
        ),
        (
            PRESENCE,
            "LOG_ONE_RUN_IN",
            "0",
            "must be a number from 1 to 10000",
        ),
        (
            PRESENCE,
            "LOG_LEVEL",
            "loud",
            "must be error, warn, info, debug or trace",
        ),
    ] {
        let ended = end_of(function(binary).envs(GIVEN).env(name, value));
        assert_eq!(ended, format!("the environment variable {name} {expected}"));
    }
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The path and the body of what a function posts for an event, with these variables set.
fn invoke(binary: &str, event: &Value, variables: &[(&str, &str)]) -> (String, Value) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut command = function(binary);
    command
        .env("AWS_LAMBDA_RUNTIME_API", address)
        .env("TABLE_NAME", "t")
        .env("ACCOUNT_ID", "000000000000");
    // Nothing listens there: whatever asks the store meets an outage.
    command
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        .envs(variables.iter().copied())
        .stdout(Stdio::null());
    let _running = Running(command.spawn().unwrap());
    RuntimeApi(listener).answer_to(event)
}

/// What AWS IoT tells of a robot that connects.
fn connected() -> Value {
    json!({
        "clientId": "robot_01ARZ3NDEKTSV4RRFFQ69G5FAV", "timestamp": 1, "eventType": "connected",
        "sessionIdentifier": "s", "versionNumber": 0,
    })
}

#[test]
fn a_request_without_a_lease_is_answered_with_no() {
    let event = json!({"protocolData": {"mqtt": {"clientId": "somebody", "password": ""}}});
    let (path, answer) = invoke(LIVE_AUTHORIZER, &event, &[]);
    assert_eq!(path, "/2018-06-01/runtime/invocation/r-1/response");
    assert_eq!(answer["isAuthenticated"], false);
}

#[test]
fn an_outage_of_the_store_is_an_error_of_the_function() {
    let (path, answer) = invoke(PRESENCE, &connected(), &[]);
    assert_eq!(path, "/2018-06-01/runtime/invocation/r-1/error");
    let message = answer["errorMessage"].as_str().unwrap();
    assert!(
        message.starts_with("the event waits for the store: the store is not available"),
        "{message}"
    );
}
