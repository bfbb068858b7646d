use std::time::Duration;

use domain::command::{Command, CommandNumber, CommandState, Rejection};
use domain::ports::{CommandStore, Reservation, StoreError};

use crate::local_table::LocalTable;
use crate::samples::{command, robot_id, run_id, scope};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Adds a command under a key, as the robot's first or after another.
async fn add(
    store: &dyn CommandStore,
    command: &Command,
    key: &str,
    last: Option<CommandNumber>,
) -> Result<(), StoreError> {
    store.add_command(&scope(1), command, key, "aa", last).await
}

fn is_conflict(result: &Result<(), StoreError>) -> bool {
    matches!(result, Err(StoreError::Conflict { .. }))
}

pub async fn command_store(store: &dyn CommandStore) {
    let first = command(1, 1);
    let (home, robot) = (scope(1), robot_id(1));
    assert_eq!(store.command(&home, robot, first.id).await.unwrap(), None);
    assert_eq!(store.last_number(robot).await.unwrap(), None);
    assert_eq!(store.reservation(&home, robot, "tap").await.unwrap(), None);
    add(store, &first, "tap", None).await.unwrap();
    assert_eq!(
        store.command(&home, robot, first.id).await.unwrap(),
        Some(first.clone())
    );
    assert_eq!(store.last_number(robot).await.unwrap(), Some(first.number));
    assert_eq!(store.last_number(robot_id(2)).await.unwrap(), None);
    let taken = Reservation {
        command: first.id,
        digest: "aa".into(),
    };
    assert_eq!(store.reservation(&home, robot, "tap").await.unwrap(), Some(taken));
    all_or_nothing(store, &first).await;
    states(store, &first).await;
}

/// A command whose id, number or key is not free leaves nothing behind.
async fn all_or_nothing(store: &dyn CommandStore, first: &Command) {
    let second = Command {
        number: CommandNumber(first.number.0 + 1),
        ..command(2, 1)
    };
    let same_id = Command {
        id: first.id,
        ..second.clone()
    };
    assert!(is_conflict(
        &add(store, &same_id, "tap 2", Some(first.number)).await
    ));
    assert!(is_conflict(&add(store, &second, "tap", Some(first.number)).await));
    assert!(is_conflict(&add(store, &second, "tap 2", None).await));
    assert!(is_conflict(
        &add(store, &second, "tap 2", Some(second.number)).await
    ));
    assert_eq!(
        store.command(&scope(1), robot_id(1), second.id).await.unwrap(),
        None
    );
    assert_eq!(store.last_number(robot_id(1)).await.unwrap(), Some(first.number));
    assert_eq!(
        store.reservation(&scope(1), robot_id(1), "tap 2").await.unwrap(),
        None
    );
    add(store, &second, "tap 2", Some(first.number)).await.unwrap();
}

async fn states(store: &dyn CommandStore, command: &Command) {
    let accepted = CommandState::Accepted { run: Some(run_id(1)) };
    let delivered = CommandState::Delivered;
    let set = |from, to| async move { store.set_command_state(&scope(1), command, from, to).await };
    set(CommandState::Requested, accepted).await.unwrap();
    let late = set(CommandState::Requested, delivered).await;
    assert!(matches!(late, Err(StoreError::Conflict { .. })));
    let other_run = CommandState::Accepted { run: None };
    assert!(matches!(
        set(other_run, delivered).await,
        Err(StoreError::Conflict { .. })
    ));
    set(accepted, CommandState::Succeeded { run: Some(run_id(1)) })
        .await
        .unwrap();
    let stored = store
        .command(&scope(1), robot_id(1), command.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stored.state, CommandState::Succeeded { run: Some(run_id(1)) });
    assert_eq!(
        Command {
            state: CommandState::Requested,
            ..stored
        },
        *command
    );

    let unknown = crate::samples::command(9, 1);
    let rejected = CommandState::Rejected {
        reason: Rejection::Busy,
    };
    let missing = store
        .set_command_state(&scope(1), &unknown, CommandState::Requested, rejected)
        .await;
    assert!(matches!(missing, Err(StoreError::Conflict { .. })));
    assert_eq!(
        store.command(&scope(1), robot_id(1), unknown.id).await.unwrap(),
        None
    );
}

pub async fn two_writers_one_wins(store: &dyn CommandStore) {
    for round in 1..8 {
        let (one, two) = (command(2 * round, round), command(2 * round + 1, round));
        let (first, second) = tokio::join!(add(store, &one, "tap", None), add(store, &two, "swipe", None));
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    }
}

pub async fn commands_stay_in_their_home(store: &dyn CommandStore) {
    let command = command(1, 1);
    add(store, &command, "tap", None).await.unwrap();
    assert_eq!(
        store.command(&scope(2), robot_id(1), command.id).await.unwrap(),
        None
    );
    assert_eq!(
        store.command(&scope(1), robot_id(2), command.id).await.unwrap(),
        None
    );
    let foreign = store
        .set_command_state(
            &scope(2),
            &command,
            CommandState::Requested,
            CommandState::Delivered,
        )
        .await;
    assert!(matches!(foreign, Err(StoreError::Conflict { .. })));
    assert_eq!(
        store.reservation(&scope(2), robot_id(1), "tap").await.unwrap(),
        None
    );
    assert_eq!(
        store.reservation(&scope(1), robot_id(2), "tap").await.unwrap(),
        None
    );
}

#[tokio::test]
async fn an_idempotency_key_is_free_again_after_a_day() {
    let table = LocalTable::start().await;
    let first = command(1, 1);
    let second = Command {
        number: CommandNumber(first.number.0 + 1),
        ..command(2, 1)
    };
    add(&table.store, &first, "tap", None).await.unwrap();
    table.pass(DAY - Duration::from_secs(1));
    assert!(is_conflict(
        &add(&table.store, &second, "tap", Some(first.number)).await
    ));
    table.pass(Duration::from_secs(1));
    assert_eq!(
        table
            .store
            .reservation(&scope(1), robot_id(1), "tap")
            .await
            .unwrap(),
        None
    );
    add(&table.store, &second, "tap", Some(first.number))
        .await
        .unwrap();
}

#[tokio::test]
async fn commands_are_forgotten_after_thirty_days() {
    let table = LocalTable::start().await;
    let command = command(1, 1);
    add(&table.store, &command, "tap", None).await.unwrap();
    table.pass(30 * DAY);
    assert_eq!(
        table
            .store
            .command(&scope(1), robot_id(1), command.id)
            .await
            .unwrap(),
        None
    );
}
