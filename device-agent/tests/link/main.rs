//! The link against a broker that misbehaves.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "the bench uses the rest of it")]
mod broker;

use std::time::{Duration, Instant};

use broker::{Broker, PUBACK, PUBLISH, SUBSCRIBE};
use device_agent::core::message::{Delivery, Outgoing};
use device_agent::link::{Link, LinkEvent, MqttLink, MqttLinkConfig};
use domain::Timestamp;
use tokio::time::timeout;
use wire::topic::Downlink;

const PATIENCE: Duration = Duration::from_secs(20);

fn connect(broker: &Broker) -> MqttLink {
    MqttLink::start(&MqttLinkConfig {
        identity: broker.identity(),
        not_before: Timestamp::from_millis(0),
        keep_alive: Duration::from_secs(60),
        subscribe_timeout: Duration::from_millis(500),
    })
    .unwrap()
}

async fn next(link: &mut MqttLink) -> LinkEvent {
    timeout(PATIENCE, link.next()).await.expect("an event in time")
}

#[tokio::test]
async fn a_robot_connects_under_its_own_name_and_is_up_once_it_may_listen() {
    let broker = Broker::start("localhost").await;
    let mut link = connect(&broker);
    let robot = broker.identity().endpoint.robot;
    let (mut session, connect) = broker.accept_mqtt(false).await;
    assert!(connect.holds(&robot.to_string()) && connect.is_clean_start());
    let subscribe = session.expect(SUBSCRIBE).await;
    for topic in [
        Downlink::Commands(robot),
        Downlink::Settings(robot),
        Downlink::Receipts(robot),
    ] {
        assert!(subscribe.holds(&topic.to_string()), "{topic}");
    }
    assert!(timeout(Duration::from_millis(100), link.next()).await.is_err());
    session.grant(&subscribe).await;
    assert_eq!(next(&mut link).await, LinkEvent::Up);
    session
        .publish(&Downlink::Settings(robot).to_string(), b"{}", true)
        .await;
    let LinkEvent::Received(message) = next(&mut link).await else {
        panic!("no message")
    };
    assert_eq!(
        (message.topic, message.retained),
        (Downlink::Settings(robot), true)
    );
    session.expect(PUBACK).await;
    let topic = "r/somewhere".to_owned();
    link.publish(Outgoing {
        topic,
        payload: b"hello".to_vec(),
        delivery: Delivery::AtLeastOnce,
    });
    let published = session.expect(PUBLISH).await;
    assert!(published.holds("r/somewhere") && published.holds("hello"));
}

#[tokio::test]
async fn a_lost_link_comes_back_after_a_wait_and_listens_again_if_it_was_forgotten() {
    let broker = Broker::start("localhost").await;
    let mut link = connect(&broker);
    let (mut session, _) = broker.accept_mqtt(false).await;
    let subscribe = session.expect(SUBSCRIBE).await;
    session.grant(&subscribe).await;
    assert_eq!(next(&mut link).await, LinkEvent::Up);
    drop(session);
    let lost = Instant::now();
    assert_eq!(next(&mut link).await, LinkEvent::Down);
    let (mut session, connect) = broker.accept_mqtt(false).await;
    assert!(lost.elapsed() >= Duration::from_secs(1), "{:?}", lost.elapsed());
    assert!(!connect.is_clean_start());
    let subscribe = session.expect(SUBSCRIBE).await;
    session.grant(&subscribe).await;
    assert_eq!(next(&mut link).await, LinkEvent::Up);
}

#[tokio::test]
async fn a_session_that_the_broker_kept_goes_on_without_subscribing() {
    let broker = Broker::start("localhost").await;
    let mut link = connect(&broker);
    let (mut session, _) = broker.accept_mqtt(false).await;
    let subscribe = session.expect(SUBSCRIBE).await;
    session.grant(&subscribe).await;
    assert_eq!(next(&mut link).await, LinkEvent::Up);
    drop(session);
    assert_eq!(next(&mut link).await, LinkEvent::Down);
    let (_session, _) = broker.accept_mqtt(true).await;
    assert_eq!(next(&mut link).await, LinkEvent::Up);
}

#[tokio::test]
async fn a_broker_that_does_not_answer_is_asked_again_on_the_same_connection() {
    let broker = Broker::start("localhost").await;
    let mut link = connect(&broker);
    let (mut session, _) = broker.accept_mqtt(false).await;
    session.expect(SUBSCRIBE).await;
    let again = session.expect(SUBSCRIBE).await;
    session.grant(&again).await;
    assert_eq!(next(&mut link).await, LinkEvent::Up);
}

#[tokio::test]
async fn a_broker_under_another_name_is_not_trusted() {
    let broker = Broker::start("somebody-else.example").await;
    let _link = connect(&broker);
    assert!(broker.accept().await.is_err());
}

#[tokio::test]
async fn a_broker_of_another_authority_is_not_trusted() {
    let (ours, theirs) = (Broker::start("localhost").await, Broker::start("localhost").await);
    let mut identity = ours.identity();
    identity.endpoint.port = theirs.identity().endpoint.port;
    let _link = MqttLink::start(&MqttLinkConfig {
        identity,
        not_before: Timestamp::from_millis(0),
        keep_alive: Duration::from_secs(60),
        subscribe_timeout: Duration::from_secs(1),
    })
    .unwrap();
    assert!(theirs.accept().await.is_err());
}
