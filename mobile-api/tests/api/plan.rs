//! Plans: shown, and given to the robot with a start.

use domain::command::{Command, START_SETTLES};
use domain::id::RoomId;
use domain::plan::CleaningPlan;
use domain::ports::RobotRequest;
use http::Method;
use mapping::pose::Pose;
use serde_json::{Value, json};

use crate::flat::{Drive, attic, drive, two_rooms};
use crate::world::{AT, Answer, Person, World};

async fn flat() -> World {
    let world = World::new().await;
    world.fold(drive(1), &two_rooms(&[])).await;
    world
}

async fn start(world: &World, key: &str, body: Value) -> Answer {
    let request = world.request(Method::POST, &world.at_robot("/commands"));
    let request = request
        .bearer(&world.token(Person::Anna))
        .header("idempotency-key", key);
    world.send(request.json(&body)).await
}

fn whole_home() -> Value {
    json!({"type": "start", "scope": {"kind": "whole_home"}})
}

fn rooms(rooms: &[&Value]) -> Value {
    json!({"type": "start", "scope": {"kind": "rooms", "rooms": rooms}})
}

fn zone(corners: &[(i32, i32)]) -> Value {
    let corners: Vec<_> = corners.iter().map(|(x, y)| json!({"x": x, "y": y})).collect();
    json!({"type": "start", "scope": {"kind": "zones", "zones": [corners]}})
}

/// The last command that was sent to the robot, and its plan.
fn sent(world: &World) -> (Command, Option<CleaningPlan>) {
    let requests = world.devices.requests.lock().unwrap();
    let mut commands = requests.iter().rev().filter_map(|request| match request {
        RobotRequest::Command { command, plan } => Some((command.clone(), plan.clone())),
        RobotRequest::Live { .. } => None,
    });
    commands.next().unwrap()
}

async fn plan(world: &World, query: &str) -> Answer {
    world
        .get(Person::Anna, &world.at_home(&format!("/plan{query}")))
        .await
}

#[tokio::test]
async fn the_plan_of_a_flat_leads_through_every_room_and_home() {
    let world = flat().await;
    let shown = plan(&world, "").await;
    let body = shown.json();
    assert_eq!(shown.status, 200, "{shown}");
    assert_eq!(
        (body["legs"].as_array().unwrap().len(), &body["recharges"]),
        (2, &json!(0))
    );
    assert!(body["coverage"].as_f64().unwrap() > 0.95, "{}", body["coverage"]);
    let (metres, minutes) = (
        body["metres"].as_f64().unwrap(),
        body["minutes"].as_f64().unwrap(),
    );
    assert!(
        (100.0..300.0).contains(&metres) && minutes > metres / 0.3 / 60.0,
        "{metres} m, {minutes} min"
    );
    let home = body["way_home"].as_array().unwrap().last().unwrap();
    assert!(home[0].as_i64().unwrap().abs() < 100 && home[1].as_i64().unwrap().abs() < 100);
    let ids: Vec<Value> = world
        .rooms()
        .await
        .iter()
        .map(|room| room["id"].clone())
        .collect();
    assert!(
        body["legs"]
            .as_array()
            .unwrap()
            .iter()
            .all(|leg| ids.contains(&leg["room"]))
    );
}

#[tokio::test]
async fn a_plan_for_one_room_is_shorter() {
    let world = flat().await;
    let room = world.rooms().await.remove(1);
    let one = plan(&world, &format!("?rooms={}", room["id"].as_str().unwrap()))
        .await
        .json();
    assert_eq!(
        (one["legs"].as_array().unwrap().len(), &one["legs"][0]["room"]),
        (1, &room["id"])
    );
    let all = plan(&world, "").await.json();
    assert!(one["minutes"].as_f64().unwrap() < 0.7 * all["minutes"].as_f64().unwrap());
}

