//! A robot finds its owner, and leaves them.

use std::time::Duration;

use domain::id::RobotId;
use domain::ports::{FloorStore, RobotStore, SettingsStore};
use http::Method;
use serde_json::{Value, json};

use crate::flat::{drive, two_rooms};
use crate::world::{Answer, Person, World};

async fn open(world: &World, csr: &str) -> Answer {
    world
        .send(
            world
                .request(Method::POST, "/v1/provisioning/claims")
                .json(&json!({"csr": csr})),
        )
        .await
}

async fn ask(world: &World, claim: &Value, secret: &str) -> Answer {
    let path = format!("/v1/provisioning/claims/{}", claim["id"].as_str().unwrap());
    world
        .send(
            world
                .request(Method::GET, &path)
                .header("authorization", &format!("Claim {secret}")),
        )
        .await
}

async fn claim(world: &World, code: &str) -> Answer {
    let body = json!({"code": code, "name": "Hall"});
    world.post(Person::Anna, &world.at_home("/robots"), body).await
}

#[tokio::test]
async fn a_robot_shows_a_code_its_owner_types_it_and_it_gets_its_certificate() {
    let world = World::new().await;
    let opened = open(&world, "a request").await;
    assert_eq!(opened.status, 201);
    let opened = opened.json();
    let secret = opened["secret"].as_str().unwrap();
    let waiting = ask(&world, &opened, secret).await;
    assert_eq!(
        (waiting.status.as_u16(), waiting.json()),
        (202, json!({"state": "waiting"}))
    );

    let typed = opened["code"].as_str().unwrap().to_lowercase().replace('-', " ");
    let paired = claim(&world, &typed).await;
    assert_eq!(
        (paired.status.as_u16(), &paired.json()["id"]),
        (201, &opened["robot"])
    );
    assert_eq!(
        (&paired.json()["name"], &paired.json()["state"]),
        (&json!("Hall"), &json!("unknown"))
    );

    let claimed = ask(&world, &opened, secret).await.json();
    assert_eq!(
        (&claimed["state"], &claimed["robot"]),
        (&json!("claimed"), &opened["robot"])
    );
    assert_eq!(
        claimed["certificate"],
        format!("certificate of {}", opened["robot"].as_str().unwrap())
    );
    assert_eq!(claimed["mqtt"], json!({"host": "localhost", "port": 8883}));
    assert_eq!(
        (&claimed["ca"], &claimed["stage"]),
        (&json!("the authority"), &json!("local"))
    );
    assert!(claimed["pairing"].as_str().unwrap().starts_with("pair_"));
    assert_eq!(claim(&world, &typed).await.code(), "claim_unknown");
}

