//! What homes and their networks do to robots.

use std::time::{Duration, Instant};

use device_agent::agent::BUILT_AFTER;
use device_agent::state::AgentState;
use device_agent::storage::{DiskStorage, Storage};
use domain::Timestamp;
use domain::command::{CommandKind, Rejection};
use domain::receipt::ReceiptKind;
use rcgen::date_time_ymd;
use tokio::time::{sleep, timeout};
use wire::ack::Answer;
use wire::renewal::{Renewal, RenewalWord};

use crate::broker::{Broker, CONNECT, PINGREQ, params};
use crate::connecting::{SHORTEST, seconds, waits, within_growing_bounds};
use crate::robot::{KEEP_ALIVE, Robot, listening, published};
use crate::words::{answer, command, receipt, send, tell_time};

/// Not authorized, of a CONNACK.
const NOT_AUTHORIZED: u8 = 0x87;
/// Server shutting down, of a DISCONNECT.
const SHUTTING_DOWN: u8 = 0x8B;
/// Session taken over, of a DISCONNECT.
const TAKEN_OVER: u8 = 0x8E;
const DISCONNECT: u8 = 0xE0;

/// The broker's certificate begins after what the robot's own clock says; a robot that was told a later time trusts it,
/// and one that was not does not.
pub async fn trusts_the_later_clock() -> String {
    let later = || {
        let mut later = params(&["localhost"]);
        later.not_before = date_time_ymd(2090, 1, 1);
        later.not_after = date_time_ymd(2092, 1, 1);
        later
    };
    let broker = Broker::showing(later(), params(&[])).await;
    let _robot = Robot::with(&broker.identity(), |dir| {
        let told = AgentState {
            last_server_time: at(2091),
            ..AgentState::default()
        };
        DiskStorage::open(dir).unwrap().0.save_state(&told).unwrap();
    });
    broker.accept().await.unwrap();
    let unknown = Broker::showing(later(), params(&[])).await;
    let _robot = Robot::of(&unknown);
    assert!(unknown.accept().await.is_err());
    "trusted by who knows the later time, and by nobody else".into()
}

pub async fn outlives_a_name_that_is_not_found() -> String {
    let broker = Broker::start("localhost").await;
    let mut identity = broker.identity();
    identity.endpoint.host = "no-such-broker.invalid".into();
    let mut robot = Robot::with(&identity, |_| ());
    let deadline = Instant::now() + Duration::from_secs(60);
    while robot.log().matches("delay_ms=").count() < 3 {
        assert!(robot.is_running() && Instant::now() < deadline, "{}", robot.log());
        sleep(Duration::from_millis(50)).await;
    }
    let log = robot.log();
    let waits: Vec<Duration> = log
        .split("delay_ms=")
        .skip(1)
        .filter_map(|rest| rest.split_whitespace().next()?.parse().ok())
        .map(Duration::from_millis)
        .collect();
    within_growing_bounds(&waits);
    format!("tried again after {}", seconds(&waits))
}

pub async fn notices_a_half_open_connection() -> String {
    let broker = Broker::start("localhost").await;
    let _robot = Robot::of(&broker);
    // Kept open, and nobody reads or writes.
    let _silent = listening(&broker).await;
    let heard = Instant::now();
    let _ = broker.accept().await.unwrap();
    let patience = heard.elapsed();
    assert!(
        patience <= KEEP_ALIVE * 2 + Duration::from_secs(10),
        "{patience:?}"
    );
    format!("connected anew after {:.1} s", patience.as_secs_f64())
}

pub async fn waits_when_it_is_refused() -> String {
    let broker = Broker::start("localhost").await;
    let mut robot = Robot::of(&broker);
    let waits = waits(&broker, 4, &[0x20, 0, NOT_AUTHORIZED, 0]).await;
    within_growing_bounds(&waits);
    assert!(robot.is_running());
    format!("tried again after {}", seconds(&waits))
}