#[tokio::test]
async fn a_plan_that_cannot_be_made_says_why() {
    let world = World::new().await;
    insta::assert_snapshot!(plan(&world, "").await, @r#"
    409 Conflict
    content-type: application/problem+json
    {
      "code": "no_plan",
      "detail": "there is no plan: no run has made a map of the floor yet",
      "status": 409,
      "title": "No plan",
      "type": "urn:sweepline:problem:no_plan"
    }
    "#);
    world.fold(drive(1), &two_rooms(&[])).await;
    let gone = RoomId::new(AT, 9);
    insta::assert_snapshot!(plan(&world, &format!("?rooms={gone}")).await, @r#"
    409 Conflict
    content-type: application/problem+json
    {
      "code": "rooms_changed",
      "detail": "the rooms have changed; read them again",
      "status": 409,
      "title": "The rooms have changed",
      "type": "urn:sweepline:problem:rooms_changed"
    }
    "#);
    assert_eq!(plan(&world, "?rooms=kitchen").await.code(), "rooms_changed");
    assert_eq!(plan(&world, "?floor=attic").await.status, 404);
    assert_eq!(world.get(Person::Carl, &world.at_home("/plan")).await.status, 404);
}

#[tokio::test]
async fn a_start_carries_the_plan_that_was_shown() {
    let world = flat().await;
    let shown = plan(&world, "").await.json();
    let answer = start(&world, "a", whole_home()).await.json();
    assert_eq!(answer["planned_minutes"], shown["minutes"]);
    let (command, plan) = sent(&world);
    let sent = plan.unwrap();
    assert_eq!((sent.legs().len(), command.rooms_version), (2, 1));
    assert_eq!(
        json!(sent.way_home().last().map(|point| [point.x, point.y])),
        *shown["way_home"].as_array().unwrap().last().unwrap()
    );
    let dock = start(&world, "b", json!({"type": "dock"})).await.json();
    assert_eq!(dock["planned_minutes"], Value::Null);
}

#[tokio::test]
async fn only_the_rooms_of_the_present_list_can_be_cleaned() {
    let world = flat().await;
    let listed = world.rooms().await;
    let good = start(&world, "a", rooms(&[&listed[0]["id"]])).await;
    assert_eq!(good.status, 202, "{good}");
    let plan = sent(&world).1.unwrap();
    let room: RoomId = listed[0]["id"].as_str().unwrap().parse().unwrap();
    assert!(plan.legs().iter().all(|leg| leg.room == Some(room)));
    let gone = json!(RoomId::new(AT, 9));
    world.pass(START_SETTLES);
    assert_eq!(
        start(&world, "b", rooms(&[&listed[0]["id"], &gone])).await.code(),
        "rooms_changed"
    );
    for (key, version, status) in [("c", 1, 202), ("d", 0, 409), ("e", 2, 409)] {
        let mut body = rooms(&[&listed[0]["id"]]);
        body["rooms_version"] = json!(version);
        world.pass(START_SETTLES);
        assert_eq!(start(&world, key, body).await.status, status, "version {version}");
    }
}

#[tokio::test]
async fn a_zone_is_cleaned_where_it_is_and_refused_where_it_cannot_be() {
    let world = flat().await;
    let good = start(
        &world,
        "a",
        zone(&[(500, 500), (2_000, 500), (2_000, 2_000), (500, 2_000)]),
    )
    .await;
    assert_eq!(good.status, 202, "{good}");
    assert!(sent(&world).1.unwrap().metres() < 40.0);
    world.pass(START_SETTLES);
    let crossing = start(
        &world,
        "b",
        zone(&[(0, 0), (2_000, 2_000), (2_000, 0), (0, 2_000)]),
    )
    .await;
    insta::assert_snapshot!(crossing, @r#"
    400 Bad Request
    content-type: application/problem+json
    {
      "code": "invalid_request",
      "detail": "scope.zones: must not cross itself",
      "field": "scope.zones",
      "status": 400,
      "title": "The request cannot be used",
      "type": "urn:sweepline:problem:invalid_request"
    }
    "#);
    let outside = start(&world, "c", zone(&[(90_000, 0), (91_000, 0), (91_000, 1_000)])).await;
    insta::assert_snapshot!(outside, @r#"
    400 Bad Request
    content-type: application/problem+json
    {
      "code": "invalid_request",
      "detail": "scope.zones: must lie on the map",
      "field": "scope.zones",
      "status": 400,
      "title": "The request cannot be used",
      "type": "urn:sweepline:problem:invalid_request"
    }
    "#);
    assert_eq!(world.devices.requests.lock().unwrap().len(), 1);
    let young = World::new().await;
    let early = start(&young, "a", zone(&[(0, 0), (900, 0), (900, 900)])).await;
    assert_eq!(early.code(), "no_plan", "{early}");
}

#[tokio::test]
async fn plans_keep_out_of_no_go_zones_and_minutes_follow_what_runs_took() {
    let world = flat().await;
    let free = plan(&world, "").await.json();
    let settings = json!({"upload_map": true, "child_lock": false, "restrictions": [
        {"kind": "no_go_zone", "corners": [{"x": 4_000, "y": 0}, {"x": 6_000, "y": 0}, {"x": 6_000, "y": 2_000}, {"x": 4_000, "y": 2_000}]},
    ]});
    let path = world.at_robot("/settings");
    let tag = world
        .get(Person::Anna, &path)
        .await
        .header("etag")
        .unwrap()
        .to_owned();
    let request = world
        .request(Method::PUT, &path)
        .bearer(&world.token(Person::Anna));
    assert_eq!(
        world
            .send(request.header("if-match", &tag).json(&settings))
            .await
            .status,
        200
    );
    let kept_out = plan(&world, "").await.json();
    let inside = |point: &Value| {
        let within = |value: &Value, from, to| (from..to).contains(&value.as_i64().unwrap());
        within(&point[0], 4_000, 6_000) && within(&point[1], 0, 2_000)
    };
    let mut points = kept_out["legs"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|leg| leg["path"].as_array().unwrap());
    assert!(!points.any(inside));
    assert!(kept_out["minutes"].as_f64() < free["minutes"].as_f64());

    let command = start(&world, "a", whole_home()).await.json();
    let planned = command["planned_minutes"].as_f64().unwrap();
    let asked = Drive {
        n: 2,
        command: Some(command["id"].as_str().unwrap().parse().unwrap()),
        minutes: (1.5 * planned) as u64,
    };
    world.fold(asked, &two_rooms(&[])).await;
    let slower = plan(&world, "").await.json()["minutes"].as_f64().unwrap();
    assert!(
        (slower / planned - 1.5).abs() < 0.1,
        "{planned} min planned, {slower} min later"
    );
}

#[tokio::test]
async fn a_second_floor_has_rooms_and_plans_of_its_own() {
    let world = flat().await;
    let first = world.rooms().await;
    assert!(world.fold(drive(2), &attic()).await.vote.is_none());
    let joined = world
        .fold(drive(3), &attic().transformed(&Pose::new(0.4, 0.2, 0.1)))
        .await
        .vote
        .unwrap();
    assert_eq!(joined.n, 2);
    let both = plan(&world, "").await;
    assert_eq!(
        (both.status.as_u16(), &both.json()["field"]),
        (400, &json!("floor"))
    );
    let above = plan(&world, &format!("?floor={}", joined.floor)).await.json();
    assert_eq!(above["floor"], json!(joined.floor));
    let ids: Vec<&Value> = first.iter().map(|room| &room["id"]).collect();
    assert!(
        above["legs"]
            .as_array()
            .unwrap()
            .iter()
            .all(|leg| !ids.contains(&&leg["room"]))
    );
    assert_eq!(world.rooms().await, first);
    let here = start(&world, "a", whole_home()).await;
    assert_eq!(
        (here.status.as_u16(), sent(&world).1.unwrap().floor()),
        (202, joined.floor)
    );
    world.pass(START_SETTLES);
    assert_eq!(start(&world, "b", rooms(&[ids[0]])).await.code(), "rooms_changed");
}
