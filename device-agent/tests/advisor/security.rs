//! The policy that is attached to the robot's certificate.

use infra::{Parameters, TEMPLATE, Template};
use serde_json::Value;

/// The variable that stands for the name of the robot that connects.
const OWN_NAME: &str = "${iot:Connection.Thing.ThingName}";

pub async fn policy_has_no_wildcard() -> String {
    let template = Template::parse(TEMPLATE, &Parameters::new("dev", "us-east-1", "000000000000")).unwrap();
    let policy = &template.resources()["DevicePolicy"].properties["PolicyDocument"]["Statement"];
    let mut resources = 0;
    for statement in policy.as_array().unwrap() {
        for action in each(&statement["Action"]) {
            assert!(!action.contains('*'), "{action}");
        }
        for resource in each(&statement["Resource"]) {
            assert!(
                resource.contains(OWN_NAME) && !resource.contains('*'),
                "{resource}"
            );
            resources += 1;
        }
    }
    format!("{resources} resources, each named after the robot, and no wildcard")
}

/// A text, or each text of a list.
fn each(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(texts) => texts.iter().filter_map(Value::as_str).collect(),
        text => text.as_str().into_iter().collect(),
    }
}
