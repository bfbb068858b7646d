//! Sessions that outlive a connection, or do not.

use std::time::{Duration, Instant};

use tokio::time::timeout;
use wire::topic::Downlink;

use crate::broker::{Broker, PUBACK, PUBLISH, SUBSCRIBE};
use crate::connecting::{SHORTEST, seconds};
use crate::robot::{Robot, listening};

/// How long the broker stays away in the unstable day; Device Advisor takes two minutes at least.
const AWAY: Duration = Duration::from_secs(20);

pub async fn goes_on_with_its_session() -> String {
    let broker = Broker::start("localhost").await;
    let _robot = Robot::of(&broker);
    let mut session = listening(&broker).await;
    let waiting = session.expect(PUBLISH).await;
    drop(session);
    let (mut session, connect) = broker.accept_mqtt(true).await;
    assert!(!connect.is_clean_start());
    let topic = Downlink::Receipts(broker.identity().endpoint.robot).to_string();
    session.publish(&topic, b"{}", false).await;
    session.expect(PUBACK).await;
    let mut again = session.expect(PUBLISH).await;
    while again.payload() != waiting.payload() {
        again = session.expect(PUBLISH).await;
    }
    let subscribe = timeout(Duration::from_secs(1), session.until_gone(SUBSCRIBE)).await;
    assert!(subscribe.is_err(), "it subscribed again");
    "a stored message was taken, an unanswered one sent again, nothing subscribed again".into()
}

pub async fn subscribes_when_it_was_forgotten() -> String {
    let broker = Broker::start("localhost").await;
    let _robot = Robot::of(&broker);
    drop(listening(&broker).await);
    let (mut session, connect) = broker.accept_mqtt(false).await;
    assert!(!connect.is_clean_start());
    let subscribe = session.expect(SUBSCRIBE).await;
    session.grant(&subscribe).await;
    "subscribed again to a broker that had no session".into()
}

/// Drops at once and some seconds after the connection, then a broker that is away.
pub async fn lives_through_an_unstable_day() -> String {
    let broker = Broker::start("localhost").await;
    let mut robot = Robot::of(&broker);
    let mut waits = Vec::new();
    for seconds in [0, 1, 2] {
        let mut session = listening(&broker).await;
        let _ = timeout(Duration::from_secs(seconds), session.until_gone(SUBSCRIBE)).await;
        drop(session);
        let lost = Instant::now();
        drop(broker.accept().await);
        waits.push(lost.elapsed());
    }
    let (identity, lost) = (broker.identity(), Instant::now());
    let broker = broker.away_for(AWAY).await;
    let mut session = listening(&broker).await;
    session.expect(PUBLISH).await;
    assert_eq!(identity.endpoint, broker.identity().endpoint);
    assert!(robot.is_running() && waits.iter().all(|wait| *wait >= SHORTEST));
    format!(
        "waits of {}, and back after {:.0} s",
        seconds(&waits),
        lost.elapsed().as_secs_f64()
    )
}
