//! When and how often the robot connects.

use std::time::{Duration, Instant};

use crate::broker::{Broker, CONNECT, PINGREQ};
use crate::robot::{KEEP_ALIVE, Robot, listening};

/// What a handshake and a busy machine may add to a wait.
const SLACK: Duration = Duration::from_secs(5);
/// The shortest wait, which the link promises.
pub const SHORTEST: Duration = Duration::from_millis(990);

pub async fn connects() -> String {
    let broker = Broker::start("localhost").await;
    let _robot = Robot::of(&broker);
    let connect = broker.accept().await.unwrap().expect(CONNECT).await;
    assert!(connect.holds(&broker.identity().endpoint.robot.to_string()));
    "CONNECT under its own name".into()
}

/// When each of `attempts` connections came, every one of them ended by `end`.
pub async fn waits(broker: &Broker, attempts: usize, end: &[u8]) -> Vec<Duration> {
    let mut waits = Vec::new();
    let mut last = None;
    for _ in 0..attempts {
        let mut session = broker.accept().await.unwrap();
        waits.extend(last.map(|last: Instant| last.elapsed()));
        session.expect(CONNECT).await;
        if let [head, body @ ..] = end {
            session.send(*head, body).await;
        }
        drop(session);
        last = Some(Instant::now());
    }
    waits
}

/// Two robots, six attempts each: no wait is below a second, and they are not the same.
pub async fn spreads_its_waits() -> String {
    let brokers = [Broker::start("localhost").await, Broker::start("localhost").await];
    let _robots = [Robot::of(&brokers[0]), Robot::of(&brokers[1])];
    let (one, other) = tokio::join!(waits(&brokers[0], 6, &[]), waits(&brokers[1], 6, &[]));
    assert!(
        one.iter().chain(&other).all(|wait| *wait >= SHORTEST),
        "{one:?} {other:?}"
    );
    let differ = |(one, other): (&Duration, &Duration)| one.abs_diff(*other) > Duration::from_millis(50);
    assert!(one.iter().zip(&other).any(differ), "{one:?} {other:?}");
    format!("waits of {} and of {}", seconds(&one), seconds(&other))
}

pub async fn waits_longer_and_longer() -> String {
    let broker = Broker::start("localhost").await;
    let _robot = Robot::of(&broker);
    let waits = waits(&broker, 7, &[]).await;
    within_growing_bounds(&waits);
    // The chance that the jitter makes the last three all this short is below one in ten thousand.
    let longest = waits[3..].iter().max().unwrap();
    assert!(*longest > Duration::from_secs(2), "{waits:?}");
    format!("waits of {}", seconds(&waits))
}

pub fn within_growing_bounds(waits: &[Duration]) {
    for (attempt, wait) in waits.iter().enumerate() {
        let ceiling = Duration::from_secs(2 << attempt.min(5)).min(Duration::from_secs(60));
        assert!((SHORTEST..=ceiling + SLACK).contains(wait), "{waits:?}");
    }
}

pub async fn waits_after_a_loss() -> String {
    let broker = Broker::start("localhost").await;
    let _robot = Robot::of(&broker);
    drop(listening(&broker).await);
    let lost = Instant::now();
    broker.accept().await.unwrap();
    let wait = lost.elapsed();
    assert!(wait >= SHORTEST, "{wait:?}");
    format!("came back after {:.1} s", wait.as_secs_f64())
}

pub async fn waits_longer_when_it_is_dropped_again_and_again() -> String {
    let broker = Broker::start("localhost").await;
    let _robot = Robot::of(&broker);
    let (mut waits, mut lost) = (Vec::new(), None);
    for _ in 0..6 {
        let session = listening(&broker).await;
        waits.extend(lost.map(|lost: Instant| lost.elapsed()));
        drop(session);
        lost = Some(Instant::now());
    }
    within_growing_bounds(&waits);
    format!("waits of {}", seconds(&waits))
}

/// Device Advisor allows one and a half times the keep-alive after a PINGREQ that was not answered.
pub async fn gives_up_a_silent_broker() -> String {
    let broker = Broker::start("localhost").await;
    let _robot = Robot::of(&broker);
    let mut session = listening(&broker).await;
    session.answers_pings = false;
    session.expect(PINGREQ).await;
    let asked = Instant::now();
    while session.until_gone(PINGREQ).await.is_some() {}
    let patience = asked.elapsed();
    assert!(
        patience <= KEEP_ALIVE * 3 / 2 + Duration::from_secs(2),
        "{patience:?}"
    );
    format!("gave up after {:.1} s", patience.as_secs_f64())
}

pub fn seconds(waits: &[Duration]) -> String {
    let each: Vec<String> = waits
        .iter()
        .map(|wait| format!("{:.1}", wait.as_secs_f64()))
        .collect();
    format!("{} s", each.join(", "))
}
