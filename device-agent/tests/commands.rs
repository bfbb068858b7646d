//! What a robot does about commands, from the message to the motor and back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::time::Duration;

use common::{SERVER_TIME, Table, command, condition};
use device_agent::core::Input;
use device_agent::driver::{DriverOrder, Observation, StartOrder};
use device_agent::state::AgentState;
use domain::command::{CommandKind, CommandNumber, Failure, Rejection, Scope};
use domain::id::RunId;
use domain::receipt::ReceiptKind;
use domain::run::Outcome;
use domain::status::RobotState;
use wire::ack::Answer;
use wire::command::CommandMessage;

fn whole_home() -> StartOrder {
    StartOrder {
        scope: Scope::WholeHome,
        plan: None,
    }
}

fn started(table: &Table) -> usize {
    table
        .orders
        .iter()
        .filter(|order| matches!(order, DriverOrder::Start(_)))
        .count()
}

#[test]
fn a_start_is_accepted_once_and_its_number_is_on_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::ready(dir.path());
    table.command(&command(7, CommandKind::Start));
    table.command(&command(7, CommandKind::Start));
    assert_eq!(table.orders.last(), Some(&DriverOrder::Start(whole_home())));
    assert_eq!(started(&table), 1);
    let acks = table.acks();
    assert!(
        acks.iter()
            .all(|ack| matches!(ack.answer, Answer::Accepted { run: Some(_) })),
        "{acks:?}"
    );
    let state = AgentState::load(&dir.path().join("state.json")).unwrap();
    assert_eq!(state.last_number, Some(CommandNumber(7)));
}

#[test]
fn a_number_that_was_used_before_a_restart_is_refused_after_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::ready(dir.path());
    table.command(&command(7, CommandKind::Locate));
    drop(table);
    let mut table = Table::ready(dir.path());
    let replayed = CommandMessage {
        id: command(8, CommandKind::Start).id,
        ..command(7, CommandKind::Start)
    };
    table.command(&replayed);
    assert_eq!(
        table.acks().last().unwrap().answer,
        Answer::Rejected {
            reason: Rejection::Repeated
        }
    );
    assert_eq!(started(&table), 0);
}

#[test]
fn no_run_starts_before_the_server_has_told_the_time_to_this_boot() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::new(dir.path());
    table.observe(Observation::State(condition(RobotState::Docked)));
    table.put(Input::Connected);
    table.command(&command(1, CommandKind::Start));
    assert_eq!(
        table.acks().last().unwrap().answer,
        Answer::Rejected {
            reason: Rejection::ClockUnknown
        }
    );
    table.receipt(ReceiptKind::Time {
        nonce: "somebody else's".into(),
        now: SERVER_TIME,
    });
    table.command(&command(2, CommandKind::Start));
    assert_eq!(started(&table), 0);
    table.answer_time();
    table.command(&command(3, CommandKind::Start));
    assert_eq!(started(&table), 1);
}

#[test]
fn a_retained_or_late_start_does_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::ready(dir.path());
    table.request(&command(1, CommandKind::Start), true);
    assert_eq!(
        table.acks().last().unwrap().answer,
        Answer::Rejected {
            reason: Rejection::Retained
        }
    );
    table.wait(Duration::from_secs(61));
    table.command(&command(2, CommandKind::Start));
    assert_eq!(
        table.acks().last().unwrap().answer,
        Answer::Rejected {
            reason: Rejection::Expired
        }
    );
    assert_eq!(started(&table), 0);
}

#[test]
fn a_stop_ends_the_run_whatever_its_number_and_raises_the_last_one() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::ready(dir.path());
    table.command(&command(7, CommandKind::Start));
    table.observe(Observation::State(condition(RobotState::Running)));
    table.command(&command(3, CommandKind::Stop));
    assert_eq!(table.orders.last(), Some(&DriverOrder::Stop));
    table.observe(Observation::Ended(Outcome::Stopped));
    table.observe(Observation::State(condition(RobotState::Stopped)));
    let answers: Vec<_> = table
        .acks()
        .into_iter()
        .map(|ack| (ack.command, ack.answer))
        .collect();
    assert!(
        answers.contains(&(command(3, CommandKind::Stop).id, Answer::Succeeded { run: None })),
        "{answers:?}"
    );
    let superseded = Answer::Failed {
        reason: Failure::Superseded,
    };
    assert!(
        answers.contains(&(command(7, CommandKind::Start).id, superseded)),
        "{answers:?}"
    );
    table.command(&command(100, CommandKind::Stop));
    table.command(&command(99, CommandKind::Start));
    assert_eq!(
        table.acks().last().unwrap().answer,
        Answer::Rejected {
            reason: Rejection::Repeated
        }
    );
}

