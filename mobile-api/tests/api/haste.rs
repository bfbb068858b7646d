//! What comes faster than a person asks: nothing of it costs or moves more than a person could make it.

use std::time::Duration;

use domain::command::START_SETTLES;
use domain::command_log::{MAX_REMEMBERED, RATE_WINDOW, STOP_REPEATS, STOP_REPEATS_IN_HASTE};
use domain::ports::Delivery;
use http::Method;
use mobile_api::{CHANGE_SHARE_BYTES, CHANGES_WINDOW, MAX_CHANGES};
use serde_json::{Value, json};

use crate::commands::{issue, start};
use crate::world::{Answer, Person, World};
use hostile::Row;

/// Commands with the same token, each with a key of its own.
const BURST: usize = 100;

fn sent(world: &World) -> usize {
    world.devices.requests.lock().unwrap().len()
}

fn locate() -> Value {
    json!({"type": "locate"})
}

async fn rename(world: &World, person: Person, name: &str) -> Answer {
    let request = world.request(Method::PATCH, &world.at_robot(""));
    let body = json!({"name": name});
    let length = body.to_string().len().to_string();
    let request = request.bearer(&world.token(person)).json(&body);
    world.send(request.header("content-length", &length)).await
}

/// A hundred starts in a second, none of which the robot tells of; `pause` is what passes between two.
async fn starts_that_reach_the_robot(pause: Duration) -> Row {
    let mut row = Row::new("C15 cloud");
    let world = World::new().await;
    for start_of in 0..BURST {
        issue(&world, &start_of.to_string(), &start()).await;
        row.add(sent(&world) <= 1, || format!("start {start_of}"));
        world.pass(pause);
    }
    row
}

#[tokio::test]
async fn c15_of_a_hundred_starts_in_a_second_one_is_sent() {
    starts_that_reach_the_robot(Duration::from_millis(10))
        .await
        .hold(100);
}

#[tokio::test]
async fn c15_finds_the_bug_that_is_built_in() {
    // As if a start settled before the next one came.
    starts_that_reach_the_robot(START_SETTLES)
        .await
        .catches("a start that nothing holds up");
}

#[tokio::test]
async fn the_start_after_another_says_that_the_robot_is_busy_until_that_is_settled() {
    let world = World::new().await;
    assert_eq!(issue(&world, "a", &start()).await.status, 202);
    assert_eq!(issue(&world, "b", &start()).await.code(), "robot_busy");
    assert_eq!(
        issue(&world, "c", &locate()).await.status,
        202,
        "it can still be found"
    );
    world.pass(START_SETTLES);
    assert_eq!(issue(&world, "d", &start()).await.status, 202);
}

#[tokio::test]
async fn a_robot_gets_so_many_commands_in_a_minute_and_every_stop() {
    let world = World::new().await;
    for key in 0..MAX_REMEMBERED {
        assert_eq!(issue(&world, &key.to_string(), &locate()).await.status, 202);
    }
    let refused = issue(&world, "more", &locate()).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code().as_str()),
        (429, "too_many_requests")
    );
    assert_eq!(refused.header("retry-after"), Some("60"));
    let stop = json!({"type": "stop"});
    assert_eq!(issue(&world, "stop", &stop).await.status, 202);
    assert_eq!(sent(&world), MAX_REMEMBERED + 1);
    world.pass(STOP_REPEATS);
    assert_eq!(issue(&world, "stop 2", &stop).await.status, 202);
    assert_eq!(sent(&world), MAX_REMEMBERED + 1, "nobody's hand sends so much");
    world.pass(STOP_REPEATS_IN_HASTE);
    assert_eq!(issue(&world, "stop 3", &stop).await.status, 202);
    assert_eq!(sent(&world), MAX_REMEMBERED + 2);
    world.pass(RATE_WINDOW);
    assert_eq!(issue(&world, "later", &locate()).await.status, 202);
}

#[tokio::test]
async fn stops_of_one_second_are_one_once_it_has_arrived() {
    let world = World::new().await;
    let stop = json!({"type": "stop"});
    let first = issue(&world, "0", &stop).await.json();
    for key in 1..BURST {
        assert_eq!(
            issue(&world, &key.to_string(), &stop).await.json()["id"],
            first["id"]
        );
    }
    assert_eq!(sent(&world), 1);
    world.pass(STOP_REPEATS);
    assert_ne!(issue(&world, "a", &stop).await.json()["id"], first["id"]);
    *world.devices.delivery.lock().unwrap() = Some(Delivery::Unconfirmed);
    world.pass(STOP_REPEATS);
    issue(&world, "b", &stop).await;
    issue(&world, "c", &stop).await;
    assert_eq!(sent(&world), 4, "a stop that may be lost is sent again");
}

#[tokio::test]
async fn one_person_changes_so_much_in_a_minute_and_nobody_else_waits_for_it() {
    let world = World::new().await;
    for _ in 0..MAX_CHANGES {
        assert_eq!(rename(&world, Person::Anna, "Robbie").await.status, 200);
    }
    let refused = rename(&world, Person::Anna, "Robbie").await;
    assert_eq!(
        (refused.status.as_u16(), refused.header("retry-after")),
        (429, Some("60"))
    );
    assert_eq!(issue(&world, "k", &json!({"type": "stop"})).await.status, 202);
    assert_eq!(world.get(Person::Anna, &world.at_robot("")).await.status, 200);
    assert_ne!(rename(&world, Person::Carl, "Robbie").await.status, 429);
    world.pass(CHANGES_WINDOW);
    assert_eq!(rename(&world, Person::Anna, "Robbie").await.status, 200);
}

#[tokio::test]
async fn a_large_change_counts_for_many() {
    let world = World::new().await;
    let name = "x".repeat(usize::try_from(CHANGE_SHARE_BYTES).unwrap() * 40);
    for _ in 0..MAX_CHANGES.div_ceil(40) {
        assert_eq!(rename(&world, Person::Anna, &name).await.status, 400);
    }
    assert_eq!(rename(&world, Person::Anna, "Robbie").await.status, 429);
}
