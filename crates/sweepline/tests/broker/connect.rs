//! Who may connect, and what is told of it.

use rumqttc::ConnectionError;
use rumqttc::mqttbytes::v5::ConnectReturnCode;
use sweepline::broker::{BrokerError, CertificateStatus, DisconnectReason, PresenceChange};

use crate::fixture::Stack;
use crate::robot::{Dial, Robot, refused};

fn reason(change: &PresenceChange) -> DisconnectReason {
    match change {
        PresenceChange::Disconnected {
            disconnect_reason, ..
        } => *disconnect_reason,
        PresenceChange::Connected { .. } => panic!("connected"),
    }
}

#[tokio::test]
async fn a_robot_comes_and_goes_under_its_own_name() {
    let mut stack = Stack::start().await;
    let credentials = stack.register("robot_a");
    let robot = Dial::new("robot_a", &credentials).connect(&stack).await.unwrap();
    let came = stack.next_presence().await;
    assert_eq!((came.client_id.as_str(), came.version_number), ("robot_a", 0));
    assert_eq!(came.principal_identifier, credentials.serial);
    assert!(matches!(came.change, PresenceChange::Connected { ip_address } if ip_address.is_loopback()));
    assert!(stack.broker.is_connected("robot_a").await);
    robot.client.disconnect().await.unwrap();
    let went = stack.next_presence().await;
    assert_eq!(went.session_identifier, came.session_identifier);
    assert_eq!(
        went.change,
        PresenceChange::Disconnected {
            client_initiated_disconnect: true,
            disconnect_reason: DisconnectReason::ClientInitiatedDisconnect
        }
    );
    assert!(went.timestamp >= came.timestamp);
}

#[tokio::test]
async fn another_robots_name_is_refused() {
    let stack = Stack::start().await;
    let credentials = stack.register("robot_a");
    stack.register("robot_b");
    let code = refused(Dial::new("robot_b", &credentials).connect(&stack).await);
    assert_eq!(code, ConnectReturnCode::NotAuthorized);
    let code = refused(Dial::new("", &credentials).connect(&stack).await);
    assert_eq!(code, ConnectReturnCode::NotAuthorized);
}

#[tokio::test]
async fn without_a_certificate_there_is_no_connection() {
    let stack = Stack::start().await;
    let credentials = stack.register("robot_a");
    let bare = Dial {
        credentials: None,
        ..Dial::new("robot_a", &credentials)
    };
    let result = bare.connect(&stack).await;
    assert!(
        !matches!(result, Ok(_) | Err(ConnectionError::ConnectionRefused(_))),
        "TLS must have failed"
    );
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_refused() {
    let (stack, other) = (Stack::start().await, Stack::start().await);
    let foreign = other.register("robot_a");
    stack.set_status("robot_a", &foreign, CertificateStatus::Active);
    let result = Dial::new("robot_a", &foreign).connect(&stack).await;
    assert!(
        !matches!(result, Ok(_) | Err(ConnectionError::ConnectionRefused(_))),
        "TLS must have failed"
    );
}

#[tokio::test]
async fn a_revoked_or_unknown_certificate_is_refused() {
    let stack = Stack::start().await;
    let credentials = stack.issue("robot_a");
    let code = refused(Dial::new("robot_a", &credentials).connect(&stack).await);
    assert_eq!(code, ConnectReturnCode::NotAuthorized);
    stack.set_status("robot_a", &credentials, CertificateStatus::Active);
    drop(Dial::new("robot_a", &credentials).connect(&stack).await.unwrap());
    stack.set_status("robot_a", &credentials, CertificateStatus::Revoked);
    let code = refused(Dial::new("robot_a", &credentials).connect(&stack).await);
    assert_eq!(code, ConnectReturnCode::NotAuthorized);
}

#[tokio::test]
async fn a_will_on_another_robots_topic_is_refused() {
    let mut stack = Stack::start().await;
    let credentials = stack.register("robot_a");
    for topic in [
        "$aws/rules/dev_map_ingest/r/robot_b/status",
        "live/robot_b/pose",
        "$SYS/x",
        "live/#",
    ] {
        let code = refused(
            Dial::new("robot_a", &credentials)
                .will(topic)
                .connect(&stack)
                .await,
        );
        assert_eq!(code, ConnectReturnCode::NotAuthorized, "{topic}");
    }
    let own = "$aws/rules/dev_map_ingest/r/robot_a/status";
    drop(
        Dial::new("robot_a", &credentials)
            .will(own)
            .connect(&stack)
            .await
            .unwrap(),
    );
    let will = stack.next_ingest().await;
    assert_eq!((will.topic.as_str(), &will.payload[..]), (own, &b"gone"[..]));
    assert_eq!(
        reason(&stack.next_disconnect().await.change),
        DisconnectReason::ConnectionLost
    );
}

#[tokio::test]
async fn a_new_connection_takes_over() {
    let mut stack = Stack::start().await;
    let credentials = stack.register("robot_a");
    let mut first = Dial::new("robot_a", &credentials).connect(&stack).await.unwrap();
    let came = stack.next_presence().await;
    let second = Dial::new("robot_a", &credentials).connect(&stack).await.unwrap();
    first.closed().await;
    let went = stack.next_disconnect().await;
    assert_eq!(reason(&went.change), DisconnectReason::DuplicateClientid);
    assert_eq!(went.session_identifier, came.session_identifier);
    assert_eq!(went.version_number, 0);
    second.publish("live/robot_a/pose", b"1").await.unwrap();
    drop(second);
    assert_eq!(stack.next_disconnect().await.version_number, 1);
}

#[tokio::test]
async fn the_owner_can_cut_a_connection() {
    let mut stack = Stack::start().await;
    assert!(!stack.broker.disconnect("robot_a").await);
    let mut robot = Robot::connect(&stack, "robot_a").await;
    assert!(stack.broker.disconnect("robot_a").await);
    robot.closed().await;
    assert_eq!(
        reason(&stack.next_disconnect().await.change),
        DisconnectReason::ApiInitiatedDisconnect
    );
    assert!(!stack.broker.is_connected("robot_a").await);
}

#[tokio::test]
async fn a_broker_stops_and_starts_again_on_the_same_port() {
    let mut stack = Stack::start().await;
    let mut robot = Robot::connect(&stack, "robot_a").await;
    let address = stack.broker.mqtt_addr();
    assert!(matches!(
        Stack::start_at(address).await,
        Err(BrokerError::Listen { address: taken, .. }) if taken == address
    ));
    stack.broker.shutdown().await;
    robot.closed().await;
    assert_eq!(
        reason(&stack.next_disconnect().await.change),
        DisconnectReason::ServerInitiatedDisconnect
    );
    let again = Stack::start_at(address).await.unwrap();
    Robot::connect(&again, "robot_a").await;
}