#[test]
fn an_answer_is_repeated_until_it_is_settled() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::ready(dir.path());
    table.command(&command(1, CommandKind::Start));
    let first = table.acks();
    table.wait(Duration::from_secs(11));
    assert_eq!(table.acks().len(), first.len() + 1);
    table.receipt(ReceiptKind::Settled {
        command: command(1, CommandKind::Start).id,
    });
    table.wait(Duration::from_secs(3600));
    assert_eq!(table.acks().len(), first.len() + 1);
}

#[test]
fn a_robot_that_does_not_take_the_order_says_that_the_command_failed() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::ready(dir.path());
    table.command(&command(1, CommandKind::Start));
    table.put(Input::OrderFailed(DriverOrder::Start(whole_home())));
    assert_eq!(
        table.acks().last().unwrap().answer,
        Answer::Failed {
            reason: Failure::RobotError
        }
    );
}

#[test]
fn pause_and_resume_succeed_when_the_robot_has_done_them() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::ready(dir.path());
    table.command(&command(1, CommandKind::Start));
    table.observe(Observation::State(condition(RobotState::Running)));
    for (number, kind, state) in [
        (2, CommandKind::Pause, RobotState::Paused),
        (3, CommandKind::Resume, RobotState::Running),
    ] {
        table.command(&command(number, kind));
        assert_eq!(
            table.acks().last().unwrap().answer,
            Answer::Accepted { run: None }
        );
        table.observe(Observation::State(condition(state)));
        assert_eq!(
            table.acks().last().unwrap().answer,
            Answer::Succeeded { run: None }
        );
    }
}

fn expected(number: u64) -> CommandMessage {
    let start = command(number, CommandKind::Start);
    CommandMessage {
        run: Some(RunId::begun_by(start.id)),
        ..start
    }
}

#[test]
fn a_start_whose_run_is_expected_is_answered_by_the_run() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::ready(dir.path());
    let start = expected(7);
    table.command(&start);
    assert_eq!((started(&table), table.acks()), (1, Vec::new()));
    assert_eq!(table.events().last().unwrap().run, start.run.unwrap());
    let state = AgentState::load(&dir.path().join("state.json")).unwrap();
    assert_eq!(state.last_number, Some(CommandNumber(7)));
    table.wait(Duration::from_secs(3600));
    assert_eq!(table.acks(), []);
    // The broker may deliver twice: the answer is then that of the first, and nothing else moves.
    table.command(&start);
    let Answer::Accepted { run } = table.acks().last().unwrap().answer else {
        panic!()
    };
    assert_eq!((started(&table), run), (1, start.run));
}

#[test]
fn a_start_whose_run_is_expected_is_still_refused_by_word() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::ready(dir.path());
    table.request(&expected(7), true);
    let reason = Rejection::Retained;
    assert_eq!(table.acks().last().unwrap().answer, Answer::Rejected { reason });
    assert_eq!(started(&table), 0);
}

#[test]
fn a_run_that_is_not_that_of_the_start_is_no_answer_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::ready(dir.path());
    let start = expected(7);
    let foreign = CommandMessage {
        run: Some(RunId::from_u128(99)),
        ..start
    };
    table.command(&foreign);
    let Answer::Accepted { run: Some(run) } = table.acks().last().unwrap().answer else {
        panic!()
    };
    assert_ne!(run, RunId::from_u128(99));
}

#[test]
fn a_run_that_the_cloud_refuses_leaves_the_answer_to_the_robot() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::ready(dir.path());
    let start = expected(7);
    table.command(&start);
    table.observe(Observation::State(condition(RobotState::Running)));
    let (field, reason) = ("tiles".to_owned(), "are too many".to_owned());
    let run = start.run.unwrap();
    table.receipt(ReceiptKind::Refused { run, field, reason });
    table.observe(Observation::Ended(Outcome::Completed));
    assert_eq!(
        table.acks().last().unwrap().answer,
        Answer::Succeeded { run: start.run }
    );
}
