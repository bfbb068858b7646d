//! What a body must not do: set a field that is not its own, or use a method that a path does not know.

use hostile::Row;
use http::Method;
use serde_json::{Value, json};

use super::ground::Ground;
use super::identities::Who;

/// Fields that would make somebody more than they are.
const FIELDS: [&str; 8] = [
    "owner",
    "role",
    "home",
    "operator",
    "person",
    "pairing",
    "id",
    "certificate",
];

/// Methods that no path knows.
const METHODS: [&str; 5] = ["TRACE", "CONNECT", "PROPFIND", "LINK", "SWEEP"];

async fn document(ground: &Ground) -> Value {
    let request = ground.world.request(Method::GET, "/openapi.json");
    ground.world.send(request).await.json()
}

/// The schema of the body that an operation takes.
fn schema<'a>(document: &'a Value, operation: &'a Value) -> Option<&'a Value> {
    let schema = operation["requestBody"]["content"]["application/json"].get("schema")?;
    match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.strip_prefix('#')?),
        None => Some(schema),
    }
}

#[tokio::test]
async fn no_body_sets_what_is_not_its_own() {
    let ground = Ground::prepare(None).await;
    let document = document(&ground).await;
    let mut row = Row::new("S2 fields");
    for route in super::routes::routes(&ground.world).await {
        let operation = &document["paths"][&route.path][route.method.as_str().to_lowercase()];
        let Some(schema) = schema(&document, operation) else {
            continue;
        };
        for field in FIELDS {
            if schema.to_string().contains(&format!("\"{field}\"")) {
                continue;
            }
            let path = route.filled(&ground, super::expected::Object::Ours);
            let request = ground
                .world
                .request(route.method.clone(), &path)
                .header("authorization", ground.authorization(Who::Owner).unwrap())
                .header("if-match", "\"1\"")
                .header("idempotency-key", field)
                .json(&json!({ field: "person_01ARZ3NDEKTSV4RRFFQ69G5FAV" }));
            let answer = ground.world.send(request).await;
            let told = answer.text();
            let refused = answer.status == 400 || answer.status == 403;
            row.add(refused, || {
                format!("{} {path} takes {field}: {told}", route.method)
            });
        }
    }
    row.hold(50);
}

#[tokio::test]
async fn no_path_knows_another_method() {
    let ground = Ground::prepare(None).await;
    let mut row = Row::new("S2 methods");
    for route in super::routes::routes(&ground.world).await {
        for method in METHODS {
            let path = route.filled(&ground, super::expected::Object::Ours);
            let request = ground.world.request(method.parse().unwrap(), &path);
            let answer = ground.world.send(request).await;
            row.add(answer.status == 405, || format!("{method} {path}: {answer}"));
        }
        let request = ground
            .world
            .request(route.method.clone(), &format!("{}/x/y/z", route.path));
        let answer = ground.world.send(request).await;
        row.add(answer.status == 404, || {
            format!("{} below {}: {answer}", route.method, route.path)
        });
    }
    row.hold(200);
}
