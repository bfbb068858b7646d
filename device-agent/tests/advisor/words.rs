//! State, wishes and orders: what others keep in a shadow and in jobs.

use std::time::Duration;

use domain::Timestamp;
use domain::command::{CommandKind, CommandNumber};
use domain::id::{CommandId, PersonId};
use domain::receipt::{Receipt, ReceiptKind};
use domain::settings::Settings;
use domain::status::RobotState;
use wire::ack::{Ack, Answer};
use wire::command::{CommandMessage, RobotRequest};
use wire::status::StatusReport;
use wire::topic::Downlink;

use crate::broker::{Broker, Session};
use crate::robot::{Robot, listening, published};

pub async fn reports_its_state() -> String {
    let broker = Broker::start("localhost").await;
    let _robot = Robot::of(&broker);
    let mut session = listening(&broker).await;
    let report = status(&mut session).await;
    assert_eq!(report.pairing, Some(broker.identity().endpoint.pairing));
    assert!(
        report.state == RobotState::Running || report.state == RobotState::Docked,
        "{report:?}"
    );
    format!("a status with the state {:?}", report.state)
}

pub async fn follows_its_settings() -> String {
    let broker = Broker::start("localhost").await;
    let _robot = Robot::of(&broker);
    let mut session = listening(&broker).await;
    let endpoint = broker.identity().endpoint;
    let mut wanted = Settings::initial(endpoint.pairing);
    wanted.version = 7;
    let payload = wire::settings::encode(&wanted).unwrap();
    let topic = Downlink::Settings(endpoint.robot).to_string();
    session.publish(&topic, &payload, true).await;
    while status(&mut session).await.settings_version != wanted.version {}
    "version 7 of the settings was wanted and then reported".into()
}

pub async fn carries_out_a_command() -> String {
    let broker = Broker::start("localhost").await;
    let _robot = Robot::of(&broker);
    let mut session = listening(&broker).await;
    let stop = command(&broker, CommandKind::Stop);
    send(&broker, &mut session, &stop, false).await;
    let mut ack = answer(&mut session).await;
    while matches!(ack.answer, Answer::Accepted { .. }) {
        ack = answer(&mut session).await;
    }
    assert_eq!(ack.command, stop.id);
    assert!(matches!(ack.answer, Answer::Succeeded { .. }), "{ack:?}");
    "a stop was carried out and reported as succeeded".into()
}

pub async fn status(session: &mut Session) -> StatusReport {
    StatusReport::decode(published(session, "/status").await.payload()).unwrap()
}

pub async fn answer(session: &mut Session) -> Ack {
    Ack::decode(published(session, "/ack").await.payload()).unwrap()
}

/// Answers the robot's question for the time.
pub async fn tell_time(broker: &Broker, session: &mut Session, now: Timestamp) {
    let nonce = loop {
        if let Some(nonce) = status(session).await.nonce {
            break nonce;
        }
    };
    receipt(broker, session, ReceiptKind::Time { nonce, now }).await;
}

pub async fn receipt(broker: &Broker, session: &mut Session, kind: ReceiptKind) {
    let endpoint = broker.identity().endpoint;
    let pairing = Some(endpoint.pairing);
    let payload = wire::receipt::encode(&Receipt { pairing, kind });
    let topic = Downlink::Receipts(endpoint.robot).to_string();
    session.publish(&topic, &payload, false).await;
}

pub fn command(broker: &Broker, kind: CommandKind) -> CommandMessage {
    let issued_at = device_agent::agent::BUILT_AFTER;
    CommandMessage {
        id: CommandId::from_u128(7),
        pairing: broker.identity().endpoint.pairing,
        number: CommandNumber(1),
        kind,
        scope: None,
        issuer: PersonId::from_u128(33),
        issued_at,
        expires_at: issued_at.plus(Duration::from_secs(60)),
        rooms_version: 0,
        plan: None,
        run: None,
        correlation: None,
    }
}

pub async fn send(broker: &Broker, session: &mut Session, command: &CommandMessage, retained: bool) {
    let topic = Downlink::Commands(broker.identity().endpoint.robot).to_string();
    let payload = RobotRequest::Command(command.clone()).encode();
    session.publish(&topic, &payload, retained).await;
}
