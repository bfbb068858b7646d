//! Runs and what they saw.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::id::{FloorId, RunId};
use domain::placement::Placed;
use domain::ports::{RunStore, RunTileStore, SentRunTile};
use domain::run::{Initiator, Manifest, Outcome, Rev, Run, RunReport, RunState};
use http::Method;
use mapping::pose::Pose;
use mapping::run_tile::{RunCell, RunTile};
use mapping::tile::TileIndex;
use serde_json::json;

use crate::world::{AT, Person, World};

async fn store_run(world: &World, n: u128, state: RunState) -> RunId {
    let report = RunReport {
        outcome: Outcome::Completed,
        area_cm2: 125_000,
        duration_ms: 90_000,
        manifest: Manifest::new(vec![], [0; 32]).unwrap(),
        track: vec![(0, 0), (100, 0)],
    };
    let run = Run {
        id: RunId::new(AT, n),
        robot: world.robot,
        pairing: world.pairing(),
        state,
        seq: 1,
        correlation: None,
        initiator: Initiator::Schedule,
        started_at: AT,
        updated_at: AT,
        report: (state >= RunState::Finished).then_some(report),
        located: None,
        vote: None,
    };
    world.store.put_run(&world.scope(), &run, None).await.unwrap();
    run.id
}

#[tokio::test]
async fn runs_are_listed_newest_first_in_pages() {
    let world = World::new().await;
    let older = store_run(&world, 1, RunState::Finished).await;
    let newer = store_run(&world, 2, RunState::Running).await;
    let first = world
        .get(Person::Anna, &world.at_robot("/runs?limit=1"))
        .await
        .json();
    assert_eq!(first["items"][0]["id"], json!(newer));
    assert_eq!(
        (&first["items"][0]["state"], &first["items"][0]["area_m2"]),
        (&json!("running"), &json!(null))
    );
    let next = format!("/runs?limit=1&cursor={}", first["next"].as_str().unwrap());
    let second = world.get(Person::Anna, &world.at_robot(&next)).await.json();
    let expected = json!({
        "id": older, "robot": world.robot, "state": "finished", "outcome": "completed",
        "started_at": "2026-09-21T14:13:20.000Z", "updated_at": "2026-09-21T14:13:20.000Z",
        "finished_at": "2026-09-21T14:13:20.000Z", "area_m2": 12.5, "minutes": 1.5,
        "initiator": {"by": "schedule"}, "floor": null, "in_map": false
    });
    assert_eq!(second["items"], json!([expected]));
    let detail = world
        .get(Person::Anna, &world.at_robot(&format!("/runs/{older}")))
        .await
        .json();
    assert_eq!(detail["track"], json!([[0, 0], [100, 0]]));
}

#[tokio::test]
async fn a_running_run_is_on_the_floor_where_the_robot_says_it_is() {
    let world = World::new().await;
    let run = store_run(&world, 1, RunState::Running).await;
    let stored = world
        .store
        .run(&world.scope(), world.robot, run)
        .await
        .unwrap()
        .unwrap();
    let floor = FloorId::new(AT, 4);
    let located = Some(Placed {
        floor,
        alignment: Pose::IDENTITY,
    });
    let next = Run {
        located,
        ..stored.clone()
    };
    world
        .store
        .put_run(&world.scope(), &next, Some(&stored))
        .await
        .unwrap();
    let shown = world
        .get(Person::Anna, &world.at_robot(&format!("/runs/{run}")))
        .await
        .json();
    assert_eq!(
        (&shown["floor"], &shown["in_map"]),
        (&json!(floor), &json!(false))
    );
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let world = World::new().await;
    let answer = world
        .get(Person::Anna, &world.at_robot("/runs?cursor=nonsense"))
        .await;
    insta::assert_snapshot!(answer, @r#"
    400 Bad Request
    content-type: application/problem+json
    {
      "code": "invalid_request",
      "detail": "cursor: does not belong to this list",
      "field": "cursor",
      "status": 400,
      "title": "The request cannot be used",
      "type": "urn:sweepline:problem:invalid_request"
    }
    "#);
    let typed = world.get(Person::Anna, &world.at_robot("/runs?limit=many")).await;
    assert_eq!(typed.status, 400, "{typed}");
    for limit in ["0", "1000000000"] {
        let answer = world
            .get(Person::Anna, &world.at_robot(&format!("/runs?limit={limit}")))
            .await;
        assert_eq!(answer.json()["field"], "limit", "{answer}");
    }
}

#[tokio::test]
async fn what_a_run_saw_is_shown_as_cells_and_as_a_picture() {
    let world = World::new().await;
    let run = store_run(&world, 1, RunState::Running).await;
    let mut cells = RunTile::new();
    cells.set(0, 0, RunCell::Free);
    cells.set(1, 0, RunCell::Touched);
    let tile = SentRunTile {
        index: TileIndex::new(-1, 0),
        rev: Rev(1),
        cells: (&cells).into(),
    };
    world.store.put_tiles(&world.scope(), run, &[tile]).await.unwrap();
    let path = world.at_robot(&format!("/runs/{run}/map"));
    let map = world.get(Person::Anna, &path).await.json();
    assert_eq!(
        (&map["frame"], &map["origin"]),
        (&json!("run"), &json!({"x": -64, "y": 0}))
    );
    assert_eq!((&map["width"], &map["height"]), (&json!(2), &json!(1)));
    assert_eq!(STANDARD.decode(map["cells"].as_str().unwrap()).unwrap(), [1, 3]);
    let picture = world
        .request(Method::GET, &path)
        .bearer(&world.token(Person::Anna))
        .header("accept", "image/png");
    let picture = world.send(picture).await;
    assert_eq!(picture.header("content-type"), Some("image/png"));
    assert!(picture.body.starts_with(b"\x89PNG"));
}
