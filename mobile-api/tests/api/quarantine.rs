//! A robot that was cut off: who sees it, and who lets it in again.

use domain::Timestamp;
use domain::ports::{HealthStore, RobotStore};
use domain::quarantine::{Quarantine, QuarantineReason};
use domain::robot::{Certificate, Robot};
use http::Method;
use serde_json::json;

use crate::world::{AT, Person, World};

/// The robot with a certificate, cut off.
async fn cut_off(world: &World) -> Robot {
    let quarantine = Quarantine {
        since: AT,
        reason: QuarantineReason::TooManyMessages,
    };
    let certificate = Certificate {
        id: "ab".into(),
        not_after: Timestamp::from_millis(i64::MAX),
        successor: None,
        quarantine: Some(quarantine),
    };
    let robot = Robot {
        certificate: Some(certificate),
        ..world.paired()
    };
    world
        .store
        .put_robot(&robot, Some(&world.paired()))
        .await
        .unwrap();
    world
        .store
        .put_quarantine(robot.id, Some(&quarantine))
        .await
        .unwrap();
    robot
}

#[tokio::test]
async fn owner_and_operator_see_why_and_an_operator_alone_lifts_it() {
    let world = World::new().await;
    let robot = cut_off(&world).await;
    let shown = json!({"since": "2026-09-21T14:13:20.000Z", "reason": "too_many_messages"});
    let owners = world.get(Person::Anna, &world.at_robot("")).await.json();
    assert_eq!(owners["quarantine"], shown);
    let fleet = world.get(Person::Olga, "/v1/fleet/robots").await.json();
    assert_eq!(fleet["items"][0]["quarantine"], shown);

    let path = format!("/v1/fleet/robots/{}/quarantine", robot.id);
    assert_eq!(world.ask(Person::Anna, Method::DELETE, &path).await.status, 403);
    assert_eq!(world.ask(Person::Olga, Method::DELETE, &path).await.status, 204);
    assert_eq!(*world.devices.reinstated.lock().unwrap(), [robot.id]);
    let stored = world.store.robot(robot.id).await.unwrap().unwrap();
    assert!(stored.certificate.unwrap().admits("ab"));
    let owners = world.get(Person::Anna, &world.at_robot("")).await.json();
    assert!(owners["quarantine"].is_null());
    assert_eq!(world.ask(Person::Olga, Method::DELETE, &path).await.status, 204);
}
