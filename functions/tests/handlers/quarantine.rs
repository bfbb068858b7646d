//! A robot that sends more than any true one is marked, told apart from the others, and cut off.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Timestamp;
use domain::id::RobotId;
use domain::quarantine::{MAX_WEIGHT_PER_MINUTE, MESSAGE_WEIGHT, TOLD_WEIGHT};
use domain::robot::Certificate;
use domain::usecase::Quarantining;
use functions::Quarantines;
use serde_json::{Value, json};

use crate::world::{NOW, World};

/// A home whose robots have certificates.
fn world() -> World {
    let world = World::new();
    certify(&world, world.robot);
    world
}

fn certify(world: &World, robot: RobotId) {
    let mut shelves = world.memory.look();
    shelves.robots.get_mut(&robot).unwrap().certificate = Some(Certificate {
        id: robot.to_string(),
        not_after: NOW.plus(Duration::from_secs(1)),
        successor: None,
        quarantine: None,
    });
}

fn is_marked(world: &World, robot: RobotId) -> bool {
    world.memory.look().robots[&robot].quarantine().is_some()
}

fn event(robot: RobotId, payload: &[u8], at: Timestamp) -> Value {
    let (data, trace) = (STANDARD.encode(payload), at.millis().to_string());
    json!({"data": data, "clientId": robot, "robot": robot, "trace": trace, "ts": at.millis()})
}

fn status(seq: u32) -> Vec<u8> {
    let report = json!({
        "v": 1, "boot": 1, "seq": seq, "state": "docked", "battery": 90, "firmware": "1", "model": "test",
        "settings_version": 1,
    });
    report.to_string().into_bytes()
}

/// Sends what cannot be read until the robot is marked; gives after how many messages.
async fn flood(world: &World, robot: RobotId, every: Duration, most: u64) -> Option<u64> {
    let handler = world.status_reports();
    for n in 0..most {
        let at = NOW.plus(every * u32::try_from(n).unwrap());
        handler.handle(&event(robot, &[0xff], at), at).await.unwrap();
        if is_marked(world, robot) {
            return Some(n);
        }
    }
    None
}

#[tokio::test]
async fn a_flood_is_marked_within_seconds_and_nothing_of_it_is_taken_any_more() {
    let world = world();
    let sent = flood(&world, world.robot, Duration::from_millis(10), 1_000).await;
    assert!(sent.is_some_and(|sent| sent < 300), "{sent:?}");
    let incidents = world.memory.look().incidents.len();
    let at = NOW.plus(Duration::from_secs(120));
    let report = event(world.robot, &status(1), at);
    world.status_reports().handle(&report, at).await.unwrap();
    assert!(world.memory.look().status.is_empty());
    assert_eq!(
        world.memory.look().incidents.len(),
        incidents,
        "which would cost more"
    );
}

#[tokio::test]
async fn a_robot_that_sends_a_message_every_second_is_none_that_floods() {
    let world = world();
    assert!(u64::from(MESSAGE_WEIGHT) * 60 > u64::from(TOLD_WEIGHT));
    let handler = world.status_reports();
    for second in 0..300 {
        let at = NOW.plus(Duration::from_secs(second.into()));
        handler
            .handle(&event(world.robot, &status(second), at), at)
            .await
            .unwrap();
    }
    assert!(!is_marked(&world, world.robot));
    assert!(
        world
            .memory
            .look()
            .flows
            .values()
            .all(|sum| *sum <= MAX_WEIGHT_PER_MINUTE)
    );
}

#[tokio::test]
async fn what_has_waited_on_a_robot_for_weeks_comes_within_a_minute_and_is_taken() {
    let world = world();
    let handler = world.status_reports();
    for seq in 0..1_000 {
        let at = NOW.plus(Duration::from_millis(50) * seq);
        let report = event(world.robot, &status(seq), at);
        handler.handle(&report, at).await.unwrap();
    }
    assert!(!is_marked(&world, world.robot));
}

#[tokio::test]
async fn what_a_true_robot_sends_at_rest_is_not_written_down() {
    let world = world();
    let handler = world.status_reports();
    for minute in 0..10 {
        for seq in 0..5 {
            let at = NOW.plus(Duration::from_secs(minute * 60));
            let report = event(world.robot, &status(seq), at);
            handler.handle(&report, at).await.unwrap();
        }
    }
    assert!(world.memory.look().flows.is_empty());
}

#[tokio::test]
async fn one_that_floods_is_cut_off_and_others_are_not() {
    let world = world();
    let other = world.add_robot(9);
    certify(&world, other);
    flood(&world, world.robot, Duration::from_millis(10), 1_000)
        .await
        .unwrap();
    assert!(!is_marked(&world, other));
    let quarantining = Quarantining {
        robots: world.memory.clone(),
        health: world.memory.clone(),
        registry: world.memory.clone(),
    };
    let handler = Quarantines::new(quarantining.clone(), world.memory.clone());
    let record = |robot: RobotId| {
        let keys = json!({"pk": {"S": format!("R#{robot}")}, "sk": {"S": "META"}});
        json!({"Records": [{"dynamodb": {"Keys": keys}}]})
    };
    handler.handle(&record(other), NOW).await.unwrap();
    handler.handle(&record(world.robot), NOW).await.unwrap();
    let cut: Vec<_> = world.memory.look().suspended.iter().copied().collect();
    assert_eq!(cut, [world.robot]);
    assert!(world.memory.look().quarantine.contains_key(&world.robot));

    quarantining.lift(world.robot).await.unwrap();
    // A record that comes late cuts nobody off again.
    handler.handle(&record(world.robot), NOW).await.unwrap();
    assert!(world.memory.look().suspended.is_empty());
    assert!(!is_marked(&world, world.robot));
}
