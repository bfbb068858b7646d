//! Commands: the truth in one round trip.

use domain::CorrelationId;
use domain::command::{CommandState, Rejection};
use domain::id::{CommandId, RunId};
use domain::ports::{CommandStore, Connection, Delivery, RobotRequest, RunStore};
use domain::run::{Initiator, Manifest, Outcome, Run, RunReport, RunState};
use domain::status::RobotState;
use http::Method;
use serde_json::{Value, json};

use crate::world::{AT, Answer, Person, World};

pub fn start() -> Value {
    json!({"type": "start", "scope": {"kind": "whole_home"}})
}

pub async fn issue(world: &World, key: &str, body: &Value) -> Answer {
    let request = world.request(Method::POST, &world.at_robot("/commands"));
    let request = request
        .bearer(&world.token(Person::Anna))
        .header("idempotency-key", key);
    world.send(request.json(body)).await
}

#[tokio::test]
async fn a_start_that_arrives_is_delivered() {
    let world = World::new().await;
    let answer = issue(&world, "k", &start()).await;
    let command = answer.json();
    assert_eq!(answer.status, 202);
    assert_eq!(
        (&command["state"], &command["type"]),
        (&json!("delivered"), &json!("start"))
    );
    assert_eq!(
        (&command["run"], &command["reason"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(command["issued_at"], "2026-09-21T14:13:20.000Z");
    assert_eq!(command["expires_at"], "2026-09-21T14:14:20.000Z");
    let location = answer.header("location").unwrap();
    assert_eq!(world.get(Person::Anna, location).await.json(), command);
    assert!(matches!(
        world.devices.requests.lock().unwrap().as_slice(),
        [RobotRequest::Command { .. }]
    ));
}

#[tokio::test]
async fn a_request_keeps_its_name_up_to_the_robot() {
    let world = World::new().await;
    let named = |key: &str, id: &str| {
        let request = world.request(Method::POST, &world.at_robot("/commands"));
        let request = request
            .bearer(&world.token(Person::Anna))
            .header("idempotency-key", key);
        world.send(
            request
                .header("x-correlation-id", id)
                .json(&json!({"type": "locate"})),
        )
    };
    let (good, bad) = (named("1", "phone-7").await, named("2", "no id").await);
    let repeated = named("1", "phone-8").await;
    assert_eq!(good.header("x-correlation-id"), Some("phone-7"));
    assert_eq!((repeated.status.as_u16(), repeated.json()), (202, good.json()));
    let made = bad.header("x-correlation-id").unwrap();
    let requests = world.devices.requests.lock().unwrap();
    let sent = requests.iter().filter_map(|request| match request {
        RobotRequest::Command { command, .. } => command.correlation.as_ref().map(CorrelationId::as_str),
        RobotRequest::Live { .. } => None,
    });
    assert_eq!(sent.collect::<Vec<_>>(), ["phone-7", made]);
}

#[tokio::test]
async fn an_answer_without_a_route_is_named_as_well() {
    let world = World::new().await;
    let answers = [
        world.send(world.request(Method::GET, "/v1/nothing")).await,
        world.send(world.request(Method::GET, "/v1/me")).await,
    ];
    let names = answers
        .each_ref()
        .map(|answer| answer.header("x-correlation-id").unwrap());
    assert!(
        names[0] != names[1] && names.iter().all(|name| name.len() == 26),
        "{names:?}"
    );
}

#[tokio::test]
async fn a_start_without_confirmation_is_requested_and_expires() {
    let world = World::new().await;
    *world.devices.delivery.lock().unwrap() = Some(Delivery::Unconfirmed);
    let answer = issue(&world, "k", &start()).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["state"]),
        (202, &json!("requested"))
    );
    world.pass(std::time::Duration::from_secs(61));
    let later = world.get(Person::Anna, answer.header("location").unwrap()).await;
    assert_eq!(later.json()["state"], "expired");
}

#[tokio::test]
async fn the_robots_reason_is_shown() {
    let world = World::new().await;
    let answer = issue(&world, "k", &start()).await;
    let id = answer.json()["id"].as_str().unwrap().parse().unwrap();
    let command = world
        .store
        .command(&world.scope(), world.robot, id)
        .await
        .unwrap()
        .unwrap();
    let refused = CommandState::Rejected {
        reason: Rejection::LowBattery,
    };
    world
        .store
        .set_command_state(&world.scope(), &command, command.state, refused)
        .await
        .unwrap();
    let shown = world
        .get(Person::Anna, answer.header("location").unwrap())
        .await
        .json();
    assert_eq!(
        (&shown["state"], &shown["reason"]),
        (&json!("rejected"), &json!("low_battery"))
    );
}

#[tokio::test]
async fn the_run_of_a_start_tells_what_became_of_it() {
    let world = World::new().await;
    let answer = issue(&world, "k", &start()).await;
    let location = answer.header("location").unwrap();
    let command: CommandId = answer.json()["id"].as_str().unwrap().parse().unwrap();
    let run = RunId::begun_by(command);
    let is_asked_for = world.devices.requests.lock().unwrap().iter().any(|request| {
        let request = wire::command::RobotRequest::from(request);
        matches!(request, wire::command::RobotRequest::Command(sent) if sent.run == Some(run))
    });
    assert!(is_asked_for);
    let initiator = Initiator::Command { command };
    let states = [
        (RunState::Running, Outcome::Completed, "accepted", Value::Null),
        (RunState::Finished, Outcome::Completed, "succeeded", Value::Null),
        (RunState::Sealed, Outcome::Stopped, "failed", json!("superseded")),
    ];
    for (state, outcome, shown, reason) in states {
        let reported = run_in(&world, run, initiator, state, outcome);
        let stored = world.store.run(&world.scope(), world.robot, run).await.unwrap();
        world
            .store
            .put_run(&world.scope(), &reported, stored.as_ref())
            .await
            .unwrap();
        let now = world.get(Person::Anna, location).await.json();
        assert_eq!((&now["state"], &now["reason"]), (&json!(shown), &reason));
    }
    // An expired wait does not undo what the run says, and the same key finds the same truth.
    world.pass(std::time::Duration::from_secs(61));
    assert_eq!(issue(&world, "k", &start()).await.json()["state"], "failed");
}

fn run_in(world: &World, id: RunId, initiator: Initiator, state: RunState, outcome: Outcome) -> Run {
    let report = RunReport {
        outcome,
        area_cm2: 1,
        duration_ms: 1,
        manifest: Manifest::new(vec![], [0; 32]).unwrap(),
        track: vec![],
    };
    Run {
        id,
        robot: world.robot,
        pairing: world.pairing(),
        state,
        seq: 1,
        initiator,
        started_at: AT,
        updated_at: AT,
        report: (state >= RunState::Finished).then_some(report),
        located: None,
        correlation: None,
        vote: None,
    }
}

#[tokio::test]
async fn one_key_is_one_command() {
    let world = World::new().await;
    let first = issue(&world, "k", &start()).await;
    let again = issue(&world, "k", &start()).await;
    assert_eq!((again.status.as_u16(), again.json()), (202, first.json()));
    assert_eq!(world.devices.requests.lock().unwrap().len(), 1);
    insta::assert_snapshot!(issue(&world, "k", &json!({"type": "dock"})).await, @r#"
    422 Unprocessable Entity
    content-type: application/problem+json
    {
      "code": "idempotency_key_reused",
      "detail": "the idempotency key was used for another request",
      "status": 422,
      "title": "Idempotency key reused",
      "type": "urn:sweepline:problem:idempotency_key_reused"
    }
    "#);
    assert_ne!(
        issue(&world, "other", &json!({"type": "dock"})).await.json()["id"],
        first.json()["id"]
    );
}

#[tokio::test]
async fn robots_that_are_away_or_busy_are_said_to_be() {
    let world = World::new().await;
    world.report(RobotState::Paused).await;
    insta::assert_snapshot!(issue(&world, "a", &start()).await, @r#"
    409 Conflict
    content-type: application/problem+json
    {
      "code": "robot_busy",
      "detail": "the robot is busy with another run",
      "status": 409,
      "title": "The robot is busy",
      "type": "urn:sweepline:problem:robot_busy"
    }
    "#);
    assert_eq!(issue(&world, "b", &json!({"type": "resume"})).await.status, 202);
    world.connect(false).await;
    insta::assert_snapshot!(issue(&world, "c", &json!({"type": "dock"})).await, @r#"
    409 Conflict
    content-type: application/problem+json
    {
      "code": "robot_offline",
      "detail": "the robot is offline",
      "status": 409,
      "title": "The robot is offline",
      "type": "urn:sweepline:problem:robot_offline"
    }
    "#);
    world.connect(true).await;
    *world.devices.delivery.lock().unwrap() = Some(Delivery::Offline);
    assert_eq!(
        issue(&world, "d", &json!({"type": "dock"})).await.code(),
        "robot_offline"
    );
    *world.devices.delivery.lock().unwrap() = None;
    insta::assert_snapshot!(issue(&world, "e", &json!({"type": "dock"})).await, @r#"
    503 Service Unavailable
    content-type: application/problem+json
    retry-after: 1
    {
      "code": "unavailable",
      "detail": "the way to the robots does not answer, try again",
      "status": 503,
      "title": "Temporarily unavailable",
      "type": "urn:sweepline:problem:unavailable"
    }
    "#);
}

#[tokio::test]
async fn the_broker_is_asked_before_somebody_hears_that_a_robot_is_away() {
    let world = World::new().await;
    let (dock, asked) = (json!({"type": "dock"}), &world.devices.asked);
    assert_eq!(issue(&world, "a", &dock).await.status, 202);
    assert_eq!(*asked.lock().unwrap(), 0, "presence that says yes is believed");
    world.connect(false).await;
    *world.devices.connection.lock().unwrap() = Some(Connection::Open);
    assert_eq!(issue(&world, "b", &dock).await.status, 202);
    assert_eq!(*asked.lock().unwrap(), 1);
    for word in [Some(Connection::Closed), Some(Connection::Untold), None] {
        *world.devices.connection.lock().unwrap() = word;
        assert_eq!(
            issue(&world, "c", &dock).await.code(),
            "robot_offline",
            "{word:?}"
        );
    }
    assert_eq!(world.devices.requests.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn bad_commands_name_the_field() {
    let world = World::new().await;
    let zone = |corners: Value| json!({"type": "start", "scope": {"kind": "zones", "zones": [corners]}});
    let far = json!([{"x": 0, "y": 0}, {"x": 200_001, "y": 0}, {"x": 0, "y": 5}]);
    for (body, field) in [
        (json!({"type": "start"}), "scope"),
        (
            json!({"type": "dock", "scope": {"kind": "zones", "zones": [[{"x": 0, "y": 0}, {"x": 9, "y": 0}, {"x": 9, "y": 9}]]}}),
            "scope",
        ),
        (json!({"type": "fly"}), "type"),
        (json!({"type": 7}), "type"),
        (json!({}), "type"),
        (json!([]), "body"),
        (
            json!({"type": "start", "scope": {"kind": "rooms", "rooms": []}}),
            "scope.rooms",
        ),
        (
            json!({"type": "start", "scope": {"kind": "rooms", "rooms": ["kitchen"]}}),
            "scope.rooms",
        ),
        (zone(json!([{"x": 0, "y": 0}, {"x": 1, "y": 1}])), "scope.zones"),
        (zone(far), "scope.zones"),
        (zone(json!([{"x": 0.5, "y": 0}])), "scope"),
        (json!({"type": "stop", "home": "home_x"}), "home"),
    ] {
        let answer = issue(&world, "k", &body).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["field"]),
            (400, &json!(field)),
            "{body}: {answer}"
        );
    }
    assert!(world.devices.requests.lock().unwrap().is_empty());
}

#[tokio::test]
async fn rooms_that_are_not_there_have_changed() {
    let world = World::new().await;
    let room = "room_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let body = json!({"type": "start", "scope": {"kind": "rooms", "rooms": [room]}});
    insta::assert_snapshot!(issue(&world, "k", &body).await, @r#"
    409 Conflict
    content-type: application/problem+json
    {
      "code": "rooms_changed",
      "detail": "the rooms have changed; read them again",
      "status": 409,
      "title": "The rooms have changed",
      "type": "urn:sweepline:problem:rooms_changed"
    }
    "#);
}

#[tokio::test]
async fn a_key_is_needed() {
    let world = World::new().await;
    insta::assert_snapshot!(world.post(Person::Anna, &world.at_robot("/commands"), start()).await, @r#"
    400 Bad Request
    content-type: application/problem+json
    {
      "code": "invalid_request",
      "detail": "Idempotency-Key: must have 1 to 128 characters",
      "field": "Idempotency-Key",
      "status": 400,
      "title": "The request cannot be used",
      "type": "urn:sweepline:problem:invalid_request"
    }
    "#);
    assert_eq!(
        issue(&world, &"k".repeat(129), &start()).await.json()["field"],
        "Idempotency-Key"
    );
}
