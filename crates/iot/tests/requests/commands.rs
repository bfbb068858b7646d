//! Commands: sent once, confirmed or not.

use std::time::Duration;

use domain::ports::{CommandLink, Delivery, DeviceError};
use iot::CommandDelivery;

use crate::flows::live;
use crate::replay::{Given, Service, fails, ok, robot};

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
async fn where_direct_messages_are_missing_a_command_is_published_and_queued_for_nobody() {
    let service = Service::answering([ok("")]);
    let delivery = deliver(&service, CommandDelivery::Publish).await.unwrap();
    assert_eq!(delivery, Delivery::Unconfirmed);
    assert_eq!(
        service.asked(),
        [format!("POST /topics/cmd%2F{}?qos=0&retain=false", robot())]
    );
}
