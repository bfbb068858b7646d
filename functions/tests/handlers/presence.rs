use functions::HandlerError;
use serde_json::{Value, json};

use crate::world::{NOW, World};

/// What the broker says when a client has connected.
pub fn connected(client: &str) -> Value {
    json!({
        "clientId": client, "timestamp": NOW.millis(), "eventType": "connected", "sessionIdentifier": "s-1",
        "principalIdentifier": "1f", "ipAddress": "192.0.2.0", "versionNumber": 3,
    })
}

#[tokio::test]
async fn a_robot_comes_and_goes() {
    let world = World::new();
    let mut event = connected(&world.robot.to_string());
    world.presence_events().handle(&event, NOW).await.unwrap();
    assert!(world.memory.look().presence[&world.robot].connected);
    event["eventType"] = json!("disconnected");
    event["disconnectReason"] = json!("CONNECTION_LOST");
    world.presence_events().handle(&event, NOW).await.unwrap();
    let presence = world.memory.look().presence[&world.robot].clone();
    assert_eq!(
        (presence.connected, presence.reason.as_deref()),
        (false, Some("CONNECTION_LOST"))
    );
    assert!(world.refusals("presence").is_empty());
}

#[tokio::test]
async fn phones_and_claims_are_not_robots() {
    let world = World::new();
    for client in [
        "app_lease_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "claim_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "186b5",
    ] {
        world
            .presence_events()
            .handle(&connected(client), NOW)
            .await
            .unwrap();
    }
    assert!(world.memory.look().presence.is_empty() && world.refusals("presence").is_empty());
}

#[tokio::test]
async fn events_without_sense_are_recorded_and_acknowledged() {
    let robot = World::new().robot.to_string();
    for (field, value, expected) in [
        ("clientId", json!("robot_x"), "clientId: not a robot id"),
        ("clientId", json!(7), "event:"),
        ("eventType", json!("subscribed"), "event:"),
        ("versionNumber", json!(-1), "event:"),
        ("timestamp", json!("now"), "event:"),
    ] {
        let world = World::new();
        let mut event = connected(&robot);
        event[field] = value;
        world.presence_events().handle(&event, NOW).await.unwrap();
        let refusals = world.refusals("presence");
        assert!(
            refusals.len() == 1 && refusals[0].starts_with(expected),
            "{refusals:?}"
        );
    }
}

#[tokio::test]
async fn an_outage_is_an_error() {
    let world = World::new();
    world.memory.fail();
    let event = connected(&world.robot.to_string());
    assert!(matches!(
        world.presence_events().handle(&event, NOW).await,
        Err(HandlerError::Store(_))
    ));
}
