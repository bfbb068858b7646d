//! Whether a robot is connected, in the service's own word.

use domain::ports::{Connection, Connections, DeviceError};
use iot::CommandDelivery;

use crate::replay::{Given, Service, fails, ok, robot};

async fn answered(answer: Given) -> Result<Connection, DeviceError> {
    let service = Service::answering([answer]);
    let connection = service
        .data_plane(CommandDelivery::Direct)
        .connection(robot())
        .await;
    assert_eq!(service.asked(), [format!("GET /connections/{}", robot())]);
    connection
}

#[tokio::test]
async fn open_and_closed_connections_are_told_apart() {
    let open = r#"{"connected":true,"thingName":"robot","connectedSince":1790000000000}"#;
    assert_eq!(answered(ok(open)).await.unwrap(), Connection::Open);
    let closed =
        r#"{"connected":false,"disconnectedSince":1790000000000,"disconnectReason":"CONNECTION_LOST"}"#;
    assert_eq!(answered(ok(closed)).await.unwrap(), Connection::Closed);
    let never = fails(404, "ResourceNotFoundException");
    assert_eq!(answered(never).await.unwrap(), Connection::Closed);
}

#[tokio::test]
async fn where_direct_messages_are_missing_nobody_is_asked() {
    let service = Service::answering([]);
    let connection = service
        .data_plane(CommandDelivery::Publish)
        .connection(robot())
        .await;
    assert_eq!(connection.unwrap(), Connection::Untold);
    assert!(service.asked().is_empty());
}
