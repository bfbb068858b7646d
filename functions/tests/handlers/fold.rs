use functions::HandlerError;
use serde_json::{Value, json};
use wire::run_event;

use crate::world::{NOW, World};

fn record(pk: &str, sk: &str) -> Value {
    let keys = json!({"pk": {"S": pk}, "sk": {"S": sk}});
    json!({"eventName": "MODIFY", "dynamodb": {"Keys": keys, "SequenceNumber": "1"}})
}

fn record_of_the_run(world: &World) -> Value {
    record(
        &format!("H#{}", world.home),
        &format!("RUN#{}#{}", world.robot, world.run),
    )
}

async fn sealed() -> World {
    let world = World::new();
    world
        .map_ingest()
        .handle(&world.event(&world.pack().encode()), NOW)
        .await
        .unwrap();
    world
        .run_reports()
        .handle(&world.event(&run_event::encode(&world.finish())), NOW)
        .await
        .unwrap();
    world
}

#[tokio::test]
async fn a_sealed_run_votes_once_however_often_its_record_comes() {
    let world = sealed().await;
    let event = json!({"Records": [record_of_the_run(&world), record_of_the_run(&world)]});
    world.fold().handle(&event, NOW).await.unwrap();
    world.fold().handle(&event, NOW).await.unwrap();
    let shelves = world.memory.look();
    assert_eq!(shelves.runs[&world.run].vote.unwrap().n, 1);
    assert_eq!(
        shelves.folds.values().map(|fold| fold.closed).collect::<Vec<_>>(),
        [1]
    );
    assert!(shelves.floor_maps.len() == 1 && shelves.incidents.is_empty());
}

#[tokio::test]
async fn a_record_of_something_else_does_not_hold_up_the_others() {
    let world = sealed().await;
    let strange = [
        json!(1),
        json!({"dynamodb": {}}),
        record("H#x", "RUN#y#z"),
        record("", ""),
    ];
    let mut records = strange.to_vec();
    records.push(record_of_the_run(&world));
    world
        .fold()
        .handle(&json!({"Records": records}), NOW)
        .await
        .unwrap();
    assert_eq!(world.refusals("fold").len(), strange.len());
    assert!(world.memory.look().runs[&world.run].vote.is_some());
    world.fold().handle(&json!({}), NOW).await.unwrap();
    assert_eq!(world.refusals("fold").len(), strange.len() + 1);
}

#[tokio::test]
async fn an_outage_is_an_error_and_the_vote_is_made_up_for() {
    let world = sealed().await;
    let event = json!({"Records": [record_of_the_run(&world)]});
    world.memory.fail();
    assert!(matches!(
        world.fold().handle(&event, NOW).await,
        Err(HandlerError::Store(_))
    ));
    world.memory.recover();
    world.fold().handle(&event, NOW).await.unwrap();
    assert!(world.memory.look().runs[&world.run].vote.is_some());
}