pub async fn waits_when_it_is_sent_away() -> String {
    let broker = Broker::start("localhost").await;
    let _robot = Robot::of(&broker);
    let mut session = listening(&broker).await;
    session.send(DISCONNECT, &[SHUTTING_DOWN, 0]).await;
    let sent_away = Instant::now();
    let mut session = broker.accept().await.unwrap();
    session.expect(CONNECT).await;
    assert!(sent_away.elapsed() >= SHORTEST);
    format!("came back after {:.1} s", sent_away.elapsed().as_secs_f64())
}

/// Two that fight for one name would drop each other for ever: each loss makes the robot wait longer.
pub async fn does_not_fight_for_its_name() -> String {
    let broker = Broker::start("localhost").await;
    let _robot = Robot::of(&broker);
    let (mut waits, mut taken) = (Vec::new(), None);
    for _ in 0..4 {
        let mut session = listening(&broker).await;
        waits.extend(taken.map(|taken: Instant| taken.elapsed()));
        session.send(DISCONNECT, &[TAKEN_OVER, 0]).await;
        taken = Some(Instant::now());
    }
    within_growing_bounds(&waits);
    format!("came back after {}", seconds(&waits))
}

pub async fn outlives_a_message_above_its_limit() -> String {
    let broker = Broker::start("localhost").await;
    let mut robot = Robot::of(&broker);
    let mut session = listening(&broker).await;
    let topic = wire::topic::Downlink::Settings(broker.identity().endpoint.robot).to_string();
    let bytes = 4 * wire::MAX_PAYLOAD_BYTES;
    session.publish_if_taken(&topic, &vec![b' '; bytes]).await;
    let _back = listening(&broker).await;
    assert!(robot.is_running());
    format!("ended the connection over {bytes} bytes and came back")
}

pub async fn outlives_an_answer_to_nothing() -> String {
    let broker = Broker::start("localhost").await;
    let mut robot = Robot::of(&broker);
    let mut session = listening(&broker).await;
    session.send(crate::broker::PUBACK, &[0x7F, 0x7F]).await;
    let stays = timeout(KEEP_ALIVE * 2, session.until_gone(PINGREQ)).await;
    let stayed = matches!(stays, Ok(Some(_)));
    if !stayed {
        let _back = listening(&broker).await;
    }
    assert!(robot.is_running());
    format!(
        "went on, {}",
        if stayed {
            "on the same connection"
        } else {
            "on another connection"
        }
    )
}

pub async fn refuses_a_retained_command() -> String {
    let broker = Broker::start("localhost").await;
    let _robot = Robot::of(&broker);
    let mut session = listening(&broker).await;
    tell_time(&broker, &mut session, BUILT_AFTER).await;
    let locate = command(&broker, CommandKind::Locate);
    send(&broker, &mut session, &locate, true).await;
    let reason = Rejection::Retained;
    assert_eq!(answer(&mut session).await.answer, Answer::Rejected { reason });
    "refused, with that as the reason".into()
}

pub async fn changes_its_certificate() -> String {
    let mut old = params(&[]);
    old.not_before = date_time_ymd(2020, 1, 1);
    old.not_after = date_time_ymd(2089, 3, 1);
    let broker = Broker::showing(params(&["localhost"]), old).await;
    let _robot = Robot::of(&broker);
    let mut session = listening(&broker).await;
    let before = session.certificate();
    tell_time(&broker, &mut session, at(2089)).await;
    let asked = Renewal::decode(published(&mut session, "/renewal").await.payload()).unwrap();
    let RenewalWord::Wanted { csr } = asked.word else {
        panic!("{asked:?}")
    };
    let pem = broker.certify(&csr);
    receipt(&broker, &mut session, ReceiptKind::Certificate { pem }).await;
    let mut session = listening(&broker).await;
    assert_ne!(session.certificate(), before);
    let said = Renewal::decode(published(&mut session, "/renewal").await.payload()).unwrap();
    assert_eq!(said.word, RenewalWord::Connected);
    "connected with the certificate that it was sent, and said so".into()
}

/// The beginning of a year.
fn at(year: i32) -> Timestamp {
    Timestamp::from_millis(date_time_ymd(year, 1, 1).unix_timestamp() * 1000)
}
