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
    let initial = json!({
        "version": 1, "applied_version": 1, "upload_map": true, "child_lock": false, "child_lock_lifted": false,
        "restrictions": [], "time_zone": "UTC", "schedule": [],
        "do_not_disturb": {"enabled": false, "from": "22:00", "to": "07:00"}, "skipped": null
    });
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
async fn a_schedule_reads_back_and_outlives_a_page_that_knows_none() {
    let world = World::new().await;
    let mut body = preferences();
    body["time_zone"] = json!("Europe/Berlin");
    body["do_not_disturb"] = json!({"enabled": true, "from": "21:30", "to": "06:45"});
    body["schedule"] = json!([
        {"enabled": true, "days": ["mon", "fri"], "at": "09:30", "scope": {"kind": "whole_home"}},
    ]);
    let set = put(&world, Some("\"1\""), &body).await.json();
    let entry = &set["schedule"][0];
    assert!(
        entry["id"].as_str().is_some_and(|id| id.starts_with("entry_")),
        "{set}"
    );
    assert_eq!(
        (&entry["at"], &entry["days"]),
        (&json!("09:30"), &json!(["mon", "fri"]))
    );
    let kept = put(&world, Some("\"2\""), &preferences()).await.json();
    for field in ["schedule", "time_zone", "do_not_disturb"] {
        assert_eq!(kept[field], set[field]);
    }
    body["schedule"] = json!([]);
    assert_eq!(
        put(&world, Some("\"3\""), &body).await.json()["schedule"],
        json!([])
    );
}

#[tokio::test]
async fn bad_settings_name_the_field_and_change_nothing() {
    let world = World::new().await;
    let mut line = preferences();
    line["restrictions"][0]["corners"] = json!([{"x": 0, "y": 0}]);
    let mut typed = preferences();
    typed["child_lock"] = json!("yes");
    let with = |field: &str, value: Value| {
        let mut body = preferences();
        body[field] = value;
        body
    };
    let entry = |at: &str, days: Value, scope: Value| json!([{"enabled": true, "at": at, "days": days, "scope": scope}]);
    let home = json!({"kind": "whole_home"});
    let day = json!(["mon"]);
    let many: Vec<Value> = (0..17)
        .map(|_| entry("08:00", day.clone(), home.clone())[0].clone())
        .collect();
    let night = json!({"enabled": true, "from": "22:00", "to": "22:00"});
    for (body, field) in [
        (with("time_zone", json!("Mars/Olympus_Mons")), "time_zone"),
        (with("time_zone", json!("Bärlin")), "time_zone"),
        (
            with("schedule", entry("24:00", day.clone(), home.clone())),
            "schedule[0].at",
        ),
        (
            with("schedule", entry("08:00", json!([]), home.clone())),
            "schedule[0].days",
        ),
        (
            with("schedule", entry("08:00", json!(["someday"]), home.clone())),
            "schedule[0].days[0]",
        ),
        (
            with(
                "schedule",
                entry("08:00", day.clone(), json!({"kind": "rooms", "rooms": []})),
            ),
            "schedule.scope.rooms",
        ),
        (with("schedule", json!(many)), "schedule"),
        (with("do_not_disturb", night), "do_not_disturb.to"),
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
