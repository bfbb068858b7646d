//! The functions that take what robots report.

use domain::command::{Command, CommandKind, CommandNumber, CommandState, Order};
use domain::command_log::CommandLog;
use domain::id::{CommandId, PersonId};
use domain::ports::{CommandStore, HealthStore, RobotStore, RunTileStore};
use domain::receipt::ReceiptKind;
use domain::run::RunState;
use domain::status::{RobotError, RobotState};
use serde_json::Value;
use wire::ack::{Ack, Answer};
use wire::renewal::{Renewal, RenewalWord};
use wire::run_event;
use wire::status::StatusReport;

use crate::aws_events::recorded;
use crate::certificates::{SIGNING_REQUEST, pem};
use crate::cloud::now;
use crate::home::Home;

#[tokio::test]
async fn map_ingest_keeps_tiles_and_refuses_what_are_none() {
    let home = Home::new().await;
    let Some(function) = home.function("map_ingest") else {
        return;
    };
    let Some(event) = home.event(&home.pack().encode()) else {
        return;
    };
    assert_eq!(function.call(&event).await, Value::Null, "{}", function.log());
    let kept = home.cloud.store.tiles(&home.scope(), home.run).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].cells.encode(), home.pack().tiles[0].cells);
    let mut broken = home.pack();
    broken.tiles[0].cells = b"no deflate stream".to_vec();
    let event = home.event(&broken.encode()).unwrap();
    assert_eq!(function.call(&event).await, Value::Null);
    assert!(home.cloud.incidents()[0].starts_with("map_ingest: tiles[0,0].cells: "));
    assert!(matches!(&home.cloud.receipts()[..], [ReceiptKind::Refused { run, .. }] if *run == home.run));
}

#[tokio::test]
async fn the_recorded_message_of_a_foreign_robot_is_kept_as_an_incident() {
    let home = Home::new().await;
    let Some(event) = recorded("iot_rule_lambda_binary_payload.json") else {
        return;
    };
    for program in ["map_ingest", "run_events", "status", "command_outcome", "renewal"] {
        let Some(function) = home.function(program) else {
            return;
        };
        assert_eq!(function.call(&event).await, Value::Null);
        let expected = format!("{program}: clientId: not a robot id");
        let incidents = home.cloud.incidents();
        assert!(
            incidents.iter().any(|known| known.starts_with(&expected)),
            "{incidents:?}"
        );
    }
    assert!(home.cloud.receipts().is_empty());
}

#[tokio::test]
async fn without_its_table_a_function_fails_so_that_the_event_comes_again() {
    let home = Home::new().await;
    let Some(event) = home.event(&home.pack().encode()) else {
        return;
    };
    let mut variables = home.cloud.variables();
    variables.retain(|(name, _)| *name != "TABLE_NAME");
    variables.push(("TABLE_NAME", "nowhere"));
    let Some(function) = crate::emulator::Function::start("map_ingest", &variables) else {
        return;
    };
    let answer = function.call(&event).await;
    let message = answer["errorMessage"].as_str().unwrap();
    assert!(message.starts_with("the event waits for the store"), "{message}");
}

#[tokio::test]
async fn run_events_seals_a_whole_run_and_refuses_what_is_no_event() {
    let home = Home::new().await;
    home.keep_tile().await;
    let Some(function) = home.function("run_events") else {
        return;
    };
    let Some(event) = home.event(&run_event::encode(&home.finish())) else {
        return;
    };
    assert_eq!(function.call(&event).await, Value::Null, "{}", function.log());
    assert_eq!(home.kept_run().await.unwrap().state, RunState::Sealed);
    assert_eq!(home.cloud.receipts(), [ReceiptKind::Confirmed { run: home.run }]);
    let event = home.event(b"{").unwrap();
    assert_eq!(function.call(&event).await, Value::Null);
    assert!(home.cloud.incidents()[0].starts_with("run_events: payload: "));
}

