//! Direct messages with confirmation.

use std::time::{Duration, Instant};

use bytes::Bytes;
use sweepline::broker::Delivery;

use crate::fixture::Stack;
use crate::robot::{Dial, Robot};

const PATIENCE: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_millis(100);
/// Nagle's algorithm with a delayed acknowledgement costs 40 ms; without it a round takes about one.
const STALL: Duration = Duration::from_millis(30);

async fn deliver(stack: &Stack, payload: &'static [u8], timeout: Duration) -> Delivery {
    stack
        .broker
        .deliver("robot_a", "cmd/robot_a", Bytes::from_static(payload), timeout)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_command_needs_no_subscription_and_is_confirmed() {
    let stack = Stack::start().await;
    let mut robot = Robot::connect(&stack, "robot_a").await;
    assert_eq!(deliver(&stack, b"start", PATIENCE).await, Delivery::Acknowledged);
    let message = robot.next_message().await;
    assert_eq!(
        (&message.topic[..], &message.payload[..]),
        (&b"cmd/robot_a"[..], &b"start"[..])
    );
    assert!(!message.retain);
}

#[tokio::test]
async fn a_robot_that_is_away_is_reported_at_once() {
    let mut stack = Stack::start().await;
    assert_eq!(deliver(&stack, b"start", PATIENCE).await, Delivery::Offline);
    let credentials = stack.register("robot_a");
    drop(
        Dial::new("robot_a", &credentials)
            .persistent()
            .connect(&stack)
            .await
            .unwrap(),
    );
    stack.next_disconnect().await;
    assert_eq!(deliver(&stack, b"start", PATIENCE).await, Delivery::Offline);
}

#[tokio::test]
async fn what_a_robot_may_not_receive_is_not_sent() {
    let stack = Stack::start().await;
    let mut robot = Robot::connect(&stack, "robot_a").await;
    let foreign = stack
        .broker
        .deliver("robot_a", "cmd/robot_b", Bytes::from_static(b"start"), PATIENCE)
        .await;
    assert_eq!(foreign.unwrap(), Delivery::Offline);
    assert_eq!(deliver(&stack, b"dock", PATIENCE).await, Delivery::Acknowledged);
    assert_eq!(&robot.next_message().await.payload[..], b"dock");
}

#[tokio::test]
async fn a_command_without_an_answer_is_not_sent_again_later() {
    let mut stack = Stack::start().await;
    let credentials = stack.register("robot_a");
    let mut deaf = Dial::new("robot_a", &credentials)
        .persistent()
        .deaf()
        .connect(&stack)
        .await
        .unwrap();
    deaf.subscribe(&["rcv/robot_a"]).await;
    assert_eq!(deliver(&stack, b"start", SHORT).await, Delivery::TimedOut);
    assert_eq!(&deaf.next_message().await.payload[..], b"start");
    drop(deaf);
    stack.next_disconnect().await;
    stack.tell("rcv/robot_a", b"receipt").await;
    let mut robot = Dial::new("robot_a", &credentials)
        .persistent()
        .connect(&stack)
        .await
        .unwrap();
    assert_eq!(&robot.next_message().await.payload[..], b"receipt");
}

#[tokio::test]
async fn a_small_packet_does_not_wait_for_the_one_before() {
    let stack = Stack::start().await;
    let robot = Robot::connect(&stack, "robot_a").await;
    let mut rounds = Vec::new();
    for _ in 0..51 {
        let start = Instant::now();
        robot.publish("live/robot_a/pose", b"1").await.unwrap();
        assert_eq!(deliver(&stack, b"start", PATIENCE).await, Delivery::Acknowledged);
        rounds.push(start.elapsed());
    }
    rounds.sort_unstable();
    assert!(
        rounds[25] < STALL,
        "half of the rounds took more than {:?}",
        rounds[25]
    );
}
