use infra::Template;
use infra::stream::StreamSource;
use infra::table::{AttributeType, KeySchema, Projection};
use serde_json::{Value, json};

use crate::{template, template_with};

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

fn source_of<'t>(template: &'t Template, binary: &str) -> &'t StreamSource {
    let mut sources = template.stream_sources().iter();
    let is_its = |source: &&StreamSource| template.function(&source.function).unwrap().binary == binary;
    sources.find(is_its).unwrap()
}

#[test]
fn an_erasure_wakes_its_function_once() {
    let template = template();
    let source = source_of(&template, "erasure");
    let record = |event: &str, kind: &str| {
        let image = json!({"kind": {"S": kind}, "done_at": {"NULL": true}});
        json!({"eventName": event, "dynamodb": {"NewImage": image}})
    };
    assert!(source.admits(&record("INSERT", "erasure")));
    assert!(!source.admits(&record("MODIFY", "erasure")));
    assert!(!source.admits(&record("INSERT", "run")));
}

#[test]
fn only_a_robot_that_is_marked_wakes_the_quarantine() {
    let template = template();
    let source = source_of(&template, "quarantine");
    let record = |certificate: Value| {
        let image = json!({"kind": {"S": "robot"}, "certificate": certificate});
        json!({"eventName": "MODIFY", "dynamodb": {"NewImage": image}})
    };
    let marked =
        json!({"M": {"quarantine": {"M": {"since": {"N": "1"}, "reason": {"S": "too_many_messages"}}}}});
    assert!(source.admits(&record(marked)));
    assert!(!source.admits(&record(json!({"M": {"id": {"S": "a"}}}))));
    assert!(!source.admits(&record(json!({"NULL": true}))));
}

#[test]
fn only_sealed_runs_without_a_vote_wake_the_fold() {
    let template = template();
    let source = source_of(&template, "fold");
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
    let without = template_with(&[("LiveView", "false")]);
    assert!(!without.resources().contains_key("LiveAuthorizer"));
    assert!(template().resources().contains_key("LiveAuthorizer"));
}
