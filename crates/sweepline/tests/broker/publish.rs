//! What robots may publish and where it goes.

use std::time::Duration;

use rumqttc::mqttbytes::v5::PubAckReason;
use rumqttc::{PublishNoticeError, PublishOptions};
use sweepline::broker::{DisconnectReason, INGEST_CAPACITY, MAX_PAYLOAD_BYTES, PresenceChange};

use crate::fixture::{Stack, now_ms, within};
use crate::robot::{Dial, Robot};

const TILES: &str = "$aws/rules/dev_map_ingest/r/robot_a/tiles";
const DENIED: Result<(), PublishNoticeError> = Err(PublishNoticeError::V5PubAck(PubAckReason::NotAuthorized));

#[tokio::test]
async fn basic_ingest_reaches_the_rules() {
    let mut stack = Stack::start().await;
    let credentials = stack.register("robot_a");
    let robot = Dial::new("robot_a", &credentials).connect(&stack).await.unwrap();
    robot.publish(TILES, b"\x00\xff").await.unwrap();
    let ingest = stack.next_ingest().await;
    assert_eq!(ingest.basic(), Some(("dev_map_ingest", "r/robot_a/tiles")));
    assert_eq!(
        (ingest.client_id.as_str(), &ingest.payload[..]),
        ("robot_a", &b"\x00\xff"[..])
    );
    assert_eq!(ingest.principal, credentials.serial);
    assert!((now_ms() - ingest.at_ms).abs() < 60_000);
    robot.publish("live/robot_a/pose", b"1").await.unwrap();
    assert_eq!(stack.next_ingest().await.basic(), None);
}

#[tokio::test]
async fn a_spoofed_message_is_refused_and_reaches_nobody() {
    let mut stack = Stack::start().await;
    let robot = Robot::connect(&stack, "robot_a").await;
    let spoofed = [
        "$aws/rules/dev_map_ingest/r/robot_b/tiles",
        "$aws/rules/dev_run_events/r/robot_a/run",
        "live/robot_b/pose",
        "cmd/robot_a",
    ];
    for topic in spoofed {
        assert_eq!(robot.publish(topic, b"spoofed").await, DENIED, "{topic}");
    }
    assert_eq!(stack.broker.refusals().messages, 4);
    robot.publish(TILES, b"honest").await.unwrap();
    assert_eq!(&stack.next_ingest().await.payload[..], b"honest");
}

#[tokio::test]
async fn retaining_needs_its_own_permission() {
    let mut stack = Stack::start().await;
    let robot = Robot::connect(&stack, "robot_a").await;
    let retained = PublishOptions::at_least_once().retained();
    assert_eq!(
        robot.publish_with("live/robot_a/pose", b"kept", retained).await,
        DENIED
    );
    robot.publish("live/robot_a/pose", b"passing").await.unwrap();
    assert_eq!(&stack.next_ingest().await.payload[..], b"passing");
}

#[tokio::test]
async fn a_message_over_a_limit_costs_the_connection() {
    let mut stack = Stack::start().await;
    let deep = format!("{TILES}/1/2/3/4/5/6");
    let cases = [
        (
            TILES,
            vec![0; MAX_PAYLOAD_BYTES + 1],
            PublishOptions::at_least_once(),
        ),
        (&deep, Vec::new(), PublishOptions::at_least_once()),
        (
            "$aws/things/robot_a/shadow/update",
            Vec::new(),
            PublishOptions::at_least_once(),
        ),
        (TILES, Vec::new(), PublishOptions::at_least_once().retained()),
    ];
    for (topic, payload, options) in cases {
        let mut robot = Robot::connect(&stack, "robot_a").await;
        robot
            .client
            .publish(topic.to_owned(), payload, options)
            .await
            .unwrap();
        robot.closed().await;
        let PresenceChange::Disconnected {
            disconnect_reason, ..
        } = stack.next_disconnect().await.change
        else {
            panic!("connected");
        };
        assert_eq!(disconnect_reason, DisconnectReason::ClientError, "{topic}");
    }
    let robot = Robot::connect(&stack, "robot_a").await;
    robot.publish(TILES, &vec![0; MAX_PAYLOAD_BYTES]).await.unwrap();
    assert_eq!(stack.next_ingest().await.payload.len(), MAX_PAYLOAD_BYTES);
}

#[tokio::test]
async fn nothing_is_acknowledged_before_the_rules_have_it() {
    let mut stack = Stack::start().await;
    let robot = Robot::connect(&stack, "robot_a").await;
    for _ in 0..INGEST_CAPACITY {
        robot.publish(TILES, b"waits").await.unwrap();
    }
    let options = PublishOptions::at_least_once();
    let notice = robot
        .client
        .publish_tracked(TILES, b"one too many".to_vec(), options)
        .await
        .unwrap();
    let mut answer = Box::pin(notice.wait_completion_async());
    let early = tokio::time::timeout(Duration::from_millis(100), &mut answer).await;
    assert!(early.is_err(), "acknowledged although nobody could read it");
    stack.next_ingest().await;
    within("PUBACK", answer).await.unwrap();
    for _ in 1..INGEST_CAPACITY {
        assert_eq!(&stack.next_ingest().await.payload[..], b"waits");
    }
    assert_eq!(&stack.next_ingest().await.payload[..], b"one too many");
}

#[tokio::test]
async fn nothing_is_acknowledged_when_nobody_reads() {
    let mut stack = Stack::start().await;
    let mut robot = Robot::connect(&stack, "robot_a").await;
    stack.ingest = None;
    let options = PublishOptions::at_least_once();
    robot
        .client
        .publish(TILES, b"lost".to_vec(), options)
        .await
        .unwrap();
    robot.closed().await;
}
