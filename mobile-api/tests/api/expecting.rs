//! Owners provision new robots.

use domain::id::RobotId;
use domain::label::LabelCode;
use domain::ports::{LabelStore, RobotStore, SettingsStore};
use serde_json::json;

use crate::world::{Answer, Person, World};

async fn provision(world: &World, person: Person, name: &str) -> Answer {
    let path = world.at_home("/provisioning");
    world.post(person, &path, json!({"name": name})).await
}

#[tokio::test]
async fn a_claim_comes_with_a_robot_that_is_paired_already_and_only_lacks_its_certificate() {
    let world = World::new().await;
    let answer = provision(&world, Person::Anna, "Attic").await;
    assert_eq!(answer.status, 201);
    let given = answer.json();
    let robot: RobotId = given["robot"].as_str().unwrap().parse().unwrap();
    let code: LabelCode = given["code"].as_str().unwrap().parse().unwrap();
    for (field, expected) in [
        ("template", json!("local_robots")),
        ("stage", json!("local")),
        ("certificate", json!("a claim")),
        ("key", json!("its key")),
        ("ca", json!("the authority")),
        ("mqtt", json!({"host": "localhost", "port": 8883})),
        ("expires_at", json!("2026-09-21T14:18:20.000Z")),
    ] {
        assert_eq!(given[field], expected, "{field}");
    }
    let stored = world.store.robot(robot).await.unwrap().unwrap();
    let pairing = stored.pairing.unwrap();
    assert_eq!((pairing.home, stored.certificate), (world.home, None));
    assert_eq!(
        world.store.settings(robot).await.unwrap().unwrap().pairing,
        pairing.id
    );
    assert_eq!(world.store.label(&code).await.unwrap().unwrap().robot, robot);
    let seen = world
        .get(Person::Anna, &format!("/v1/robots/{robot}"))
        .await
        .json();
    assert_eq!(
        (&seen["name"], &seen["connected"]),
        (&json!("Attic"), &json!(false))
    );
}

#[tokio::test]
async fn only_owners_provision_and_only_where_robots_are() {
    let world = World::new().await;
    assert_eq!(provision(&world, Person::Carl, "Mine").await.status, 404);
    assert_eq!(provision(&world, Person::Olga, "Ours").await.status, 404);
    assert_eq!(provision(&world, Person::Anna, " ").await.json()["field"], "name");
    let without = World::without_provisioning().await;
    let answer = provision(&without, Person::Anna, "Attic").await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (404, "provisioning_unavailable")
    );
}
