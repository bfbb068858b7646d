//! What callers are told when the table cannot be reached or used.

use std::sync::Arc;

use domain::Timestamp;
use domain::ports::{Account, AccountStore, HomeStore, RobotStore, StoreError};
use domain::robot::Robot;
use store::{ConnectConfig, MAX_ITEM_BYTES, TableStore, connect};

use crate::local_table::{LocalTable, TABLE, config};
use crate::samples::{paired, person_id, robot_id, scope};

fn store(config: ConnectConfig) -> TableStore {
    connect(config, Arc::new(|| Timestamp::from_millis(0)))
}

#[tokio::test]
async fn a_service_that_does_not_listen_may_be_back_later() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = store(config(&endpoint, None))
        .robot(robot_id(1))
        .await
        .unwrap_err();
    assert!(error.is_transient(), "{error:?}");
}

#[tokio::test]
async fn a_missing_table_is_refused_for_good() {
    let table = LocalTable::start().await;
    let wrong = ConnectConfig {
        table: "another".into(),
        ..config(&table.endpoint, None)
    };
    let error = store(wrong).home(&scope(1)).await.unwrap_err();
    assert!(matches!(error, StoreError::Refused(_)), "{error:?}");
}

#[tokio::test]
async fn a_damaged_record_says_what_is_damaged() {
    let table = LocalTable::start().await;
    table
        .store
        .put_robot(
            &Robot {
                pairing: None,
                ..paired(1, 1)
            },
            None,
        )
        .await
        .unwrap();
    let key = |name: &str| {
        (
            name.to_owned(),
            aws_sdk_dynamodb::types::AttributeValue::S("META".into()),
        )
    };
    let record = table
        .client()
        .scan()
        .table_name(TABLE)
        .send()
        .await
        .unwrap()
        .items
        .unwrap_or_default();
    let robot = record
        .into_iter()
        .find(|item| item["sk"].as_s().is_ok_and(|sk| sk == "META"))
        .unwrap();
    let mut damaged = robot;
    damaged.extend([key("certificate")]);
    table
        .client()
        .put_item()
        .table_name(TABLE)
        .set_item(Some(damaged))
        .send()
        .await
        .unwrap();
    let error = table.store.robot(robot_id(1)).await.unwrap_err();
    assert!(
        matches!(error, StoreError::Corrupt { what: "robot", .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_the_table_cannot_hold_is_refused_with_the_limit() {
    let table = LocalTable::start().await;
    let email = "anna@example.com".to_owned();
    let password_hash = "a".repeat(MAX_ITEM_BYTES);
    let account = Account {
        person: person_id(1),
        email,
        password_hash,
        operator: false,
    };
    let error = table.store.add_account(&account).await.unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::TooLarge {
                what: "account",
                limit: MAX_ITEM_BYTES,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(table.store.account("anna@example.com").await.unwrap().is_none());
}
