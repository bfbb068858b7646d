//! Publishing and subscribing.

use std::time::Instant;

use domain::run::RunEventKind;
use wire::topic::Downlink;

use crate::broker::{Broker, PUBACK, PUBLISH, SUBSCRIBE};
use crate::robot::{Robot, listening, published};

/// Device Advisor's largest.
const LARGEST: usize = wire::MAX_PAYLOAD_BYTES;

pub async fn acknowledges_the_largest_message() -> String {
    let broker = Broker::start("localhost").await;
    let _robot = Robot::of(&broker);
    let mut session = listening(&broker).await;
    let topic = Downlink::Receipts(broker.identity().endpoint.robot).to_string();
    for bytes in [1, LARGEST] {
        session.publish(&topic, &vec![b'x'; bytes], false).await;
        let answer = session.expect(PUBACK).await;
        assert_eq!(answer.body[..2], [0, 5]);
    }
    format!("1 and {LARGEST} bytes were acknowledged under their id")
}

pub async fn publishes() -> String {
    let broker = Broker::start("localhost").await;
    let _robot = Robot::of(&broker);
    let mut session = listening(&broker).await;
    let robot = broker.identity().endpoint.robot;
    let end = published(&mut session, "/run").await;
    let topic = format!("$aws/rules/test_run_events/r/{robot}/run");
    assert_eq!(end.topic(), topic);
    let event = wire::run_event::decode(end.payload()).unwrap();
    assert!(matches!(event.kind, RunEventKind::Finished(_)), "{event:?}");
    format!("the end of a run on {topic}")
}

/// MQTT 5 allows the same packet id on the same connection no second time (4.4), so that the robot says again what it
/// says, under another id.
pub async fn publishes_again() -> String {
    let broker = Broker::start("localhost").await;
    let _robot = Robot::of(&broker);
    let mut session = listening(&broker).await;
    let mut first = session.expect(PUBLISH).await;
    while !first.topic().ends_with("/run") {
        first = session.expect(PUBLISH).await;
    }
    let said = Instant::now();
    let mut again = session.expect(PUBLISH).await;
    while again.payload() != first.payload() {
        again = session.expect(PUBLISH).await;
    }
    assert_ne!(again.id(), first.id());
    format!(
        "said again after {:.1} s on the same connection",
        said.elapsed().as_secs_f64()
    )
}

pub async fn subscribes() -> String {
    let broker = Broker::start("localhost").await;
    let _robot = Robot::of(&broker);
    let robot = broker.identity().endpoint.robot;
    let (mut session, _) = broker.accept_mqtt(false).await;
    let subscribe = session.expect(SUBSCRIBE).await;
    let topics = [
        Downlink::Commands(robot),
        Downlink::Settings(robot),
        Downlink::Receipts(robot),
    ];
    assert!(topics.iter().all(|topic| subscribe.holds(&topic.to_string())));
    "its three topics in one SUBSCRIBE".into()
}

pub async fn subscribes_again() -> String {
    let broker = Broker::start("localhost").await;
    let _robot = Robot::of(&broker);
    let (mut session, _) = broker.accept_mqtt(false).await;
    let first = session.expect(SUBSCRIBE).await;
    let asked = Instant::now();
    let again = session.expect(SUBSCRIBE).await;
    assert_eq!(first.body[2..], again.body[2..]);
    session.grant(&again).await;
    session.expect(PUBLISH).await;
    format!(
        "asked again after {:.1} s on the same connection",
        asked.elapsed().as_secs_f64()
    )
}
