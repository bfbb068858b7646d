use std::time::Duration;

use domain::command::{Command, CommandNumber, CommandState, Rejection};
use domain::id::CommandId;
use domain::ports::{CommandStore, Reservation, StoreError};

use crate::local_table::LocalTable;
use crate::samples::{AT, command, robot_id, run_id, scope};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub async fn command_store(store: &dyn CommandStore) {
    let command = command(1, 1);
    assert_eq!(
        store.command(&scope(1), robot_id(1), command.id).await.unwrap(),
        None
    );
    store.add_command(&scope(1), &command).await.unwrap();
    assert_eq!(
        store.command(&scope(1), robot_id(1), command.id).await.unwrap(),
        Some(command.clone())
    );
    let again = Command {
        number: CommandNumber(8),
        ..command.clone()
    };
    assert!(matches!(
        store.add_command(&scope(1), &again).await,
        Err(StoreError::Conflict { .. })
    ));
    states(store, &command).await;
    reservations(store).await;
    numbers(store).await;
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

async fn reservations(store: &dyn CommandStore) {
    let (first, second) = (CommandId::new(AT, 1), CommandId::new(AT, 2));
    let reserve = |robot, key, command, digest| async move {
        store
            .reserve(&scope(1), robot_id(robot), key, command, digest)
            .await
            .unwrap()
    };
    assert_eq!(reserve(1, "tap", first, "aa").await, Reservation::New);
    let taken = Reservation::Taken {
        command: first,
        digest: "aa".into(),
    };
    assert_eq!(reserve(1, "tap", second, "bb").await, taken);
    assert_eq!(reserve(1, "tap 2", second, "bb").await, Reservation::New);
    assert_eq!(reserve(2, "tap", second, "bb").await, Reservation::New);
}

async fn numbers(store: &dyn CommandStore) {
    let robot = robot_id(1);
    let (one, two) = (CommandNumber(1_790_000_000_000), CommandNumber(1_790_000_000_001));
    assert_eq!(store.last_number(robot).await.unwrap(), None);
    assert!(matches!(
        store.take_number(robot, Some(one), two).await,
        Err(StoreError::Conflict { .. })
    ));
    store.take_number(robot, None, one).await.unwrap();
    assert!(matches!(
        store.take_number(robot, None, two).await,
        Err(StoreError::Conflict { .. })
    ));
    store.take_number(robot, Some(one), two).await.unwrap();
    assert_eq!(store.last_number(robot).await.unwrap(), Some(two));
    assert_eq!(store.last_number(robot_id(2)).await.unwrap(), None);
}

pub async fn two_writers_one_wins(store: &dyn CommandStore) {
    for round in 0..8 {
        let robot = robot_id(round);
        let take = |n| store.take_number(robot, None, CommandNumber(n));
        let (first, second) = tokio::join!(take(1), take(2));
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");

        let (ours, home) = (CommandId::new(AT, 1), scope(1));
        let reserve = |command, digest| store.reserve(&home, robot, "tap", command, digest);
        let (first, second) = tokio::join!(reserve(ours, "aa"), reserve(CommandId::new(AT, 2), "bb"));
        let won = [first.unwrap(), second.unwrap()]
            .iter()
            .filter(|won| **won == Reservation::New)
            .count();
        assert_eq!(won, 1);
    }
}

pub async fn commands_stay_in_their_home(store: &dyn CommandStore) {
    let command = command(1, 1);
    store.add_command(&scope(1), &command).await.unwrap();
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
    let id = |n| CommandId::new(AT, n);
    assert_eq!(
        store
            .reserve(&scope(1), robot_id(1), "tap", id(1), "aa")
            .await
            .unwrap(),
        Reservation::New
    );
    assert_eq!(
        store
            .reserve(&scope(2), robot_id(1), "tap", id(2), "bb")
            .await
            .unwrap(),
        Reservation::New
    );
}

#[tokio::test]
async fn an_idempotency_key_is_free_again_after_a_day() {
    let table = LocalTable::start().await;
    let (home, robot) = (scope(1), robot_id(1));
    let reserve = |n| {
        table
            .store
            .reserve(&home, robot, "tap", CommandId::new(AT, n), "aa")
    };
    assert_eq!(reserve(1).await.unwrap(), Reservation::New);
    table.pass(DAY - Duration::from_secs(1));
    assert!(matches!(reserve(2).await.unwrap(), Reservation::Taken { .. }));
    table.pass(Duration::from_secs(1));
    assert_eq!(reserve(2).await.unwrap(), Reservation::New);
}

#[tokio::test]
async fn commands_are_forgotten_after_thirty_days() {
    let table = LocalTable::start().await;
    let command = command(1, 1);
    table.store.add_command(&scope(1), &command).await.unwrap();
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
