//! Every class of bad input as a body of every route that takes one: no answer of 500 or more, memory stays small, and
//! what is right is answered in between.

use std::io::{Cursor, Write};

use domain::home::{Home, Membership, Name, Role};
use domain::id::HomeId;
use domain::ports::HomeStore;
use hostile::{Classes, Row};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::expected::Object;
use super::ground::Ground;
use super::identities::Who;
use super::routes::{Route, routes};
use crate::world::{AT, Person};

/// The most memory that the inputs of one class may take beyond what was held before, KiB: an archive may become 16 MiB, and
/// the allocator keeps some 100 MiB of looking at passwords, however many come.
const MORE_MEMORY_KIB: u64 = 128 * 1024;
/// The most inputs of a class for one route, evenly out of all.
const INPUTS: usize = 120;
const LEAST: usize = 2000;
const ZIP: &str = "application/zip";
const JSON: &str = "application/json";

#[tokio::test]
async fn no_body_stops_the_api() {
    let Some(classes) = Classes::load() else {
        return;
    };
    let mut row = Row::new("S5 API");
    let ground = Ground::prepare(None).await;
    for (route, good) in takers(&ground).await {
        let json = |class: &String| (class.clone(), hostile::json(class, &good));
        let time = |class: &String| (class.clone(), hostile::time(class, &good));
        let inputs = classes.json.iter().map(json).chain(classes.time.iter().map(time));
        go(&ground, &route, JSON, inputs, &mut row).await;
    }
    bring_archives(&ground, &classes, &mut row).await;
    row.hold(LEAST);
}

#[tokio::test]
async fn an_api_with_a_bug_that_is_built_in_is_found() {
    let Some(classes) = Classes::load() else {
        return;
    };
    let mut row = Row::new("S5 API");
    for input in classes
        .json
        .iter()
        .flat_map(|class| hostile::json(class, &json!({"name": "Hof"})))
    {
        let read = hostile::survives(async { serde_json::from_slice::<Value>(&input).unwrap() }).await;
        row.add(read.is_ok(), || format!("{read:?}"));
    }
    row.catches("a route that ends over what it cannot read");
}

/// Sends the inputs of each class to a route, as the owner.
async fn go(
    ground: &Ground,
    route: &Route,
    kind: &str,
    classes: impl Iterator<Item = (String, Vec<Vec<u8>>)>,
    row: &mut Row,
) {
    for (class, inputs) in classes {
        hostile::forget_peak();
        let before = hostile::memory(std::process::id());
        for input in inputs.iter().step_by(inputs.len().div_ceil(INPUTS).max(1)) {
            let status = hostile::survives(send(ground, route, kind, input)).await;
            let is_answered = status.as_ref().is_ok_and(|status| !status.is_server_error());
            row.add(is_answered, || format!("{}, {class}: {status:?}", route.path));
        }
        let after = hostile::memory(std::process::id());
        let more = before
            .zip(after)
            .map_or(0, |(before, after)| after.1.saturating_sub(before.0));
        row.add(more <= MORE_MEMORY_KIB, || {
            format!("{}, {class}: {more} KiB more memory", route.path)
        });
        let good = ground.world.get(Person::Anna, &ground.world.at_home("")).await;
        row.add(good.status == StatusCode::OK, || {
            format!("{}, after {class}: {good}", route.path)
        });
    }
}

async fn send(ground: &Ground, route: &Route, kind: &str, input: &[u8]) -> StatusCode {
    let path = route.filled(ground, Object::Ours);
    let request = ground.world.request(route.method.clone(), &path);
    let request = request
        .header("authorization", ground.authorization(Who::Owner).unwrap())
        .header("if-match", "\"1\"")
        .header("idempotency-key", "malformed");
    ground.world.send(request.bytes(kind, input)).await.status
}

/// The routes that take JSON, each with a body of the form that the OpenAPI document states.
async fn takers(ground: &Ground) -> Vec<(Route, Value)> {
    let document = ground
        .world
        .send(ground.world.request(Method::GET, "/openapi.json"))
        .await
        .json();
    let body = |route: &Route| {
        let operation = &document["paths"][&route.path][route.method.as_str().to_lowercase()];
        let schema = operation["requestBody"]["content"][JSON].get("schema")?;
        Some(example(&document, schema))
    };
    let routes = routes(&ground.world).await.into_iter();
    routes
        .filter_map(|route| body(&route).map(|body| (route, body)))
        .collect()
}

/// Something of the form that a schema asks for.
fn example(document: &Value, schema: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return example(document, document.pointer(&reference[1..]).unwrap());
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[choice].as_array() {
            let wanted = choices.iter().rfind(|choice| choice["type"] != "null");
            return wanted.map_or(Value::Null, |wanted| example(document, wanted));
        }
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    let is = |kind: &str| schema["type"] == kind || schema["type"][0] == kind;
    if is("string") {
        return json!("2026-11-23T12:00:00Z");
    }
    if is("array") {
        return json!([
            example(document, &schema["items"]),
            example(document, &schema["items"])
        ]);
    }
    if is("integer") || is("number") {
        return json!(7);
    }
    if is("boolean") {
        return json!(true);
    }
    let fields = schema["properties"].as_object().into_iter().flatten();
    let fields = fields.map(|(name, field)| (name.clone(), example(document, field)));
    let more = schema["allOf"].as_array().into_iter().flatten();
    let more = more
        .filter_map(|part| example(document, part).as_object().cloned())
        .flatten();
    Value::Object(fields.chain(more).collect())
}

/// Archives that are none, or more than they seem, for a home that has no floors.
async fn bring_archives(ground: &Ground, classes: &Classes, row: &mut Row) {
    let archive = ground
        .world
        .get(Person::Anna, &ground.world.at_home("/export"))
        .await
        .body;
    let routes = routes(&ground.world).await;
    let mut routes = routes.into_iter();
    let mut import = routes.find(|route| route.path.ends_with("/import")).unwrap();
    let home = empty_home(ground).await;
    import.path = import.path.replace("{home}", &home.to_string());
    let bomb = bomb();
    let binary = |class: &String| (class.clone(), hostile::binary(class, &archive, &|_| bomb.clone()));
    go(ground, &import, ZIP, classes.binary.iter().map(binary), row).await;
}

async fn empty_home(ground: &Ground) -> HomeId {
    let home = Home {
        id: HomeId::new(AT, 4711),
        name: Name::new("name", "Garden house").unwrap(),
        created_at: AT,
    };
    let owner = Membership {
        home: home.id,
        person: Who::Owner.person(),
        role: Role::Owner,
    };
    ground.world.store.create_home(&home, &owner).await.unwrap();
    home.id
}

/// An archive of as many floors as it may have, which expand to less than a limit each and to more together.
fn bomb() -> Vec<u8> {
    const FLOORS: usize = 8;
    const EACH: usize = 8 * 1024 * 1024;
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let floor = [&b"{\"form\":1,\"name\":\""[..], &vec![b'x'; EACH]].concat();
    for number in 0..FLOORS {
        archive
            .start_file(
                format!("floors/{number}/floor.json"),
                SimpleFileOptions::default(),
            )
            .unwrap();
        archive.write_all(&floor).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
