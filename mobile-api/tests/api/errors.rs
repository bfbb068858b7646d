//! What every route does with what it cannot use.

use http::Method;
use serde_json::json;

use crate::world::{Person, World};

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let world = World::new().await;
    insta::assert_snapshot!(world.get(Person::Anna, "/v1/nothing").await, @r#"
    404 Not Found
    content-type: application/problem+json
    {
      "code": "not_found",
      "detail": "there is no such page",
      "status": 404,
      "title": "Not found",
      "type": "urn:sweepline:problem:not_found"
    }
    "#);
    insta::assert_snapshot!(world.ask(Person::Anna, Method::PUT, "/v1/homes").await, @r#"
    405 Method Not Allowed
    content-type: application/problem+json
    allow: GET,HEAD,POST
    {
      "code": "method_not_allowed",
      "detail": "this path does not know the method, see Allow",
      "status": 405,
      "title": "Method not allowed",
      "type": "urn:sweepline:problem:method_not_allowed"
    }
    "#);
    for method in [Method::TRACE, Method::OPTIONS] {
        assert_eq!(world.ask(Person::Anna, method, "/v1/homes").await.status, 405);
    }
}

#[tokio::test]
async fn foreign_and_unknown_ids_answer_alike() {
    let world = World::new().await;
    let unknown_robot = "robot_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let unknown_home = "home_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let foreign = world.get(Person::Carl, &world.at_robot("")).await;
    insta::assert_snapshot!(foreign, @r#"
    404 Not Found
    content-type: application/problem+json
    {
      "code": "not_found",
      "detail": "there is no such robot",
      "status": 404,
      "title": "Not found",
      "type": "urn:sweepline:problem:not_found"
    }
    "#);
    for rest in ["", "/settings", "/runs", "/runs/x", "/commands/x", "/runs/x/map"] {
        let foreign = world.get(Person::Carl, &world.at_robot(rest)).await;
        for id in [unknown_robot, "robot_x", "x"] {
            let unknown = world.get(Person::Carl, &format!("/v1/robots/{id}{rest}")).await;
            assert_eq!(foreign.to_string(), unknown.to_string(), "{rest}");
        }
    }
    for rest in ["/robots", "/floors", "/floors/x/map"] {
        let foreign = world.get(Person::Carl, &world.at_home(rest)).await;
        let unknown = world
            .get(Person::Carl, &format!("/v1/homes/{unknown_home}{rest}"))
            .await;
        assert_eq!(
            (foreign.status.as_u16(), foreign.to_string()),
            (404, unknown.to_string()),
            "{rest}"
        );
    }
}

#[tokio::test]
async fn ids_that_are_not_there_are_named_by_their_kind() {
    let world = World::new().await;
    for (path, what) in [
        (world.at_robot("/runs/run_01ARZ3NDEKTSV4RRFFQ69G5FAV"), "run"),
        (
            world.at_robot("/commands/cmd_01ARZ3NDEKTSV4RRFFQ69G5FAV"),
            "command",
        ),
        (
            world.at_home("/floors/floor_01ARZ3NDEKTSV4RRFFQ69G5FAV/map"),
            "floor",
        ),
    ] {
        let answer = world.get(Person::Anna, &path).await;
        assert_eq!(
            answer.json()["detail"],
            format!("there is no such {what}"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused() {
    let world = World::new().await;
    let path = world.at_home("/robots");
    let send = |kind: &str, body: &str| {
        world.send(
            world
                .request(Method::POST, &path)
                .bearer(&world.token(Person::Anna))
                .text(kind, body),
        )
    };
    let unnamed = send("application/json", "[\"ABCD-1234\", \"Kitchen robot\"]").await;
    assert_eq!(unnamed.json()["detail"], "body: must be an object", "{unnamed}");
    insta::assert_snapshot!(send("text/plain", "{}").await, @r#"
    415 Unsupported Media Type
    content-type: application/problem+json
    {
      "code": "unsupported_media_type",
      "detail": "send the body as application/json",
      "status": 415,
      "title": "Unsupported media type",
      "type": "urn:sweepline:problem:unsupported_media_type"
    }
    "#);
    insta::assert_snapshot!(send("application/json", &" ".repeat(64 * 1024 + 1)).await, @r#"
    413 Payload Too Large
    content-type: application/problem+json
    {
      "code": "payload_too_large",
      "detail": "the body must have at most 65536 bytes",
      "status": 413,
      "title": "Too large",
      "type": "urn:sweepline:problem:payload_too_large"
    }
    "#);
    insta::assert_snapshot!(send("application/json", "{").await, @r#"
    400 Bad Request
    content-type: application/problem+json
    {
      "code": "invalid_request",
      "detail": "body: EOF while parsing an object",
      "field": "body",
      "status": 400,
      "title": "The request cannot be used",
      "type": "urn:sweepline:problem:invalid_request"
    }
    "#);
    insta::assert_snapshot!(send("application/json", r#"{"code":"ABCD-1234","name":7}"#).await, @r#"
    400 Bad Request
    content-type: application/problem+json
    {
      "code": "invalid_request",
      "detail": "name: invalid type: integer `7`, expected a string",
      "field": "name",
      "status": 400,
      "title": "The request cannot be used",
      "type": "urn:sweepline:problem:invalid_request"
    }
    "#);
    insta::assert_snapshot!(send("application/json", r#"{"code":"ABCD-1234","name":"x","role":"owner"}"#).await, @r#"
    400 Bad Request
    content-type: application/problem+json
    {
      "code": "invalid_request",
      "detail": "role: unknown field `role`, expected `code` or `name`",
      "field": "role",
      "status": 400,
      "title": "The request cannot be used",
      "type": "urn:sweepline:problem:invalid_request"
    }
    "#);
    assert_eq!(
        send("application/json", r#"{"code":"a","name":"b"}x"#)
            .await
            .json()["field"],
        "body"
    );
    assert_eq!(send("application/json; charset=utf-8", "[]").await.status, 400);
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(send("application/json", &deep).await.status, 400);
}

#[tokio::test]
async fn an_outage_of_the_robots_is_no_fault_of_the_caller() {
    let world = World::new().await;
    *world.devices.delivery.lock().unwrap() = None;
    let answer = world
        .post(Person::Anna, &world.at_robot("/live"), json!({}))
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("retry-after")),
        (503, Some("1"))
    );
    assert!(
        !answer.text().contains("cut the line"),
        "the cause is for the log"
    );
}
