//! Settings: changed only by who read the present ones.

use http::Method;
use serde_json::{Value, json};

use crate::world::{Answer, Person, World};

fn preferences() -> Value {
    let corners = json!([{"x": 0, "y": 0}, {"x": 1000, "y": 0}, {"x": 0, "y": 1000}]);
    let restriction = json!({"kind": "no_go_zone", "corners": corners});
    json!({"upload_map": false, "child_lock": true, "restrictions": [restriction]})
}

async fn put(world: &World, if_match: Option<&str>, body: &Value) -> Answer {
    let request = world
        .request(Method::PUT, &world.at_robot("/settings"))
        .bearer(&world.token(Person::Anna));
    let request = if_match
        .into_iter()
        .fold(request, |request, tag| request.header("if-match", tag));
    world.send(request.json(body)).await
}

#[tokio::test]
async fn settings_change_once_for_each_version_and_reach_the_robot() {
    let world = World::new().await;
    let read = world.get(Person::Anna, &world.at_robot("/settings")).await;
    assert_eq!(read.header("etag"), Some("\"1\""));
    let initial = json!({"version": 1, "applied_version": 1, "upload_map": true, "child_lock": false, "restrictions": []});
    assert_eq!(read.json(), initial);
    let changed = put(&world, Some("\"1\""), &preferences()).await;
    assert_eq!(
        (changed.status.as_u16(), changed.header("etag")),
        (200, Some("\"2\""))
    );
    assert_eq!(changed.json()["restrictions"], preferences()["restrictions"]);
    assert_eq!(*world.devices.posted.lock().unwrap(), [2]);
    insta::assert_snapshot!(put(&world, Some("\"1\""), &preferences()).await, @r#"
    412 Precondition Failed
    content-type: application/problem+json
    {
      "code": "precondition_failed",
      "detail": "it was changed by somebody else; read it again",
      "status": 412,
      "title": "Changed by somebody else",
      "type": "urn:sweepline:problem:precondition_failed"
    }
    "#);
    assert_eq!(put(&world, Some("*"), &preferences()).await.status, 412);
    insta::assert_snapshot!(put(&world, None, &preferences()).await, @r#"
    428 Precondition Required
    content-type: application/problem+json
    {
      "code": "precondition_required",
      "detail": "send If-Match with the ETag of what was read",
      "status": 428,
      "title": "If-Match is required",
      "type": "urn:sweepline:problem:precondition_required"
    }
    "#);
}

#[tokio::test]
async fn bad_settings_name_the_field_and_change_nothing() {
    let world = World::new().await;
    let mut line = preferences();
    line["restrictions"][0]["corners"] = json!([{"x": 0, "y": 0}]);
    let mut typed = preferences();
    typed["child_lock"] = json!("yes");
    for (body, field) in [
        (line, "restrictions"),
        (typed, "child_lock"),
        (json!({"upload_map": true}), "child_lock"),
    ] {
        let answer = put(&world, Some("\"1\""), &body).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["field"]),
            (400, &json!(field)),
            "{answer}"
        );
    }
    assert_eq!(
        world.get(Person::Anna, &world.at_robot("/settings")).await.json()["version"],
        1
    );
}
