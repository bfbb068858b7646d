//! Folds that are killed, that run beside each other, and that read what is old: the result is always the same.

use mapping::pose::Pose;
use memory_store::Shelves;
use serde_json::Value;

use crate::flats::{attic, ground_floor};
use crate::world::{NOW, World};

/// The ground floor with a chair that moves, twice the attic, the ground floor again.
fn week(world: &World) -> Vec<Value> {
    let moved = |map: mapping::RunMap| map.transformed(&Pose::new(0.2, -0.1, 0.05));
    let runs = [
        ground_floor(&[(10, 10)]),
        ground_floor(&[(30, 30)]),
        attic(&[]),
        moved(attic(&[(100, 5)])),
        moved(ground_floor(&[])),
    ];
    (1..)
        .zip(&runs)
        .map(|(n, run)| world.seal(world.robot, n, run))
        .collect()
}

/// All that must not depend on how the folds went; what was posted to robots may come twice.
fn kept(world: &World) -> impl PartialEq + use<> {
    let Shelves {
        runs,
        floors,
        folds,
        home_sheets,
        floor_maps,
        objects,
        plans,
        places,
        candidates,
        robots,
        settings,
        ..
    } = world.memory.look().clone();
    let derived = (floor_maps, objects, plans, settings);
    (
        runs,
        floors,
        folds,
        home_sheets,
        places,
        candidates,
        robots,
        derived,
    )
}

async fn fold_all(world: &World, events: &[Value]) {
    for event in events {
        world.fold().handle(event, NOW).await.unwrap();
    }
}

/// Folds one run, killed after each write in turn, on copies of the home.
async fn kill_everywhere(world: &World, event: &Value) {
    let whole = world.copy();
    fold_all(&whole, std::slice::from_ref(event)).await;
    for writes in 0.. {
        let broken = world.copy();
        broken.memory.fail_after(writes);
        let was_killed = broken.fold().handle(event, NOW).await.is_err();
        broken.memory.recover();
        fold_all(&broken, std::slice::from_ref(event)).await;
        assert!(kept(&broken) == kept(&whole), "after {writes} writes");
        if !was_killed {
            return assert!(writes > 0);
        }
    }
}

#[tokio::test]
async fn a_fold_killed_after_any_write_ends_as_if_it_never_was() {
    let world = World::new();
    let events = week(&world);
    let [founds, votes, parks, joins, ..] = events.as_slice() else {
        panic!("a week has five runs")
    };
    kill_everywhere(&world, founds).await;
    fold_all(&world, &[founds.clone(), votes.clone()]).await;
    kill_everywhere(&world, parks).await;
    fold_all(&world, std::slice::from_ref(parks)).await;
    kill_everywhere(&world, joins).await;
    fold_all(&world, std::slice::from_ref(joins)).await;
    let shelves = world.memory.look();
    let votes: Vec<u32> = shelves.folds.values().map(|fold| fold.closed).collect();
    assert_eq!(votes, [2, 2]);
}

#[tokio::test]
async fn a_killed_fold_is_finished_by_the_next_run() {
    let world = World::new();
    let events = week(&world);
    let (first, second) = (&events[0..1], &events[1..2]);
    let whole = world.copy();
    fold_all(&whole, &events[0..2]).await;
    for writes in 3..12 {
        let broken = world.copy();
        broken.memory.fail_after(writes);
        assert!(broken.fold().handle(&first[0], NOW).await.is_err());
        broken.memory.recover();
        fold_all(&broken, second).await;
        fold_all(&broken, first).await;
        assert!(kept(&broken) == kept(&whole), "after {writes} writes");
    }
}

#[tokio::test]
async fn old_reads_change_nothing() {
    let (fresh, stale) = (World::new(), World::new());
    stale.memory.read_stale();
    fold_all(&fresh, &week(&fresh)).await;
    fold_all(&stale, &week(&stale)).await;
    assert!(kept(&stale) == kept(&fresh));
}

#[tokio::test]
async fn two_handlers_with_one_run_let_it_vote_once() {
    let world = World::new();
    let events = week(&world);
    let alone = world.copy();
    fold_all(&alone, &events).await;
    for event in &events {
        let (one, other) = (world.fold(), world.fold());
        let (first, second) = tokio::join!(one.handle(event, NOW), other.handle(event, NOW));
        first.unwrap();
        second.unwrap();
    }
    assert!(kept(&world) == kept(&alone));
}

#[tokio::test]
async fn two_robots_that_end_at_once_make_one_floor_with_both_votes() {
    let world = World::new();
    let other = world.add_robot(77);
    let mine = world.seal(world.robot, 1, &ground_floor(&[(10, 10)]));
    let shifted = ground_floor(&[]).transformed(&Pose::new(0.9, 0.3, 0.4));
    let theirs = world.seal(other, 2, &shifted);
    let (one, two) = (world.fold(), world.fold());
    let (first, second) = tokio::join!(one.handle(&mine, NOW), two.handle(&theirs, NOW));
    first.unwrap();
    second.unwrap();
    let shelves = world.memory.look();
    let votes: Vec<u32> = shelves.folds.values().map(|fold| fold.closed).collect();
    assert_eq!((votes, shelves.floors.len()), (vec![2], 1));
    assert!(shelves.runs.values().all(|run| run.vote.is_some()));
    assert!(
        shelves
            .settings
            .values()
            .all(|settings| settings.layers.len() == 1)
    );
}
