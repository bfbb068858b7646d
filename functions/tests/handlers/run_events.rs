use domain::id::FloorId;
use domain::placement::Placed;
use domain::receipt::ReceiptKind;
use domain::run::{RunEvent, RunEventKind, RunState};
use functions::HandlerError;
use mapping::pose::Pose;
use wire::{MAX_PAYLOAD_BYTES, run_event};

use crate::world::{NOW, World};

async fn handle(world: &World, payload: &[u8]) -> Vec<String> {
    world
        .run_reports()
        .handle(&world.event(payload), NOW)
        .await
        .unwrap();
    world.refusals("run_events")
}

#[tokio::test]
async fn a_run_is_known_from_its_first_event_on() {
    let world = World::new();
    let started = RunEvent {
        seq: 0,
        kind: RunEventKind::Started,
        ..world.finish()
    };
    assert!(handle(&world, &run_event::encode(&started)).await.is_empty());
    assert_eq!(world.memory.look().runs[&world.run].state, RunState::Running);
    assert!(world.memory.look().receipts.is_empty());
}

#[tokio::test]
async fn a_run_is_where_the_robot_says_until_it_has_voted() {
    let world = World::new();
    let said = Placed {
        floor: FloorId::new(NOW, 8),
        alignment: Pose::new(0.5, -1.25, 0.75),
    };
    let located = RunEvent {
        seq: 0,
        kind: RunEventKind::Located(said),
        ..world.finish()
    };
    for event in [located, world.finish()] {
        assert!(handle(&world, &run_event::encode(&event)).await.is_empty());
        let run = world.memory.look().runs[&world.run].clone();
        assert_eq!(run.located.map(|place| place.floor), Some(said.floor));
        assert_eq!(run.vote, None);
    }
}

#[tokio::test]
async fn payloads_that_are_no_run_events_are_recorded_and_acknowledged() {
    let text = String::from_utf8(run_event::encode(&World::new().finish())).unwrap();
    let cases = [
        (String::new(), "payload:"),
        ("{\"v\":1".to_owned(), "payload:"),
        ("\u{1}\u{2}".to_owned(), "payload:"),
        (text.replace("\"v\":1", "\"v\":2"), "v: version 2"),
        (text.replace("\"area_cm2\":10000", "\"area_cm2\":NaN"), "payload:"),
        (text.replace("\"area_cm2\":10000", "\"area_cm2\":-1"), "payload:"),
        (text.replace("\"seq\":1", "\"seq\":\"1\""), "payload:"),
        (
            text.replace("\"track\":[0", "\"track\":[0,0"),
            "track: must have pairs",
        ),
        (
            text.replace("[0,0,1]", "[0,0,1],[0,0,2]"),
            "manifest.tiles: must name each tile once",
        ),
        (" ".repeat(MAX_PAYLOAD_BYTES + 1), "payload: has 131073 bytes"),
    ];
    for (payload, expected) in cases {
        let world = World::new();
        let refusals = handle(&world, payload.as_bytes()).await;
        assert!(
            refusals.len() == 1 && refusals[0].starts_with(expected),
            "{expected} {refusals:?}"
        );
        assert!(world.memory.look().runs.is_empty());
    }
}

#[tokio::test]
async fn a_robot_hears_what_of_its_run_was_refused() {
    let world = World::new();
    let text = String::from_utf8(run_event::encode(&world.finish())).unwrap();
    handle(&world, text.replace("[0,0,1]", "[0,0,1],[0,0,2]").as_bytes()).await;
    let shelves = world.memory.look();
    let ReceiptKind::Refused { run, field, .. } = &shelves.receipts[0].1.kind else {
        panic!()
    };
    assert_eq!((*run, field.as_str()), (world.run, "manifest.tiles"));
}

#[tokio::test]
async fn tiles_that_do_not_give_the_digest_are_refused() {
    let world = World::new();
    world
        .map_ingest()
        .handle(&world.event(&world.pack().encode()), NOW)
        .await
        .unwrap();
    let text = String::from_utf8(run_event::encode(&world.finish())).unwrap();
    let digest = text
        .split("\"digest\":\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let forged = text.replace(digest, &"0".repeat(64));
    let refusals = handle(&world, forged.as_bytes()).await;
    assert_eq!(refusals, ["digest: is not that of the tiles that were sent"]);
    assert_eq!(world.memory.look().runs[&world.run].state, RunState::Finished);
}

#[tokio::test]
async fn an_outage_is_an_error() {
    let world = World::new();
    world.memory.fail();
    let event = world.event(&run_event::encode(&world.finish()));
    assert!(matches!(
        world.run_reports().handle(&event, NOW).await,
        Err(HandlerError::Store(_))
    ));
}