#[tokio::test]
async fn status_keeps_a_report_and_refuses_an_impossible_one() {
    let home = Home::new().await;
    let Some(function) = home.function("status") else {
        return;
    };
    let impossible = StatusReport {
        battery: 101,
        ..report(&home)
    };
    let Some(event) = home.event(&impossible.encode()) else {
        return;
    };
    assert_eq!(function.call(&event).await, Value::Null, "{}", function.log());
    assert!(home.cloud.incidents()[0].starts_with("status: battery: "));
    let health = || home.cloud.store.health(home.robot.id);
    assert!(health().await.unwrap().status.is_none());
    let event = home.event(&report(&home).encode()).unwrap();
    assert_eq!(function.call(&event).await, Value::Null);
    let status = health().await.unwrap().status.unwrap();
    assert_eq!((status.state, u8::from(status.battery)), (RobotState::Docked, 81));
    assert!(matches!(&home.cloud.receipts()[..], [ReceiptKind::Time { nonce, .. }] if nonce == "n-1"));
    assert_eq!(home.cloud.sent_settings(), 1);
}

fn report(home: &Home) -> StatusReport {
    StatusReport {
        pairing: Some(home.pairing),
        boot: 1,
        seq: 0,
        state: RobotState::Docked,
        battery: 81,
        error: RobotError::NoError,
        vendor_error: None,
        firmware: "1.0".into(),
        model: "emulated".into(),
        capabilities: Vec::new(),
        settings_version: 0,
        run: None,
        waiting: 0,
        dropped: 0,
        skipped: None,
        lock_lifted: false,
        nonce: Some("n-1".into()),
    }
}

#[tokio::test]
async fn command_outcome_moves_a_command_and_refuses_an_unknown_one() {
    let home = Home::new().await;
    let (store, scope, command) = (&home.cloud.store, home.scope(), command(&home));
    store
        .add_command(&scope, &command, &CommandLog::default(), None)
        .await
        .unwrap();
    let Some(function) = home.function("command_outcome") else {
        return;
    };
    let word = |command| Ack {
        command,
        pairing: home.pairing,
        answer: Answer::Accepted { run: None },
        at: now(),
    };
    let Some(event) = home.event(&word(command.id).encode()) else {
        return;
    };
    assert_eq!(function.call(&event).await, Value::Null, "{}", function.log());
    let kept = store.command(&scope, home.robot.id, command.id).await.unwrap();
    assert_eq!(kept.unwrap().state, CommandState::Accepted { run: None });
    assert_eq!(
        home.cloud.receipts(),
        [ReceiptKind::Settled { command: command.id }]
    );
    let event = home.event(&word(CommandId::new(now(), 99)).encode()).unwrap();
    assert_eq!(function.call(&event).await, Value::Null);
    let incident = "command_outcome: command: is not a command to this robot";
    assert_eq!(home.cloud.incidents(), [incident]);
}

fn command(home: &Home) -> Command {
    Command {
        id: CommandId::new(now(), 7),
        robot: home.robot.id,
        home: home.scope().home(),
        pairing: home.pairing,
        number: CommandNumber(1),
        order: Order::new(CommandKind::Dock, None).unwrap(),
        issuer: PersonId::from_u128(5),
        issued_at: now(),
        expires_at: now(),
        rooms_version: 0,
        correlation: None,
        planned_seconds: None,
        state: CommandState::Delivered,
    }
}

#[tokio::test]
async fn renewal_makes_a_certificate_and_refuses_an_empty_request() {
    let home = Home::new().await;
    let Some(function) = home.function("renewal") else {
        return;
    };
    let wanted = |csr: &str| {
        let (pairing, csr) = (home.pairing, csr.to_owned());
        let word = RenewalWord::Wanted { csr };
        Renewal { pairing, word }.encode()
    };
    let Some(event) = home.event(&wanted("")) else {
        return;
    };
    assert_eq!(function.call(&event).await, Value::Null, "{}", function.log());
    assert!(home.cloud.incidents()[0].starts_with("renewal: csr: must have 1 to"));
    let event = home.event(&wanted(SIGNING_REQUEST)).unwrap();
    assert_eq!(function.call(&event).await, Value::Null);
    let robot = home.cloud.store.robot(home.robot.id).await.unwrap().unwrap();
    let successor = robot.certificate.unwrap().successor.unwrap();
    assert_eq!(successor.pem, pem());
    assert_eq!(home.cloud.receipts(), [ReceiptKind::Certificate { pem: pem() }]);
}
