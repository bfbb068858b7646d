use policy::{Action, Decision, Endpoint, Identity, Resource};
use serde_json::Value;

use crate::template;

pub const ROBOT: &str = "robot_01ARZ3NDEKTSV4RRFFQ69G5FAV";

const OTHER: &str = "robot_01BX5ZZKBKACTAV9WEVGEMMVRZ";

fn decide(client_id: &str, action: Action, resource: Resource<'_>) -> Decision {
    let endpoint = Endpoint {
        region: "us-east-1".into(),
        account: "000000000000".into(),
    };
    let identity = Identity {
        endpoint,
        client_id: client_id.into(),
        thing_name: Some(ROBOT.into()),
        attached: true,
        common_name: Some(ROBOT.into()),
    };
    policy::evaluate(
        std::slice::from_ref(template().device_policy()),
        &identity,
        action,
        resource,
    )
}

#[test]
fn a_robot_may_do_what_it_needs() {
    let own = |pattern: &str| pattern.replace("{}", ROBOT);
    assert!(decide(ROBOT, Action::Connect, Resource::Client(ROBOT)).is_allowed());
    for topic in [
        "$aws/rules/dev_map_ingest/r/{}/tiles",
        "$aws/rules/dev_run_events/r/{}/run",
        "$aws/rules/dev_status/r/{}/status",
        "$aws/rules/dev_command_outcome/r/{}/ack",
        "$aws/rules/dev_renewal/r/{}/renewal",
        "live/{}/pose",
        "live/{}/tiles",
    ] {
        assert!(
            decide(ROBOT, Action::Publish, Resource::Topic(&own(topic))).is_allowed(),
            "{topic}"
        );
    }
    for topic in ["cmd/{}", "cfg/{}", "rcv/{}"] {
        assert!(
            decide(ROBOT, Action::Subscribe, Resource::TopicFilter(&own(topic))).is_allowed(),
            "{topic}"
        );
        assert!(
            decide(ROBOT, Action::Receive, Resource::Topic(&own(topic))).is_allowed(),
            "{topic}"
        );
    }
}

#[test]
fn a_robot_may_do_nothing_as_another_or_beyond_its_topics() {
    assert!(!decide(OTHER, Action::Connect, Resource::Client(OTHER)).is_allowed());
    let own = |pattern: &str| pattern.replace("{}", ROBOT);
    let foreign = |pattern: &str| pattern.replace("{}", OTHER);
    for topic in [
        foreign("$aws/rules/dev_map_ingest/r/{}/tiles"),
        own("$aws/rules/prod_map_ingest/r/{}/tiles"),
        own("$aws/rules/dev_map_ingest/r/{}/run"),
        foreign("$aws/rules/dev_renewal/r/{}/renewal"),
        own("r/{}/tiles"),
        foreign("live/{}/pose"),
        own("cmd/{}"),
        own("rcv/{}"),
    ] {
        assert!(
            !decide(ROBOT, Action::Publish, Resource::Topic(&topic)).is_allowed(),
            "{topic}"
        );
    }
    for filter in [
        "#",
        "cmd/#",
        "cmd/+",
        "live/+/pose",
        &foreign("cmd/{}"),
        &own("live/{}/pose"),
    ] {
        assert!(
            !decide(ROBOT, Action::Subscribe, Resource::TopicFilter(filter)).is_allowed(),
            "{filter}"
        );
    }
    assert!(!decide(ROBOT, Action::Receive, Resource::Topic(&foreign("cmd/{}"))).is_allowed());
    assert!(
        !decide(
            ROBOT,
            Action::RetainPublish,
            Resource::Topic(&own("live/{}/pose"))
        )
        .is_allowed()
    );
}

#[test]
fn each_resource_of_the_device_policy_names_the_thing() {
    let template = template();
    let statements = &template.resources()["DevicePolicy"].properties["PolicyDocument"]["Statement"];
    for statement in statements.as_array().unwrap() {
        let resources = match &statement["Resource"] {
            Value::Array(list) => list.clone(),
            single => vec![single.clone()],
        };
        for resource in resources {
            let text = resource.as_str().unwrap();
            assert!(
                text.ends_with("/${iot:Connection.Thing.ThingName}")
                    || text.contains("/${iot:Connection.Thing.ThingName}/")
            );
            assert!(!text.contains('*'), "{text}");
        }
    }
}
