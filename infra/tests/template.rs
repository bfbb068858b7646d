//! What the deployed template says, read as the local stack reads it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says why it skips"
)]

use std::path::PathBuf;

use infra::rule::TopicRule;
use infra::sql::RuleMessage;
use infra::table::{AttributeType, KeySchema, Projection};
use infra::{Parameters, TEMPLATE, Template, TemplateError};
use policy::{Action, Decision, Endpoint, Identity, Resource};
use serde_json::{Value, json};

const ROBOT: &str = "robot_01ARZ3NDEKTSV4RRFFQ69G5FAV";
const OTHER: &str = "robot_01BX5ZZKBKACTAV9WEVGEMMVRZ";

fn parameters() -> Parameters {
    Parameters::new("dev", "us-east-1", "000000000000")
}

fn template() -> Template {
    Template::parse(TEMPLATE, &parameters()).unwrap()
}

fn rule(name: &str) -> TopicRule {
    template()
        .rules()
        .iter()
        .find(|rule| rule.name == name)
        .unwrap()
        .clone()
}

/// The recorded events, if they are on this machine.
fn recorded(name: &str) -> Option<Value> {
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let folder = std::env::var_os("SWEEPLINE_DATA").map_or_else(default, PathBuf::from);
    let path = folder.join("aws-events").join(name);
    let Ok(text) = std::fs::read(&path) else {
        println!("skipped: {} is not there, set SWEEPLINE_DATA", path.display());
        return None;
    };
    Some(serde_json::from_slice(&text).unwrap())
}

