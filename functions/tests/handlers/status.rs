use domain::receipt::ReceiptKind;
use domain::status::RobotState;
use functions::HandlerError;
use serde_json::{Value, json};

use crate::world::{NOW, World};

/// What a robot says of itself.
pub fn report(world: &World) -> Value {
    json!({
        "v": 1, "pairing": world.pairing, "boot": 1, "seq": 0, "state": "docked", "battery": 81,
        "firmware": "0.1.0", "model": "sim", "settings_version": 0, "nonce": "n-1",
    })
}

async fn handle(world: &World, payload: &[u8]) -> Vec<String> {
    world
        .status_reports()
        .handle(&world.event(payload), NOW)
        .await
        .unwrap();
    world.refusals("status")
}

#[tokio::test]
async fn a_report_is_stored_answered_and_brings_settings() {
    let world = World::new();
    assert!(
        handle(&world, report(&world).to_string().as_bytes())
            .await
            .is_empty()
    );
    let shelves = world.memory.look();
    let status = &shelves.status[&world.robot];
    assert_eq!((status.state, status.received_at), (RobotState::Docked, NOW));
    assert!(
        matches!(&shelves.receipts[0].1.kind, ReceiptKind::Time { nonce, now } if nonce == "n-1" && *now == NOW)
    );
    assert_eq!(shelves.posted_settings, [(world.robot, 1)]);
}

#[tokio::test]
async fn reports_that_make_no_sense_are_recorded_and_acknowledged() {
    for (field, value, expected) in [
        ("v", json!(2), "v: version 2"),
        ("battery", json!(101), "battery: must be 0 to 100 percent, is 101"),
        ("battery", json!(-1), "payload:"),
        ("state", json!("flying"), "payload:"),
        ("nonce", json!(""), "nonce:"),
        ("firmware", json!("x".repeat(500)), "firmware:"),
        ("capabilities", json!(vec!["mop"; 500]), "capabilities:"),
    ] {
        let world = World::new();
        let mut report = report(&world);
        report[field] = value;
        let refusals = handle(&world, report.to_string().as_bytes()).await;
        assert!(
            refusals.len() == 1 && refusals[0].starts_with(expected),
            "{expected} {refusals:?}"
        );
        assert!(world.memory.look().status.is_empty());
    }
}

#[tokio::test]
async fn a_robot_of_another_installation_is_refused() {
    let world = World::new();
    world.memory.look().robots.clear();
    let refusals = handle(&world, report(&world).to_string().as_bytes()).await;
    assert_eq!(refusals, ["client: is not a robot of this installation"]);
}

#[tokio::test]
async fn an_outage_is_an_error() {
    let world = World::new();
    world.memory.fail();
    let event = world.event(report(&world).to_string().as_bytes());
    assert!(matches!(
        world.status_reports().handle(&event, NOW).await,
        Err(HandlerError::Store(_))
    ));
}
