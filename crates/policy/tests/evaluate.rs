//! What a device policy lets a robot do, and which documents are refused.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use policy::{Action, Decision, Endpoint, Identity, PolicyDocument, Resource, evaluate};
use proptest::prelude::*;
use serde_json::{Value, json};

fn document(statements: Value) -> PolicyDocument {
    PolicyDocument::from_value(json!({ "Version": "2012-10-17", "Statement": statements })).unwrap()
}

fn refused(statement: Value) -> String {
    let document = json!({ "Version": "2012-10-17", "Statement": [statement] });
    let error = PolicyDocument::from_value(document).unwrap_err();
    match std::error::Error::source(&error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

fn robot(name: &str) -> Identity {
    Identity {
        endpoint: Endpoint {
            region: "us-east-1".to_owned(),
            account: "000000000000".to_owned(),
        },
        client_id: name.to_owned(),
        thing_name: Some(name.to_owned()),
        attached: true,
        common_name: Some(name.to_owned()),
    }
}

fn device_policy() -> Vec<PolicyDocument> {
    let arn = "arn:aws:iot:us-east-1:000000000000";
    vec![document(json!([
        {
            "Effect": "Allow",
            "Action": "iot:Connect",
            "Resource": format!("{arn}:client/${{iot:Connection.Thing.ThingName}}"),
            "Condition": { "Bool": { "iot:Connection.Thing.IsAttached": ["true"] } }
        },
        {
            "Effect": "Allow",
            "Action": "iot:Publish",
            "Resource": [format!("{arn}:topic/$aws/rules/dev_map/r/${{iot:Connection.Thing.ThingName}}/tiles")]
        },
        {
            "Effect": "Allow",
            "Action": ["iot:Subscribe", "iot:Receive"],
            "Resource": [
                format!("{arn}:topicfilter/cfg/${{iot:Connection.Thing.ThingName}}"),
                format!("{arn}:topic/cfg/${{iot:Connection.Thing.ThingName}}")
            ]
        }
    ]))]
}

#[test]
fn a_robot_acts_under_its_own_name_only() {
    let (policy, identity) = (device_policy(), robot("robot_a"));
    let cases = [
        (Action::Connect, Resource::Client("robot_a"), true),
        (Action::Connect, Resource::Client("robot_b"), false),
        (
            Action::Publish,
            Resource::Topic("$aws/rules/dev_map/r/robot_a/tiles"),
            true,
        ),
        (
            Action::Publish,
            Resource::Topic("$aws/rules/dev_map/r/robot_b/tiles"),
            false,
        ),
        (
            Action::Publish,
            Resource::Topic("$aws/rules/dev_map/r/robot_a/tiles/x"),
            false,
        ),
        (
            Action::RetainPublish,
            Resource::Topic("$aws/rules/dev_map/r/robot_a/tiles"),
            false,
        ),
        (Action::Subscribe, Resource::TopicFilter("cfg/robot_a"), true),
        (Action::Subscribe, Resource::TopicFilter("cfg/+"), false),
        (Action::Subscribe, Resource::TopicFilter("#"), false),
        (Action::Receive, Resource::Topic("cfg/robot_a"), true),
        (Action::Receive, Resource::Topic("cfg/robot_b"), false),
    ];
    for (action, resource, allowed) in cases {
        let decision = evaluate(&policy, &identity, action, resource);
        assert_eq!(
            decision.is_allowed(),
            allowed,
            "{action} on {resource:?}: {decision:?}"
        );
    }
}

#[test]
fn a_certificate_that_is_attached_to_nothing_cannot_connect() {
    let identity = Identity {
        attached: false,
        ..robot("robot_a")
    };
    let decision = evaluate(
        &device_policy(),
        &identity,
        Action::Connect,
        Resource::Client("robot_a"),
    );
    assert_eq!(decision, Decision::ImplicitDeny);
}

#[test]
fn a_statement_with_an_absent_variable_does_not_apply() {
    let identity = Identity {
        thing_name: None,
        ..robot("robot_a")
    };
    for resource in ["cfg/robot_a", "cfg/", "cfg/${iot:Connection.Thing.ThingName}"] {
        let decision = evaluate(
            &device_policy(),
            &identity,
            Action::Subscribe,
            Resource::TopicFilter(resource),
        );
        assert_eq!(decision, Decision::ImplicitDeny, "{resource}");
    }
}

#[test]
fn another_account_or_region_is_not_meant() {
    let mut identity = robot("robot_a");
    identity.endpoint.account = "111111111111".to_owned();
    assert!(
        !evaluate(
            &device_policy(),
            &identity,
            Action::Connect,
            Resource::Client("robot_a")
        )
        .is_allowed()
    );
    let anywhere = document(json!({
        "Effect": "Allow", "Action": "iot:Connect", "Resource": "arn:aws:iot:*:*:client/robot_?"
    }));
    assert!(
        evaluate(
            &[anywhere],
            &identity,
            Action::Connect,
            Resource::Client("robot_a")
        )
        .is_allowed()
    );
}

#[test]
fn mqtt_wildcards_in_a_policy_are_plain_characters() {
    let policy = [document(json!({
        "Effect": "Allow",
        "Action": ["iot:Subscribe", "iot:Receive"],
        "Resource": ["arn:aws:iot:us-east-1:000000000000:topicfilter/live/+/pose",
                     "arn:aws:iot:us-east-1:000000000000:topic/live/+/pose"]
    }))];
    let identity = robot("app_1");
    let decide = |action, resource| evaluate(&policy, &identity, action, resource).is_allowed();
    assert!(decide(Action::Subscribe, Resource::TopicFilter("live/+/pose")));
    assert!(!decide(
        Action::Subscribe,
        Resource::TopicFilter("live/robot_a/pose")
    ));
    assert!(!decide(Action::Receive, Resource::Topic("live/robot_a/pose")));
}

#[test]
fn conditions_compare_with_variables_and_all_must_hold() {
    let policy = [document(json!({
        "Effect": "Allow",
        "Action": "iot:*",
        "Resource": "*",
        "Condition": {
            "StringEquals": { "iot:ClientId": "${iot:Connection.Thing.ThingName}" },
            "ForAnyValue:StringEquals": { "iot:Connection.Thing.ThingName": ["robot_a", "robot_b"] },
            "Bool": { "iot:Connection.Thing.IsAttached": true }
        }
    }))];
    let connect = |identity: &Identity| {
        evaluate(
            &policy,
            identity,
            Action::Connect,
            Resource::Client(&identity.client_id),
        )
        .is_allowed()
    };
    assert!(connect(&robot("robot_b")));
    assert!(!connect(&robot("robot_c")));
    assert!(!connect(&Identity {
        client_id: "robot_a".to_owned(),
        ..robot("robot_b")
    }));
    assert!(!connect(&Identity {
        thing_name: None,
        ..robot("robot_a")
    }));
    assert!(!connect(&Identity {
        attached: false,
        ..robot("robot_a")
    }));
}

#[test]
fn what_is_not_evaluated_is_refused_by_name() {
    let statement = |changes: Value| {
        let mut base = json!({ "Effect": "Allow", "Action": "iot:Connect", "Resource": "*" });
        let fields = changes.as_object().unwrap().clone();
        base.as_object_mut().unwrap().extend(fields);
        base
    };
    let cases = [
        (json!({ "NotAction": "iot:Publish" }), "NotAction"),
        (json!({ "Principal": "*" }), "Principal"),
        (json!({ "Effect": "Maybe" }), "Maybe"),
        (
            json!({ "Action": "iot:UpdateThingShadow" }),
            "iot:UpdateThingShadow",
        ),
        (json!({ "Action": "iot:Conn*" }), "iot:Conn*"),
        (json!({ "Action": [] }), "Action is empty"),
        (json!({ "Resource": [] }), "Resource is empty"),
        (json!({ "Resource": "topic/a" }), "topic/a"),
        (
            json!({ "Resource": "arn:aws:iot:r:a:client/${aws:username}" }),
            "aws:username",
        ),
        (
            json!({ "Resource": "arn:aws:iot:r:a:client/${iot:ClientId" }),
            "not closed",
        ),
        (
            json!({ "Condition": { "StringLike": { "iot:ClientId": "a*" } } }),
            "StringLike",
        ),
        (
            json!({ "Condition": { "StringEquals": { "iot:Port": "8883" } } }),
            "iot:Port",
        ),
        (
            json!({ "Condition": { "Bool": { "iot:ClientId": "true" } } }),
            "iot:ClientId",
        ),
        (
            json!({ "Condition": { "Bool": { "iot:Connection.Thing.IsAttached": "yes" } } }),
            "yes",
        ),
        (
            json!({ "Condition": { "Bool": { "iot:Connection.Thing.IsAttached": [] } } }),
            "is empty",
        ),
        (
            json!({ "Condition": { "StringEquals": { "iot:ClientId": 7 } } }),
            "7",
        ),
    ];
    for (changes, named) in cases {
        let message = refused(statement(changes));
        assert!(message.contains(named), "{message} does not name {named}");
    }
}

#[test]
fn only_the_version_with_variables_is_read() {
    let old =
        r#"{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}]}"#;
    assert!(
        PolicyDocument::from_json(old)
            .unwrap_err()
            .to_string()
            .contains("2008-10-17")
    );
    assert!(PolicyDocument::from_json("{").is_err());
    let none = r#"{"Version":"2012-10-17","Statement":[]}"#;
    assert!(
        PolicyDocument::from_json(none)
            .unwrap_err()
            .to_string()
            .contains("Statement is empty")
    );
}

fn statement() -> impl Strategy<Value = Value> {
    let action = prop::sample::select(vec!["iot:Connect", "iot:Publish", "iot:Receive", "iot:*"]);
    let resource = "(client|topic)/[ab*?]{0,3}".prop_map(|tail| format!("arn:aws:iot:*:*:{tail}"));
    (action, resource)
        .prop_map(|(action, resource)| json!({ "Effect": "Allow", "Action": action, "Resource": resource }))
}

fn with_effect(mut statement: Value, effect: &str) -> Value {
    statement["Effect"] = json!(effect);
    statement
}

proptest! {
    #[test]
    fn a_denial_wins_wherever_it_stands(
        statements in prop::collection::vec(statement(), 1..6), denied in any::<prop::sample::Index>(),
        topic in "[ab]{0,3}",
    ) {
        let identity = robot("a");
        let index = denied.index(statements.len());
        let alone = [document(json!([statements[index]]))];
        let mut mixed = statements.clone();
        mixed.push(with_effect(statements[index].clone(), "Deny"));
        mixed.rotate_left(index);
        for resource in [Resource::Topic(&topic), Resource::Client(&topic)] {
            for action in [Action::Connect, Action::Publish, Action::Receive] {
                if evaluate(&alone, &identity, action, resource).is_allowed() {
                    let decision = evaluate(&[document(json!(mixed))], &identity, action, resource);
                    prop_assert_eq!(decision, Decision::ExplicitDeny);
                }
            }
        }
    }

    #[test]
    fn permissions_only_add_up(
        statements in prop::collection::vec(statement(), 1..6), topic in "[ab]{0,3}",
    ) {
        let identity = robot("a");
        let resource = Resource::Topic(&topic);
        let any_alone = statements.iter().any(|statement| {
            evaluate(&[document(json!([statement]))], &identity, Action::Publish, resource).is_allowed()
        });
        let together = evaluate(&[document(json!(statements))], &identity, Action::Publish, resource);
        prop_assert_eq!(together == Decision::Allowed, any_alone);
        prop_assert_ne!(together, Decision::ExplicitDeny);
    }

    #[test]
    fn a_name_with_wildcards_opens_nothing(name in "[ab*?+#]{1,6}", other in "[ab*?+#]{1,6}") {
        let topic = format!("$aws/rules/dev_map/r/{other}/tiles");
        let decision = evaluate(&device_policy(), &robot(&name), Action::Publish, Resource::Topic(&topic));
        prop_assert_eq!(decision.is_allowed(), name == other);
    }
}
