//! Homes and their robots.

use domain::ports::Connection;
use http::Method;
use serde_json::json;

use crate::world::{Person, World};

#[tokio::test]
async fn people_see_their_own_homes() {
    let world = World::new().await;
    let homes = world.get(Person::Anna, "/v1/homes").await.json();
    let home = json!({
        "id": world.home, "name": "Lindenstraße 9", "role": "owner", "created_at": "2026-09-21T14:13:20.000Z"
    });
    assert_eq!(homes, json!({"items": [home], "next": null}));
    assert_eq!(
        world.get(Person::Olga, "/v1/homes").await.json()["items"],
        json!([])
    );
}

#[tokio::test]
async fn a_robot_is_shown_with_its_health() {
    let world = World::new().await;
    let robot = world.get(Person::Anna, &world.at_robot("")).await.json();
    assert_eq!(
        world.get(Person::Anna, &world.at_home("/robots")).await.json()["items"],
        json!([robot])
    );
    let expected = json!({
        "id": world.robot, "name": "Kitchen robot", "home": world.home, "connected": true,
        "last_seen": "2026-09-21T14:13:20.000Z", "state": "docked", "battery": 80, "error": "no_error",
        "vendor_error": null, "firmware": "1.2.3", "model": "sim", "capabilities": ["zones"],
        "settings_version": {"wanted": 1, "applied": 1}, "run": null, "floor": null, "waiting": 0, "dropped": 0
    });
    assert_eq!(robot, expected);
}

#[tokio::test]
async fn a_robot_that_presence_lost_is_shown_as_the_broker_sees_it() {
    let world = World::new().await;
    world.connect(false).await;
    let shown = async || world.get(Person::Anna, &world.at_robot("")).await.json()["connected"].clone();
    assert_eq!(shown().await, json!(false));
    *world.devices.connection.lock().unwrap() = Some(Connection::Open);
    assert_eq!(shown().await, json!(true));
    *world.devices.connection.lock().unwrap() = None;
    assert_eq!(shown().await, json!(false), "presence stands in an outage");
}

#[tokio::test]
async fn a_robot_gets_another_name_and_nothing_else() {
    let world = World::new().await;
    let path = world.at_robot("");
    let change = |body| {
        world
            .request(Method::PATCH, &path)
            .bearer(&world.token(Person::Anna))
            .json(&body)
    };
    assert_eq!(
        world.send(change(json!({"name": "Robbie"}))).await.json()["name"],
        "Robbie"
    );
    for body in [
        json!({"name": "x", "home": world.foreign_home}),
        json!({"name": "x", "owner": "me"}),
    ] {
        assert_eq!(world.send(change(body)).await.status, 400);
    }
    assert_eq!(
        world.send(change(json!({"name": "x".repeat(65)}))).await.json()["field"],
        "name"
    );
    assert_eq!(world.get(Person::Anna, &path).await.json()["name"], "Robbie");
}
