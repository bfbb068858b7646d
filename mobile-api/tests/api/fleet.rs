//! The fleet, for operators.

use domain::id::RobotId;
use domain::ports::RobotStore;
use domain::status::RobotState;
use http::Method;
use serde_json::json;

use crate::world::{Person, World};

const CODE: &str = "ABCD-EFGH-JKMN-PQRS";

#[tokio::test]
async fn operators_see_health_and_nothing_of_homes() {
    let world = World::new().await;
    let robots = world.get(Person::Olga, "/v1/fleet/robots").await.json();
    let robot = json!({
        "id": world.robot, "connected": true, "last_seen": "2026-09-21T14:13:20.000Z", "state": "docked",
        "battery": 80, "error": "no_error", "vendor_error": null, "firmware": "1.2.3", "model": "sim",
        "waiting": 0, "dropped": 0
    });
    assert_eq!(robots["items"], json!([robot]));
    assert_eq!(
        world.get(Person::Olga, &world.at_home("/robots")).await.status,
        404
    );
}

#[tokio::test]
async fn the_fleet_is_filtered() {
    let world = World::new().await;
    for (query, found) in [
        ("state=docked", 1),
        ("state=running", 0),
        ("state=&firmware=&connected=&cursor=", 1),
        ("firmware=1.2.3&connected=true", 1),
        ("connected=false", 0),
    ] {
        let robots = world
            .get(Person::Olga, &format!("/v1/fleet/robots?{query}"))
            .await
            .json();
        assert_eq!(robots["items"].as_array().unwrap().len(), found, "{query}");
    }
    for (query, field) in [("state=flying", "state"), ("connected=maybe", "connected")] {
        let answer = world
            .get(Person::Olga, &format!("/v1/fleet/robots?{query}"))
            .await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["field"]),
            (400, &json!(field))
        );
    }
}

#[tokio::test]
async fn the_summary_names_all_states() {
    let world = World::new().await;
    world.report(RobotState::Running).await;
    let summary = world.get(Person::Olga, "/v1/fleet/summary").await.json();
    assert_eq!((&summary["total"], &summary["connected"]), (&json!(1), &json!(1)));
    assert_eq!(summary["by_state"].as_object().unwrap().len(), 11);
    assert_eq!(
        (&summary["by_state"]["running"], &summary["by_state"]["docked"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(summary["by_firmware"], json!({"1.2.3": 1}));
}

#[tokio::test]
async fn owners_do_not_see_the_fleet() {
    let world = World::new().await;
    insta::assert_snapshot!(world.get(Person::Anna, "/v1/fleet/summary").await, @r#"
    403 Forbidden
    content-type: application/problem+json
    {
      "code": "forbidden",
      "detail": "only operators see the fleet",
      "status": 403,
      "title": "Not for this caller",
      "type": "urn:sweepline:problem:forbidden"
    }
    "#);
    assert_eq!(world.get(Person::Anna, "/v1/fleet/robots").await.status, 403);
}

#[tokio::test]
async fn operators_announce_robots_and_change_none_that_are_known() {
    let world = World::new().await;
    let announce = async |person: Person, robot: String, code: &str| {
        let path = format!("/v1/fleet/robots/{robot}");
        let request = world.request(Method::PUT, &path).bearer(&world.token(person));
        world.send(request.json(&json!({"code": code}))).await
    };
    let (new, known) = (RobotId::from_u128(9), world.robot);
    let before = world.store.robot(known).await.unwrap();
    for (robot, code) in [(new, CODE), (new, CODE), (known, "0000-1111-2222-3333")] {
        assert_eq!(announce(Person::Olga, robot.to_string(), code).await.status, 204);
    }
    let announced = world.store.robot(new).await.unwrap().unwrap();
    assert!(announced.pairing.is_none() && announced.certificate.is_none());
    assert_eq!(world.store.robot(known).await.unwrap(), before);
    assert_eq!(announce(Person::Anna, new.to_string(), CODE).await.status, 403);
    assert_eq!(
        announce(Person::Olga, "robot_x".to_owned(), CODE).await.status,
        404
    );
    assert_eq!(
        announce(Person::Olga, known.to_string(), CODE).await.code(),
        "conflict"
    );
    assert_eq!(
        announce(Person::Olga, new.to_string(), "ABCD-1234").await.json()["field"],
        "code"
    );
}
