use std::time::Duration;

use domain::command::{Command, CommandNumber, CommandState, Rejection};
use domain::command_log::{Asked, CommandLog, MAX_REMEMBERED};
use domain::ports::{CommandStore, StoreError};

use crate::local_table::LocalTable;
use crate::samples::{command, robot_id, run_id, scope};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Adds a command, as the robot's first or after another.
async fn add(
    store: &dyn CommandStore,
    command: &Command,
    last: Option<CommandNumber>,
) -> Result<(), StoreError> {
    let log = CommandLog::new(last, Vec::new()).with(command.number, asked(command));
    store.add_command(&scope(1), command, &log, last).await
}

fn asked(command: &Command) -> Asked {
    Asked {
        key: u128::MAX - 3,
        digest: 1 << 127,
        command: command.id,
    }
}

fn is_conflict(result: &Result<(), StoreError>) -> bool {
    matches!(result, Err(StoreError::Conflict { .. }))
}

pub async fn command_store(store: &dyn CommandStore) {
    let first = command(1, 1);
    let (home, robot) = (scope(1), robot_id(1));
    assert_eq!(store.command(&home, robot, first.id).await.unwrap(), None);
    assert_eq!(store.command_log(robot).await.unwrap(), CommandLog::default());
    add(store, &first, None).await.unwrap();
    assert_eq!(
        store.command(&home, robot, first.id).await.unwrap(),
        Some(first.clone())
    );
    let log = CommandLog::new(Some(first.number), vec![asked(&first)]);
    assert_eq!(store.command_log(robot).await.unwrap(), log);
    assert_eq!(
        store.command_log(robot_id(2)).await.unwrap(),
        CommandLog::default()
    );
    all_or_nothing(store, &first).await;
    states(store, &first).await;
}

/// A command whose id or number is not free leaves nothing behind.
async fn all_or_nothing(store: &dyn CommandStore, first: &Command) {
    let second = Command {
        number: CommandNumber(first.number.0 + 1),
        ..command(2, 1)
    };
    let same_id = Command {
        id: first.id,
        ..second.clone()
    };
    assert!(is_conflict(&add(store, &same_id, Some(first.number)).await));
    assert!(is_conflict(&add(store, &second, None).await));
    assert!(is_conflict(&add(store, &second, Some(second.number)).await));
    assert_eq!(
        store.command(&scope(1), robot_id(1), second.id).await.unwrap(),
        None
    );
    let log = store.command_log(robot_id(1)).await.unwrap();
    assert_eq!((log.last(), log.remembered().len()), (Some(first.number), 1));
    assert!(
        store
            .command(&scope(1), robot_id(1), first.id)
            .await
            .unwrap()
            .is_some()
    );
    add(store, &second, Some(first.number)).await.unwrap();
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
        let (first, second) = tokio::join!(add(store, &one, None), add(store, &two, None));
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    }
}

pub async fn commands_stay_in_their_home(store: &dyn CommandStore) {
    let command = command(1, 1);
    add(store, &command, None).await.unwrap();
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
}

#[tokio::test]
async fn a_full_log_is_one_write_unit() {
    let table = LocalTable::start().await;
    let mut last = None;
    for n in 0..MAX_REMEMBERED as u64 + 1 {
        let command = Command {
            number: CommandNumber(1_790_000_000_000 + n),
            ..command(u128::from(n) + 1, 1)
        };
        let log = table.store.command_log(robot_id(1)).await.unwrap();
        let asked = Asked {
            key: u128::from(n),
            ..asked(&command)
        };
        let log = log.with(command.number, asked);
        let before = table.meter.write_units();
        table
            .store
            .add_command(&scope(1), &command, &log, last)
            .await
            .unwrap();
        assert_eq!(table.meter.write_units() - before, 2.0);
        last = Some(command.number);
    }
}

#[tokio::test]
async fn commands_are_forgotten_after_thirty_days() {
    let table = LocalTable::start().await;
    let command = command(1, 1);
    add(&table.store, &command, None).await.unwrap();
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
