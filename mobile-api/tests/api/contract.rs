//! The OpenAPI document and what is served are the same.

use http::Method;
use serde_json::Value;

use crate::world::World;

const METHODS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

/// Paths that need no bearer token.
const OPEN: [&str; 7] = [
    "/healthz",
    "/v1/auth/config",
    "/v1/auth/refresh",
    "/v1/auth/revoke",
    "/v1/auth/token",
    "/v1/provisioning/claims",
    "/v1/provisioning/claims/{claim}",
];

async fn document(world: &World) -> Value {
    world
        .send(world.request(Method::GET, "/openapi.json"))
        .await
        .json()
}

/// A path with ids in place of its parameters.
fn filled(path: &str) -> String {
    let parts = path
        .split('/')
        .map(|part| if part.starts_with('{') { "x" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn what_is_documented_is_served_and_nothing_else() {
    let world = World::new().await;
    let document = document(&world).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = document["paths"].as_object().unwrap();
    for (path, operations) in paths {
        for method in METHODS {
            let documented = operations.get(method.as_str().to_lowercase()).is_some();
            let answer = world.send(world.request(method.clone(), &filled(path))).await;
            assert_eq!(answer.status != 405, documented, "{method} {path}");
        }
    }
    assert_eq!(paths.len(), 45);
}

#[tokio::test]
async fn every_route_refuses_who_has_no_token() {
    let world = World::new().await;
    for (path, operations) in document(&world).await["paths"].as_object().unwrap() {
        for method in METHODS {
            let Some(operation) = operations.get(method.as_str().to_lowercase()) else {
                continue;
            };
            let answer = world.send(world.request(method.clone(), &filled(path))).await;
            let is_open = OPEN.contains(&path.as_str());
            assert_eq!(operation.get("security").is_some(), is_open, "{method} {path}");
            if !is_open {
                assert_eq!(
                    (answer.status.as_u16(), answer.code().as_str()),
                    (401, "unauthorized"),
                    "{method} {path}"
                );
            }
        }
    }
}

#[tokio::test]
async fn every_reference_of_the_document_is_there() {
    let world = World::new().await;
    let document = document(&world).await;
    let text = document.to_string();
    let references = text
        .split("\"#/components/schemas/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    for name in references {
        assert!(document["components"]["schemas"].get(name).is_some(), "{name}");
    }
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            assert!(operation["summary"].as_str().is_some(), "{method} {path}");
        }
    }
}
