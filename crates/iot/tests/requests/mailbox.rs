//! Settings and receipts.

use domain::ports::{DeviceError, RobotMailbox};
use domain::settings::{PermanentLayer, Settings};
use iot::CommandDelivery;
use mapping::tile::TileIndex;

use crate::flows::{receipt, settings};
use crate::replay::{Service, ok, robot};

/// A layer that no retained message can hold.
fn big_layer() -> PermanentLayer {
    PermanentLayer {
        floor: "floor_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap(),
        n: 1,
        rooms_version: 1,
        tiles: vec![(TileIndex::new(0, 0), vec![0; 128 * 1024])],
    }
}

#[tokio::test]
async fn settings_are_retained_and_taken_away() {
    let service = Service::answering([ok(""), ok("")]);
    let mailbox = service.data_plane(CommandDelivery::Direct);
    mailbox.post_settings(robot(), &settings()).await.unwrap();
    mailbox.clear_settings(robot()).await.unwrap();
    let path = format!("POST /topics/cfg%2F{}?qos=1&retain=true", robot());
    assert_eq!(service.asked(), [path.clone(), path]);
    assert_eq!(wire::settings::decode(&service.body(0)).unwrap(), settings());
    assert!(service.body(1).is_empty());
}

#[tokio::test]
async fn receipts_are_not_retained() {
    let receipt = receipt();
    let service = Service::answering([ok("")]);
    service
        .data_plane(CommandDelivery::Direct)
        .post_receipt(robot(), &receipt)
        .await
        .unwrap();
    assert_eq!(
        service.asked(),
        [format!("POST /topics/rcv%2F{}?qos=0&retain=false", robot())]
    );
    assert_eq!(wire::receipt::decode(&service.body(0)).unwrap(), receipt);
}

#[tokio::test]
async fn settings_that_no_message_can_hold_are_not_sent() {
    let service = Service::answering([]);
    let settings = Settings {
        layers: vec![big_layer()],
        ..settings()
    };
    let posted = service
        .data_plane(CommandDelivery::Direct)
        .post_settings(robot(), &settings)
        .await;
    assert!(matches!(posted, Err(DeviceError::TooLarge { limit: 131_072 })));
    assert!(service.asked().is_empty());
}
