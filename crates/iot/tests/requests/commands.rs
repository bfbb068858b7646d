//! Commands: sent once, confirmed or not.

use std::time::Duration;

use domain::ports::{CommandLink, Delivery, DeviceError, RobotRequest};
use iot::CommandDelivery;

use crate::replay::{Given, Service, fails, ok, robot};

fn live() -> RobotRequest {
    RobotRequest::Live {
        pairing: "pair_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap(),
        lease: "lease_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap(),
        duration: Duration::from_secs(180),
    }
}

async fn deliver(service: &Service, way: CommandDelivery) -> Result<Delivery, DeviceError> {
    service
        .data_plane(way)
        .deliver(robot(), &live(), Duration::from_secs(5))
        .await
}

async fn answered(answer: Given) -> (Result<Delivery, DeviceError>, usize) {
    let service = Service::answering([answer, ok("{}")]);
    let delivery = deliver(&service, CommandDelivery::Direct).await;
    (delivery, service.asked().len())
}

#[tokio::test]
async fn a_command_goes_to_the_robots_own_connection_and_waits_for_its_confirmation() {
    let service = Service::answering([ok(r#"{"message":"OK","traceId":"t"}"#)]);
    let delivery = deliver(&service, CommandDelivery::Direct).await.unwrap();
    assert_eq!(delivery, Delivery::Acknowledged);
    let id = robot();
    let path = format!("POST /connections/{id}/messages?topic=cmd%2F{id}&confirmation=true&timeout=5");
    assert_eq!(service.asked(), [path]);
    let expected = wire::command::RobotRequest::from(&live()).encode();
    assert_eq!(service.body(0), expected);
}

#[tokio::test]
async fn a_robot_that_is_not_there_is_offline_and_a_silent_one_unconfirmed() {
    let (offline, _) = answered(fails(404, "ResourceNotFoundException")).await;
    assert_eq!(offline.unwrap(), Delivery::Offline);
    let (silent, attempts) = answered(fails(504, "GatewayTimeoutException")).await;
    assert_eq!((silent.unwrap(), attempts), (Delivery::Unconfirmed, 1));
    let (lost, attempts) = answered(Given::Silence).await;
    assert_eq!((lost.unwrap(), attempts), (Delivery::Unconfirmed, 1));
}

#[tokio::test]
async fn without_a_connection_the_service_is_not_available() {
    let (delivery, attempts) = answered(Given::NoConnection).await;
    assert!(matches!(delivery, Err(DeviceError::Unavailable(_))));
    assert_eq!(attempts, 1);
}

#[tokio::test]
async fn other_answers_are_errors_and_nothing_is_sent_twice() {
    for (status, code) in [(429, "ThrottlingException"), (500, "InternalFailureException")] {
        let (delivery, attempts) = answered(fails(status, code)).await;
        assert!(matches!(delivery, Err(DeviceError::Unavailable(_))), "{code}");
        assert_eq!(attempts, 1, "{code}");
    }
    for (status, code) in [
        (403, "ForbiddenException"),
        (401, "UnauthorizedException"),
        (400, "InvalidRequestException"),
        (418, "SomethingNewException"),
    ] {
        let (delivery, attempts) = answered(fails(status, code)).await;
        assert!(matches!(delivery, Err(DeviceError::Refused(_))), "{code}");
        assert_eq!(attempts, 1, "{code}");
    }
    let (large, _) = answered(fails(413, "RequestEntityTooLargeException")).await;
    assert!(matches!(large, Err(DeviceError::TooLarge { limit: 131_072 })));
}

#[tokio::test]
async fn where_direct_messages_are_missing_a_command_is_published_and_queued_for_nobody() {
    let service = Service::answering([ok("")]);
    let delivery = deliver(&service, CommandDelivery::Publish).await.unwrap();
    assert_eq!(delivery, Delivery::Unconfirmed);
    assert_eq!(
        service.asked(),
        [format!("POST /topics/cmd%2F{}?qos=0&retain=false", robot())]
    );
}
