use infra::rule::TopicRule;
use infra::sql::RuleMessage;

use crate::aws_events::recorded;
use crate::device_policy::ROBOT;
use crate::template;

fn rule(name: &str) -> TopicRule {
    template()
        .rules()
        .iter()
        .find(|rule| rule.name == name)
        .unwrap()
        .clone()
}

#[test]
fn each_rule_feeds_its_function_and_keeps_what_fails() {
    let template = template();
    let found: Vec<(String, String, String)> = template
        .rules()
        .iter()
        .map(|rule| {
            assert_eq!(rule.error_queue, "RuleFailures");
            let binary = &template.function(&rule.function).unwrap().binary;
            (rule.name.clone(), binary.clone(), rule.sql.from().to_string())
        })
        .collect();
    let expected = [
        ("dev_command_outcome", "command_outcome", "r/+/ack"),
        ("dev_map_ingest", "map_ingest", "r/+/tiles"),
        (
            "dev_presence_connected",
            "presence",
            "$aws/events/presence/connected/+",
        ),
        (
            "dev_presence_disconnected",
            "presence",
            "$aws/events/presence/disconnected/+",
        ),
        ("dev_renewal", "renewal", "r/+/renewal"),
        ("dev_run_events", "run_events", "r/+/run"),
        ("dev_status", "status", "r/+/status"),
    ];
    assert_eq!(
        found,
        expected.map(|(rule, binary, from)| (rule.into(), binary.into(), from.into()))
    );
}

#[test]
fn a_rule_takes_only_its_own_basic_ingest_topic() {
    let rule = rule("dev_map_ingest");
    assert!(rule.takes(&format!("$aws/rules/dev_map_ingest/r/{ROBOT}/tiles")));
    assert!(!rule.takes(&format!("$aws/rules/prod_map_ingest/r/{ROBOT}/tiles")));
    assert!(!rule.takes(&format!("$aws/rules/dev_map_ingest/r/{ROBOT}/run")));
}

#[test]
fn an_uplink_event_has_the_recorded_shape() {
    let Some(recorded) = recorded("iot_rule_lambda_binary_payload.json") else {
        return;
    };
    let message = RuleMessage {
        topic: "$aws/rules/dev_map_ingest/r/robot-0001/tiles",
        client_id: "robot-0001",
        payload: &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        principal: recorded["principal"].as_str(),
        trace: recorded["trace"].as_str().unwrap(),
        timestamp_ms: 1_700_000_000_123,
    };
    for name in [
        "dev_map_ingest",
        "dev_run_events",
        "dev_status",
        "dev_command_outcome",
        "dev_renewal",
    ] {
        let mut event = rule(name).sql.evaluate(&message).unwrap();
        event["data"] = recorded["data"].clone();
        assert_eq!(event, recorded, "{name}");
    }
}

#[test]
fn a_presence_event_goes_through_unchanged() {
    let Some(recorded) = recorded("iot_presence_connected.json") else {
        return;
    };
    let payload = recorded.to_string();
    let message = RuleMessage {
        topic: "$aws/events/presence/connected/186b5",
        client_id: "186b5",
        payload: payload.as_bytes(),
        principal: None,
        trace: "t",
        timestamp_ms: 0,
    };
    let rule = rule("dev_presence_connected");
    assert!(rule.takes(message.topic));
    assert_eq!(rule.sql.evaluate(&message).unwrap(), recorded);
}
