//! The handshake.

use rcgen::date_time_ymd;
use rustls::CipherSuite;
use tokio::time::{Duration, timeout};
use wire::topic::Downlink;

use crate::broker::{Broker, PUBACK, params};
use crate::robot::{Robot, listening};

/// What AWS IoT's policies for TLS 1.2 and 1.3 list.
const OF_AWS_IOT: [CipherSuite; 7] = [
    CipherSuite::TLS13_AES_128_GCM_SHA256,
    CipherSuite::TLS13_AES_256_GCM_SHA384,
    CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
];
/// The largest payload, which fills several records of TLS.
const LARGE: usize = wire::MAX_PAYLOAD_BYTES;

pub async fn connects() -> String {
    let broker = Broker::start("localhost").await;
    let _robot = Robot::of(&broker);
    broker.accept().await.unwrap();
    "the handshake ended well".into()
}

pub async fn takes_large_fragments() -> String {
    let broker = Broker::start("localhost").await;
    let mut robot = Robot::of(&broker);
    let mut session = listening(&broker).await;
    let topic = Downlink::Settings(broker.identity().endpoint.robot).to_string();
    session.publish(&topic, &vec![b' '; LARGE], false).await;
    session.expect(PUBACK).await;
    assert!(robot.is_running());
    format!("{LARGE} bytes in records of 16 KiB were taken")
}

pub async fn offers_known_cipher_suites() -> String {
    let broker = Broker::start("localhost").await;
    let _robot = Robot::of(&broker);
    let offered = broker.accept().await.unwrap().cipher_suites;
    // A signal of renegotiation, and no suite.
    let mut suites = offered
        .iter()
        .filter(|suite| **suite != CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV);
    assert!(suites.all(|suite| OF_AWS_IOT.contains(suite)), "{offered:?}");
    format!("{} suites, each known to AWS IoT", offered.len() - 1)
}

pub async fn takes_a_large_certificate() -> String {
    let broker = Broker::start("localhost").await;
    let usual = broker.certificate().len();
    let more: Vec<String> = (0..100).map(|i| format!("endpoint-{i}.example")).collect();
    let names: Vec<&str> = ["localhost"]
        .into_iter()
        .chain(more.iter().map(String::as_str))
        .collect();
    let broker = Broker::showing(params(&names), params(&[])).await;
    let large = broker.certificate().len();
    assert!(large * 10 > usual * 12);
    let _robot = Robot::of(&broker);
    broker.accept().await.unwrap();
    format!("a certificate of {large} bytes instead of {usual} was taken")
}

pub async fn refuses_an_unknown_authority() -> String {
    let (ours, theirs) = (Broker::start("localhost").await, Broker::start("localhost").await);
    let mut identity = ours.identity();
    identity.endpoint.port = theirs.identity().endpoint.port;
    let robot = Robot::with(&identity, |_| ());
    refused(&theirs, robot).await
}

pub async fn refuses_another_name() -> String {
    let broker = Broker::start("somebody-else.example").await;
    let robot = Robot::of(&broker);
    refused(&broker, robot).await
}

pub async fn refuses_an_expired_certificate() -> String {
    let mut expired = params(&["localhost"]);
    expired.not_before = date_time_ymd(2020, 1, 1);
    expired.not_after = date_time_ymd(2021, 1, 1);
    let broker = Broker::showing(expired, params(&[])).await;
    let robot = Robot::of(&broker);
    refused(&broker, robot).await
}

/// Two handshakes fail, and the robot goes on trying.
async fn refused(broker: &Broker, mut robot: Robot) -> String {
    for _ in 0..2 {
        assert!(broker.accept().await.is_err());
    }
    let third = timeout(Duration::from_millis(200), broker.accept()).await;
    assert!(third.is_err(), "it comes again without a wait");
    assert!(robot.is_running());
    "two handshakes were broken off, with a wait after each".into()
}
