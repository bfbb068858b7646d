//! What robots may read.

use bytes::Bytes;
use rumqttc::QoS;
use rumqttc::mqttbytes::v5::SubscribeReasonCode as Code;
use sweepline::broker::Quality;

use crate::fixture::Stack;
use crate::robot::{Dial, Robot};

const GRANTED: Code = Code::Success(QoS::AtLeastOnce);

#[tokio::test]
async fn only_a_robots_own_topics_can_be_read() {
    let stack = Stack::start().await;
    let robot = Robot::connect(&stack, "robot_a").await;
    assert_eq!(
        robot.subscribe(&["cfg/robot_a", "rcv/robot_a"]).await,
        [GRANTED, GRANTED]
    );
    let cases = [
        ("cfg/robot_b", Code::NotAuthorized),
        ("cfg/+", Code::NotAuthorized),
        ("#", Code::NotAuthorized),
        ("+/robot_a", Code::NotAuthorized),
        ("$SYS/#", Code::TopicFilterInvalid),
        (
            "$aws/rules/dev_map_ingest/r/robot_a/tiles",
            Code::TopicFilterInvalid,
        ),
    ];
    for (filter, code) in cases {
        assert_eq!(robot.subscribe(&[filter]).await, [code], "{filter}");
    }
}

#[tokio::test]
async fn one_subscribe_has_eight_filters_at_most() {
    let stack = Stack::start().await;
    let robot = Robot::connect(&stack, "robot_a").await;
    let mut answers = vec![GRANTED; 8];
    answers.push(Code::QuotaExceeded);
    assert_eq!(robot.subscribe(&["cfg/robot_a"; 9]).await, answers);
    assert_eq!(robot.subscribe(&["cfg/robot_a"; 8]).await, [GRANTED; 8]);
}

#[tokio::test]
async fn retained_settings_come_at_every_connection() {
    let stack = Stack::start().await;
    let credentials = stack.register("robot_a");
    stack.retain("cfg/robot_a", b"version 1").await;
    for expected in [&b"version 1"[..], b"version 1", b"version 2"] {
        if expected == b"version 2" {
            stack.retain("cfg/robot_a", b"version 2").await;
        }
        let mut robot = Dial::new("robot_a", &credentials).connect(&stack).await.unwrap();
        assert_eq!(robot.subscribe(&["cfg/robot_a"]).await, [GRANTED]);
        let message = robot.next_message().await;
        assert_eq!((&message.payload[..], message.retain), (expected, true));
    }
    stack.retain("cfg/robot_a", b"").await;
    let mut robot = Dial::new("robot_a", &credentials).connect(&stack).await.unwrap();
    robot.subscribe(&["cfg/robot_a", "rcv/robot_a"]).await;
    stack.tell("rcv/robot_a", b"receipt").await;
    assert_eq!(&robot.next_message().await.payload[..], b"receipt");
}

#[tokio::test]
async fn a_session_keeps_messages_for_a_robot_that_is_away() {
    let mut stack = Stack::start().await;
    let credentials = stack.register("robot_a");
    let robot = Dial::new("robot_a", &credentials)
        .persistent()
        .connect(&stack)
        .await
        .unwrap();
    assert_eq!(robot.subscribe(&["rcv/robot_a"]).await, [GRANTED]);
    drop(robot);
    stack.next_disconnect().await;
    stack.tell("rcv/robot_a", b"while you were away").await;
    let mut robot = Dial::new("robot_a", &credentials)
        .persistent()
        .connect(&stack)
        .await
        .unwrap();
    assert_eq!(&robot.next_message().await.payload[..], b"while you were away");
}

#[tokio::test]
async fn the_cloud_is_held_to_the_limits_too() {
    let stack = Stack::start().await;
    for topic in ["", "cfg/+", "$SYS/x", "a/b/c/d/e/f/g/h/i"] {
        let result = stack
            .broker
            .publish(topic, Bytes::new(), Quality::AtMostOnce, false)
            .await;
        assert!(result.is_err(), "{topic}");
    }
}
