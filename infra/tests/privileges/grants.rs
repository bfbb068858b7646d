//! What the template's roles allow, and what Lambda itself needs of them.

use std::collections::BTreeSet;

use infra::{Resource, Template};
use serde_json::Value;

use crate::needs::Need;

/// What the role of a function allows.
pub fn of(template: &Template, role: &str) -> BTreeSet<Need> {
    let properties = &template.resources()[role].properties;
    let policies = properties["Policies"].as_array().unwrap();
    let statements = policies
        .iter()
        .flat_map(|policy| listed(&policy["PolicyDocument"]["Statement"]));
    let mut allowed = BTreeSet::new();
    for statement in statements {
        assert_eq!(statement["Effect"], "Allow", "{role}");
        for action in listed(&statement["Action"]) {
            for resource in listed(&statement["Resource"]) {
                let is_new = allowed.insert((text(action), nameless(&text(resource))));
                assert!(is_new, "{role} allows {action} on {resource} twice");
            }
        }
    }
    allowed
}

/// What Lambda needs of a function's role for its logs, its failure queue and its stream.
pub fn of_lambda(template: &Template, function: &str) -> BTreeSet<Need> {
    let properties = &template.resources()[function].properties;
    let log = text(&properties["LoggingConfig"]["LogGroup"]);
    let mut needed: BTreeSet<Need> = ["logs:CreateLogStream", "logs:PutLogEvents"]
        .map(|action| (action.to_owned(), format!("log-group:{log}:*")))
        .into();
    needed.extend(on_failure(&properties["EventInvokeConfig"]));
    for source in sources(template, function) {
        needed.extend(on_failure(&source.properties));
        let stream = nameless(&text(&source.properties["EventSourceArn"]));
        for action in ["DescribeStream", "GetRecords", "GetShardIterator"] {
            needed.insert((format!("dynamodb:{action}"), stream.clone()));
        }
        let all_streams = stream
            .rsplit_once('/')
            .map(|(table, _)| format!("{table}/*"))
            .unwrap();
        needed.insert(("dynamodb:ListStreams".to_owned(), all_streams));
    }
    needed
}

fn sources<'t>(template: &'t Template, function: &str) -> impl Iterator<Item = &'t Resource> {
    let of_function = format!(":function:{function}");
    template.resources().values().filter(move |resource| {
        let fed = resource.properties["FunctionName"].as_str();
        resource.kind == "AWS::Lambda::EventSourceMapping"
            && fed.is_some_and(|fed| fed.ends_with(&of_function))
    })
}

fn on_failure(config: &Value) -> Option<Need> {
    let queue = config["DestinationConfig"]["OnFailure"]["Destination"].as_str()?;
    Some(("sqs:SendMessage".to_owned(), nameless(queue)))
}

fn listed(value: &Value) -> &[Value] {
    value
        .as_array()
        .map_or(std::slice::from_ref(value), Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The resource without `arn:partition:service:region:account:`.
fn nameless(arn: &str) -> String {
    match arn.splitn(6, ':').last() {
        Some(resource) if arn.starts_with("arn:") => resource.to_owned(),
        _ => arn.to_owned(),
    }
}