#[tokio::test]
async fn a_claim_is_for_who_knows_its_secret_and_for_five_minutes() {
    let world = World::new().await;
    let opened = open(&world, "a request").await.json();
    let gone = ask(&world, &opened, "guessed").await;
    insta::assert_snapshot!(gone, @r#"
    410 Gone
    content-type: application/problem+json
    {
      "code": "claim_gone",
      "detail": "the claim has expired, open another one",
      "status": 410,
      "title": "The claim has ended",
      "type": "urn:sweepline:problem:claim_gone"
    }
    "#);
    let without = format!("/v1/provisioning/claims/{}", opened["id"].as_str().unwrap());
    assert_eq!(world.send(world.request(Method::GET, &without)).await.status, 401);
    world.pass(Duration::from_secs(301));
    assert_eq!(
        ask(&world, &opened, opened["secret"].as_str().unwrap())
            .await
            .to_string(),
        gone.to_string()
    );
    insta::assert_snapshot!(claim(&world, opened["code"].as_str().unwrap()).await, @r#"
    404 Not Found
    content-type: application/problem+json
    {
      "code": "claim_unknown",
      "detail": "no robot shows this code now",
      "status": 404,
      "title": "Unknown claim code",
      "type": "urn:sweepline:problem:claim_unknown"
    }
    "#);
}

#[tokio::test]
async fn after_ten_wrong_codes_one_waits() {
    let world = World::new().await;
    for _ in 0..10 {
        assert_eq!(claim(&world, "AAAA-AAAA").await.status, 404);
    }
    assert_eq!(claim(&world, "AAAA-AAAA").await.code(), "too_many_requests");
    world.pass(Duration::from_secs(300));
    assert_eq!(claim(&world, "AAAA-AAAA").await.status, 404);
}

#[tokio::test]
async fn bad_codes_names_and_requests_are_named() {
    let world = World::new().await;
    assert_eq!(claim(&world, "ABC").await.json()["field"], "code");
    let nameless = json!({"code": "ABCD-1234", "name": "  "});
    assert_eq!(
        world
            .post(Person::Anna, &world.at_home("/robots"), nameless)
            .await
            .json()["field"],
        "name"
    );
    assert_eq!(open(&world, "").await.json()["field"], "csr");
    assert_eq!(open(&world, &"x".repeat(4097)).await.json()["field"], "csr");
    let broken = open(&world, "broken").await.json();
    insta::assert_snapshot!(claim(&world, broken["code"].as_str().unwrap()).await, @r#"
    400 Bad Request
    content-type: application/problem+json
    {
      "code": "invalid_request",
      "detail": "csr: is not a certificate signing request",
      "field": "csr",
      "status": 400,
      "title": "The request cannot be used",
      "type": "urn:sweepline:problem:invalid_request"
    }
    "#);
}

#[tokio::test]
async fn an_unpaired_robot_is_gone_and_its_certificate_revoked() {
    let world = World::new().await;
    assert_eq!(
        world
            .ask(Person::Carl, Method::DELETE, &world.at_robot(""))
            .await
            .status,
        404
    );
    assert_eq!(
        world
            .ask(Person::Anna, Method::DELETE, &world.at_robot(""))
            .await
            .status,
        204
    );
    assert_eq!(*world.devices.revoked.lock().unwrap(), [world.robot]);
    assert_eq!(world.get(Person::Anna, &world.at_robot("")).await.status, 404);
    assert_eq!(
        world.get(Person::Anna, &world.at_home("/robots")).await.json()["items"],
        json!([])
    );
}

#[tokio::test]
async fn a_robot_that_joins_a_learnt_home_gets_the_layers_of_its_floors_at_once() {
    let world = World::new().await;
    let voted = world.fold(drive(1), &two_rooms(&[])).await.vote.unwrap();
    let known = world.store.settings(world.robot).await.unwrap().unwrap().layers;
    assert_eq!(known.len(), 1);

    let code = open(&world, "a request").await.json()["code"].clone();
    let paired = claim(&world, code.as_str().unwrap()).await.json();
    let robot = paired["id"].as_str().unwrap().parse().unwrap();
    let settings = world.store.settings(robot).await.unwrap().unwrap();
    assert_eq!(
        settings.layers, known,
        "as the robot has it that was there for the vote"
    );
    assert_eq!(
        world.devices.posted.lock().unwrap().last(),
        Some(&settings.version)
    );
    let map = world.store.floor_map(&world.scope(), voted.floor).await.unwrap();
    assert_eq!(settings.rooms_version(), map.unwrap().rooms.version());
}

#[tokio::test]
async fn an_announced_robot_is_added_with_the_code_that_is_printed_on_it() {
    let (world, code) = (World::new().await, "ABCD-EFGH-JKMN-PQRS");
    let robot = RobotId::from_u128(9);
    let path = format!("/v1/fleet/robots/{robot}");
    let announced = world
        .request(Method::PUT, &path)
        .bearer(&world.token(Person::Olga));
    world.send(announced.json(&json!({"code": code}))).await;
    assert_eq!(claim(&world, "ABCD-EFGH-JKMN-PQRT").await.code(), "claim_unknown");
    let added = claim(&world, "abcd efgh jkmn pqrs").await;
    assert_eq!((added.status.as_u16(), &added.json()["id"]), (201, &json!(robot)));
    let settings = world.store.settings(robot).await.unwrap().unwrap();
    let pairing = world.store.robot(robot).await.unwrap().unwrap().pairing.unwrap();
    assert_eq!(settings.pairing, pairing.id, "this is how the robot learns of it");
    assert_eq!(
        world.devices.posted.lock().unwrap().last(),
        Some(&settings.version)
    );

    assert_eq!(claim(&world, code).await.status, 201, "its owner may try again");
    let foreign = format!("/v1/homes/{}/robots", world.foreign_home);
    let body = json!({"code": code, "name": "Mine"});
    assert_eq!(
        world.post(Person::Carl, &foreign, body).await.code(),
        "claim_unknown"
    );
    assert_eq!(
        world
            .store
            .robot(robot)
            .await
            .unwrap()
            .unwrap()
            .pairing
            .unwrap()
            .id,
        pairing.id
    );
}
