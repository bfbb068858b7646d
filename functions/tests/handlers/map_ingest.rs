use domain::receipt::ReceiptKind;
use domain::run::RunState;
use functions::HandlerError;
use serde_json::{Value, json};
use wire::{MAX_PAYLOAD_BYTES, run_event};

use crate::world::{NOW, World};

#[tokio::test]
async fn tiles_are_stored_and_the_last_one_seals_the_run() {
    let world = World::new();
    let finish = world.event(&run_event::encode(&world.finish()));
    world.run_reports().handle(&finish, NOW).await.unwrap();
    let wanted = world.memory.look().receipts[0].1.kind.clone();
    assert!(matches!(wanted, ReceiptKind::Wanted { tiles, .. } if tiles.len() == 1));
    world
        .map_ingest()
        .handle(&world.event(&world.pack().encode()), NOW)
        .await
        .unwrap();
    let shelves = world.memory.look();
    assert_eq!(shelves.runs[&world.run].state, RunState::Sealed);
    assert!(matches!(shelves.receipts[1].1.kind, ReceiptKind::Confirmed { run } if run == world.run));
    assert!(shelves.incidents.is_empty());
}

async fn refusal_of(world: &World, event: &Value) -> String {
    world.map_ingest().handle(event, NOW).await.unwrap();
    let mut refusals = world.refusals("map_ingest");
    assert!(world.memory.look().run_tiles.is_empty());
    assert_eq!(refusals.len(), 1, "{refusals:?}");
    refusals.remove(0)
}

#[tokio::test]
async fn payloads_that_are_no_packs_are_recorded_and_acknowledged() {
    let good = World::new().pack().encode();
    let mut newer = good.clone();
    newer[0] = 2;
    let mut longer = good.clone();
    longer.push(0);
    let too_large = vec![1; MAX_PAYLOAD_BYTES + 1];
    let cases = [
        (vec![], "v: the payload ends within it"),
        (newer, "v: version 2 is not known"),
        (
            good[..good.len() - 1].to_vec(),
            "tiles.cells: the payload ends within it",
        ),
        (good[..20].to_vec(), "run: the payload ends within it"),
        (longer, "payload: 1 bytes follow its last field"),
        (too_large, "payload: has 131073 bytes, the limit is 131072"),
    ];
    for (payload, expected) in cases {
        let world = World::new();
        let refusal = refusal_of(&world, &world.event(&payload)).await;
        assert!(refusal.starts_with(expected), "{refusal}");
    }
}

#[tokio::test]
async fn cells_that_cannot_be_expanded_are_refused_to_the_robot() {
    let world = World::new();
    let mut pack = world.pack();
    pack.tiles[0].cells = vec![0xFF; 40];
    let refusal = refusal_of(&world, &world.event(&pack.encode())).await;
    assert!(refusal.starts_with("tiles[0,0].cells:"), "{refusal}");
    told_to_set_aside(&world, "tiles[0,0].cells");
}

#[tokio::test]
async fn a_cut_pack_is_refused_to_the_robot_as_long_as_its_run_can_be_read() {
    let world = World::new();
    let mut payload = world.pack().encode();
    payload.truncate(50);
    refusal_of(&world, &world.event(&payload)).await;
    told_to_set_aside(&world, "tiles.cells");
}

#[tokio::test]
async fn an_earlier_owners_tiles_are_refused() {
    let world = World::new();
    let mut pack = world.pack();
    pack.pairing = domain::id::PairingId::new(NOW, 99);
    let refusal = refusal_of(&world, &world.event(&pack.encode())).await;
    assert_eq!(refusal, "pairing: is not the robot's present pairing");
    let receipt = world.memory.look().receipts[0].1.clone();
    assert_eq!(receipt.pairing, Some(pack.pairing));
}

#[tokio::test]
async fn events_that_the_rule_would_not_make_are_recorded() {
    for (field, value, expected) in [
        ("robot", json!("robot_01BX5ZZKBKACTAV9WEVGEMMVRZ"), "topic:"),
        ("clientId", json!("app_lease"), "clientId:"),
        ("data", json!("%"), "data: must be base64"),
        ("data", json!(7), "event:"),
        ("ts", json!(null), "event:"),
    ] {
        let world = World::new();
        let mut event = world.event(&world.pack().encode());
        event[field] = value;
        let refusal = refusal_of(&world, &event).await;
        assert!(refusal.starts_with(expected), "{refusal}");
        assert!(world.memory.look().receipts.is_empty());
    }
}

#[tokio::test]
async fn an_outage_is_an_error_and_the_event_may_come_again() {
    let world = World::new();
    let handler = world.map_ingest();
    let (good, bad) = (world.event(&world.pack().encode()), world.event(b""));
    world.memory.fail();
    assert!(matches!(
        handler.handle(&good, NOW).await,
        Err(HandlerError::Store(_))
    ));
    assert!(matches!(
        handler.handle(&bad, NOW).await,
        Err(HandlerError::Store(_))
    ));
    world.memory.recover();
    handler.handle(&good, NOW).await.unwrap();
    handler.handle(&good, NOW).await.unwrap();
    assert_eq!(world.memory.look().run_tiles.len(), 1);
}

fn told_to_set_aside(world: &World, expected: &str) {
    let shelves = world.memory.look();
    let [(robot, receipt)] = shelves.receipts.as_slice() else {
        panic!("{:?}", shelves.receipts)
    };
    assert_eq!((*robot, receipt.pairing), (world.robot, Some(world.pairing)));
    let ReceiptKind::Refused { run, field, .. } = &receipt.kind else {
        panic!("{receipt:?}")
    };
    assert_eq!((*run, field.as_str()), (world.run, expected));
}
