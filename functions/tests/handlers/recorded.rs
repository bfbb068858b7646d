//! The recorded events of AWS.

use functions::event::{AuthorizerRequest, RobotMessage, RobotPresence, changed_runs, oldest_change};
use serde_json::json;

use crate::aws_events::recorded;

#[test]
fn a_rules_event_is_read_up_to_its_foreign_robot_id() {
    let Some(mut event) = recorded("iot_rule_lambda_binary_payload.json") else {
        return;
    };
    let refusal = RobotMessage::try_from(&event).unwrap_err();
    assert_eq!(refusal.field, "clientId");
    let robot = "robot_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    event["clientId"] = robot.into();
    event["robot"] = robot.into();
    let message = RobotMessage::try_from(&event).unwrap();
    assert_eq!(message.payload, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert_eq!(message.trace, "7e146a2c-95b5-6caf-98b9-50e3969734c7");
}

#[test]
fn lifecycle_events_are_read() {
    for name in ["iot_presence_connected.json", "iot_presence_disconnected.json"] {
        let Some(mut event) = recorded(name) else { return };
        assert_eq!(RobotPresence::read(&event).unwrap(), None);
        event["clientId"] = "robot_01ARZ3NDEKTSV4RRFFQ69G5FAV".into();
        assert!(RobotPresence::read(&event).unwrap().is_some(), "{name}");
    }
    let Some(event) = recorded("iot_subscribed.json") else {
        return;
    };
    assert!(RobotPresence::read(&event).is_err());
}

#[test]
fn stream_records_are_read() {
    let (home, robot) = (
        "home_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "robot_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    );
    let run = "run_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let keys = json!({"pk": {"S": format!("H#{home}")}, "sk": {"S": format!("RUN#{robot}#{run}")}});
    for name in [
        "dynamodb_stream.json",
        "dynamodb_stream_null_items.json",
        "dynamodb_stream_optional_fields.json",
    ] {
        let Some(event) = recorded(name) else { return };
        let mut record = event.pointer("/Records/0").unwrap_or(&event).clone();
        record["dynamodb"]["Keys"] = keys.clone();
        let runs = changed_runs(&json!({"Records": [record]})).unwrap();
        assert_eq!(runs[0].as_ref().unwrap().run.to_string(), run, "{name}");
        assert!(
            oldest_change(&event).is_none_or(|at| at.seconds() > 1_400_000_000),
            "{name}"
        );
    }
}

#[test]
fn authorizer_requests_are_read() {
    let Some(event) = recorded("iot_custom_auth_request.json") else {
        return;
    };
    let request = AuthorizerRequest::try_from(&event).unwrap();
    assert_eq!(
        (request.client_id.as_str(), request.password.as_slice()),
        ("myClientId", &b"myPassword"[..])
    );
    let Some(event) = recorded("iot_custom_auth_request_x509.json") else {
        return;
    };
    assert!(AuthorizerRequest::try_from(&event).unwrap().password.is_empty());
}
