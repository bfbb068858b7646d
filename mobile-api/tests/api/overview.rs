//! The first screen of a phone.

use domain::home::{Home, Membership, Name, Role};
use domain::id::HomeId;
use domain::ports::HomeStore;
use serde_json::{Value, json};

use crate::flat::{drive, two_rooms};
use crate::world::{AT, Person, World};

async fn overview(world: &World, person: Person, query: &str) -> Value {
    world.get(person, &format!("/v1/overview{query}")).await.json()
}

#[tokio::test]
async fn the_first_screen_is_one_answer() {
    let world = World::new().await;
    world.fold(drive(1), &two_rooms(&[(10, 10)])).await;
    let seen = overview(&world, Person::Anna, "").await;
    let listed = async |path: &str| world.get(Person::Anna, path).await.json();
    assert_eq!(seen["homes"], listed("/v1/homes").await["items"]);
    assert_eq!(seen["home"], json!(world.home));

    let mut robot = seen["robots"][0].clone();
    let fields = robot.as_object_mut().unwrap();
    let (settings, last_run) = (
        fields.remove("settings").unwrap(),
        fields.remove("last_run").unwrap(),
    );
    assert_eq!(json!([robot]), listed(&world.at_home("/robots")).await["items"]);
    assert_eq!(settings, listed(&world.at_robot("/settings")).await);
    assert_eq!(last_run, listed(&world.at_robot("/runs")).await["items"][0]);

    let mut floor = seen["floors"][0].clone();
    let tag = floor.as_object_mut().unwrap().remove("map_tag").unwrap();
    assert_eq!(json!([floor]), listed(&world.at_home("/floors")).await["items"]);
    let map = world.get(Person::Anna, &world.at_floor("/map").await).await;
    assert_eq!(map.header("etag"), tag.as_str());
}

#[tokio::test]
async fn the_home_is_the_one_that_is_asked_for() {
    let world = World::new().await;
    let (home, other) = (world.home, world.foreign_home);
    let foreign = world
        .get(Person::Anna, &format!("/v1/overview?home={other}"))
        .await;
    assert_eq!(
        (foreign.status.as_u16(), foreign.code().as_str()),
        (404, "not_found")
    );
    let garden = Home {
        id: HomeId::new(AT, 9),
        name: Name::new("name", "Garden").unwrap(),
        created_at: AT,
    };
    let owner = Membership {
        home: garden.id,
        person: Person::Anna.id(),
        role: Role::Owner,
    };
    world.store.create_home(&garden, &owner).await.unwrap();
    let seen = overview(&world, Person::Anna, &format!("?home={}", garden.id)).await;
    assert_eq!((&seen["home"], &seen["robots"]), (&json!(garden.id), &json!([])));
    assert_eq!(seen["homes"].as_array().unwrap().len(), 2);
    let seen = overview(&world, Person::Anna, &format!("?home={home}")).await;
    assert_eq!(seen["robots"][0]["id"], json!(world.robot));
}

#[tokio::test]
async fn who_has_no_home_sees_none() {
    let world = World::new().await;
    let empty = json!({ "homes": [], "home": null, "robots": [], "floors": [] });
    assert_eq!(overview(&world, Person::Olga, "").await, empty);
}