#[test]
fn the_table_has_its_keys_index_expiry_and_stream() {
    let template = template();
    let table = template.table();
    let names = |keys: &KeySchema| {
        let sort = keys.sort.clone().unwrap();
        assert_eq!(
            (keys.partition.kind, sort.kind),
            (AttributeType::String, AttributeType::String)
        );
        (keys.partition.attribute.clone(), sort.attribute)
    };
    assert_eq!(table.name, "Table");
    assert_eq!(names(&table.keys), ("pk".into(), "sk".into()));
    let [index] = table.indexes.as_slice() else {
        panic!("{:?}", table.indexes)
    };
    assert_eq!(
        (index.name.as_str(), &index.projection),
        ("fleet", &Projection::KeysOnly)
    );
    assert_eq!(names(&index.keys), ("fpk".into(), "fsk".into()));
    assert_eq!(table.ttl_attribute.as_deref(), Some("ttl"));
    assert!(table.stream);
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

#[test]
fn only_sealed_runs_without_a_vote_wake_the_fold() {
    let template = template();
    let [source] = template.stream_sources() else {
        panic!("{:?}", template.stream_sources())
    };
    assert_eq!(template.function(&source.function).unwrap().binary, "fold");
    let record = |event: &str, kind: &str, state: &str| {
        let image = json!({"kind": {"S": kind}, "state": {"S": state}, "vote": {"NULL": true}});
        json!({"eventName": event, "dynamodb": {"NewImage": image}})
    };
    assert!(source.admits(&record("INSERT", "run", "sealed")));
    assert!(source.admits(&record("MODIFY", "run", "sealed")));
    assert!(!source.admits(&record("MODIFY", "run", "finished")));
    assert!(!source.admits(&record("MODIFY", "tile", "sealed")));
    assert!(!source.admits(&json!({"eventName": "REMOVE", "dynamodb": {}})));
    let mut voted = record("MODIFY", "run", "sealed");
    voted["dynamodb"]["NewImage"]["vote"] = json!({"M": {"n": {"N": "1"}}});
    assert!(!source.admits(&voted));
}

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

#[test]
fn each_function_has_a_role_of_its_own_that_names_its_actions() {
    let template = template();
    let resources = template.resources();
    let mut roles: Vec<&Value> = resources
        .values()
        .filter(|resource| resource.kind == "AWS::Serverless::Function")
        .map(|function| &function.properties["Role"])
        .collect();
    let functions = roles.len();
    roles.sort_by_key(|role| role.to_string());
    roles.dedup();
    assert_eq!((functions, roles.len()), (8, 8));
    for role in resources
        .values()
        .filter(|resource| resource.kind == "AWS::IAM::Role")
    {
        for statement in role.properties["Policies"][0]["PolicyDocument"]["Statement"]
            .as_array()
            .unwrap()
        {
            let actions = statement["Action"].to_string();
            assert!(
                !actions.contains('*') && !actions.contains("dynamodb:Scan"),
                "{actions}"
            );
        }
    }
}

/// What the role of a function may do with the table.
fn table_actions(template: &Template, role: &str) -> Vec<String> {
    let statements = &template.resources()[role].properties["Policies"][0]["PolicyDocument"]["Statement"];
    let on_table = |statement: &&Value| {
        statement["Resource"]
            .as_str()
            .is_some_and(|arn| arn.ends_with("table/Table"))
    };
    let statement = statements.as_array().unwrap().iter().find(on_table).unwrap();
    let actions = match &statement["Action"] {
        Value::Array(list) => list.clone(),
        single => vec![single.clone()],
    };
    let names = actions
        .iter()
        .map(|action| action.as_str().unwrap().replace("dynamodb:", ""));
    names.collect()
}

#[test]
fn each_role_may_do_with_the_table_what_its_use_case_does() {
    let template = template();
    for (role, expected) in [
        ("MapIngestRole", "GetItem PutItem Query"),
        ("RunEventsRole", "GetItem PutItem Query"),
        ("StatusRole", "GetItem PutItem UpdateItem"),
        ("CommandOutcomeRole", "GetItem PutItem UpdateItem"),
        ("PresenceRole", "GetItem PutItem UpdateItem"),
        ("FoldRole", "GetItem PutItem UpdateItem Query"),
        ("LiveAuthorizerRole", "GetItem"),
        (
            "ApiRole",
            "BatchGetItem DeleteItem GetItem PutItem Query UpdateItem",
        ),
    ] {
        assert_eq!(table_actions(&template, role).join(" "), expected, "{role}");
    }
}

#[test]
fn whoever_calls_a_function_is_held_to_this_account_and_one_source() {
    let template = template();
    let mut permitted = Vec::new();
    for permission in template
        .resources()
        .values()
        .filter(|resource| resource.kind == "AWS::Lambda::Permission")
    {
        assert_eq!(permission.properties["SourceAccount"], "000000000000");
        permitted.push(permission.properties["SourceArn"].as_str().unwrap());
    }
    for rule in template.rules() {
        assert!(
            permitted.contains(&format!("arn:aws:iot:us-east-1:000000000000:rule/{}", rule.name).as_str())
        );
    }
}

#[test]
fn the_functions_know_the_table_and_the_stage() {
    for function in template().functions() {
        assert_eq!(function.environment["TABLE_NAME"], "Table");
        assert_eq!(function.environment["STAGE"], "dev");
        assert!(function.memory_mb >= 128 && !function.timeout.is_zero());
    }
}

#[test]
fn the_routes_lead_to_the_api() {
    let template = template();
    assert!(
        template
            .routes()
            .iter()
            .all(|route| template.function(&route.function).unwrap().binary == "mobile-api")
    );
    let has = |method: &str, path: &str| {
        template
            .routes()
            .iter()
            .any(|route| route.method == method && route.path == path)
    };
    assert!(has("POST", "/v1/robots/{robot}/commands"));
    assert!(has("GET", "/v1/homes/{home}/floors/{floor}/map"));
}

#[test]
fn what_a_condition_switches_off_is_not_deployed() {
    let mut parameters = parameters();
    parameters.overrides.insert("LiveView".into(), "false".into());
    let without = Template::parse(TEMPLATE, &parameters).unwrap();
    assert!(!without.resources().contains_key("LiveAuthorizer"));
    assert!(template().resources().contains_key("LiveAuthorizer"));
}

fn error_chain(template: &str, parameters: &Parameters) -> String {
    let error = Template::parse(template, parameters).unwrap_err();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

#[test]
fn a_parameter_that_makes_no_sense_is_named() {
    let given = |name: &str, value: &str| {
        let mut parameters = parameters();
        parameters.overrides.insert(name.into(), value.into());
        error_chain(TEMPLATE, &parameters)
    };
    assert_eq!(
        given("LiveView", "maybe"),
        "parameter LiveView: must be one of true, false, is maybe"
    );
    assert_eq!(
        given("Colour", "red"),
        "parameter Colour: is not declared in the template"
    );
    let nameless = TEMPLATE.replace("    Default: arm64\n", "");
    let missing = error_chain(&nameless, &parameters());
    assert_eq!(
        missing,
        "parameter Architecture: has no default and was not given a value"
    );
    let stage = error_chain(TEMPLATE, &Parameters::new("a/b", "us-east-1", "000000000000"));
    assert!(stage.contains("RuleName must have 1 to 128 letters"), "{stage}");
}

#[test]
fn what_the_reader_does_not_know_stops_it_by_name() {
    let changed = |from: &str, to: &str| {
        assert!(TEMPLATE.contains(from), "{from}");
        error_chain(&TEMPLATE.replacen(from, to, 1), &parameters())
    };
    let intrinsic = changed(
        "PolicyName: !Sub '${Stage}_device'",
        "PolicyName: !Select [0, [a]]",
    );
    assert!(
        intrinsic.contains("Resources.DevicePolicy.Properties.PolicyName: Fn::Select"),
        "{intrinsic}"
    );
    let function = changed("traceid() AS trace", "newuuid() AS trace");
    assert!(
        function.contains("the function newuuid is not known"),
        "{function}"
    );
    let reference = changed(
        "FunctionArn: !GetAtt MapIngestFunction.Arn",
        "FunctionArn: !GetAtt Nobody.Arn",
    );
    assert!(reference.contains("Nobody is neither"), "{reference}");
    let filter = changed(r#"{"S": ["sealed"]}"#, r#"{"S": [{"prefix": "s"}]}"#);
    assert!(filter.contains("dynamodb.NewImage.state.S"), "{filter}");
    let action = changed("Action: iot:Connect", "Action: iot:Fly");
    assert!(action.contains("iot:Fly"), "{action}");
    let version = changed("AwsIotSqlVersion: '2016-03-23'", "AwsIotSqlVersion: '2015-10-08'");
    assert!(version.contains("2015-10-08"), "{version}");
}

#[test]
fn a_rule_must_have_an_error_action() {
    let without = TEMPLATE.replacen("        ErrorAction:\n", "        Ignored:\n", 1);
    assert!(error_chain(&without, &parameters()).contains("ErrorAction"));
    let error = Template::parse("Resources: {}", &parameters()).unwrap_err();
    assert!(matches!(
        error,
        TemplateError::NotOne {
            kind: "AWS::DynamoDB::Table",
            found: 0
        }
    ));
}
