//! No robot moves when it should not: rules C1 to C15 as far as the robot itself holds them, each on a hundred seeded
//! schedules of the real core. A line `C1: 100 tried, 0 failed` is printed for each.
//!
//! The cloud's half (C8, C9, C13, and the answers to phones in C7, C12 and C15) is in mobile-api's tests.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says how much it tried"
)]

#[path = "../common/mod.rs"]
mod common;
mod locks;
mod schedule;

use std::time::Duration;

use common::condition;
use device_agent::core::Input;
use device_agent::driver::{DriverOrder, Observation};
use domain::command::CommandKind;
use domain::id::PairingId;
use domain::receipt::ReceiptKind;
use domain::run::Outcome;
use domain::status::RobotState;
use rand::RngExt;
use rand::seq::SliceRandom;
use schedule::{Bug, Schedule, catch, hold, renumbered};

const HOUR: Duration = Duration::from_secs(3600);
/// What somebody with a stolen token sends.
const STARTS_A_SECOND: u64 = 100;

#[test]
fn c01_a_start_that_comes_after_its_end_does_nothing() {
    hold("C1", late_start);
}

fn late_start(home: &mut Schedule) -> bool {
    let start = home.start(1);
    let late = Duration::from_millis(home.random.random_range(1..3_600_000));
    home.table.wait(Duration::from_secs(60) + late);
    home.disturb();
    home.deliver(&start);
    home.movements() == 0 && home.would_move(2)
}

#[test]
fn c02_a_start_that_comes_twice_runs_once() {
    hold("C2", repeated_start);
}

fn repeated_start(home: &mut Schedule) -> bool {
    let start = home.start(1);
    home.deliver(&start);
    for _ in 0..home.random.random_range(1..6) {
        home.disturb();
        if home.random.random_bool(0.3) {
            home.end_run();
        }
        home.deliver(&start);
    }
    home.end_run();
    home.movements() == 1 && home.would_move(2)
}

#[test]
fn c03_a_recorded_start_is_refused_after_any_restart() {
    hold("C3", recorded_start);
}

fn recorded_start(home: &mut Schedule) -> bool {
    let last = home.random.random_range(1..6);
    for number in 1..=last {
        let start = home.start(number);
        home.deliver(&start);
        home.end_run();
    }
    home.lose_power();
    home.table.answer_time();
    for again in 0..10 {
        let number = home.random.random_range(1..=last);
        let recorded = renumbered(&home.start(number), 100 + again, number);
        home.deliver(&recorded);
        home.disturb();
    }
    home.movements() == 0 && home.would_move(last + 1)
}

#[test]
fn c04_a_retained_start_does_nothing() {
    hold("C4", retained_start);
}

fn retained_start(home: &mut Schedule) -> bool {
    for number in 1..=home.random.random_range(1..6) {
        let start = home.start(number);
        home.deliver_as(&start, true);
        home.disturb();
    }
    home.movements() == 0 && home.would_move(10)
}

#[test]
fn c05_starts_that_waited_through_an_outage_do_nothing() {
    hold("C5", queued_starts);
}

fn queued_starts(home: &mut Schedule) -> bool {
    home.table.put(Input::Disconnected);
    let mut queued = Vec::new();
    for number in 1..=10 {
        let pause = home.random.random_range(1..2_800);
        home.table.wait(Duration::from_secs(pause));
        queued.push(home.start(number));
    }
    home.table.wait(HOUR);
    if home.random.random_bool(0.5) {
        queued.shuffle(&mut home.random);
    }
    home.table.put(Input::Connected);
    for start in &queued {
        home.deliver(start);
        home.disturb();
    }
    home.movements() == 0 && home.would_move(11)
}

#[test]
fn c06_a_robot_that_lost_power_in_a_run_stands_still() {
    hold("C6", power_cut);
}

fn power_cut(home: &mut Schedule) -> bool {
    let start = home.start(1);
    home.deliver(&start);
    home.table
        .observe(Observation::State(condition(RobotState::Running)));
    if home.random.random_bool(0.5) {
        home.table.drive();
    }
    home.lose_power();
    home.table.answer_time();
    home.disturb();
    home.deliver(&start);
    let later = home.random.random_range(1..7_200);
    home.table.wait(Duration::from_secs(later));
    home.movements() == 0 && home.would_move(2)
}

#[test]
fn c07_of_two_starts_one_runs_and_a_stop_wins() {
    hold("C7", race);
}

fn race(home: &mut Schedule) -> bool {
    let mut race = [CommandKind::Start, CommandKind::Start, CommandKind::Stop]
        .into_iter()
        .zip(1..)
        .map(|(kind, number)| home.issued(number, kind))
        .collect::<Vec<_>>();
    race.shuffle(&mut home.random);
    for message in &race {
        home.deliver(message);
    }
    let stopped = home
        .table
        .orders
        .iter()
        .rposition(|order| *order == DriverOrder::Stop);
    let moved = home
        .table
        .orders
        .iter()
        .rposition(|order| matches!(order, DriverOrder::Start(_)));
    let stop_wins = stopped.is_some() && moved < stopped;
    home.end_run();
    stop_wins && home.movements() <= 1 && home.would_move(4)
}

#[test]
fn c10_a_stop_is_obeyed_however_late_and_often_it_comes() {
    hold("C10", late_stop);
}

fn late_stop(home: &mut Schedule) -> bool {
    let stop = home.issued(1, CommandKind::Stop);
    let start = home.start(2);
    home.deliver(&start);
    home.table
        .observe(Observation::State(condition(RobotState::Running)));
    home.table.wait(HOUR * home.random.random_range(0..10));
    let times = home.random.random_range(1..5);
    for _ in 0..times {
        home.disturb();
        let retained = home.random.random_bool(0.3);
        home.deliver_as(&stop, retained);
    }
    let stops = home
        .table
        .orders
        .iter()
        .filter(|order| **order == DriverOrder::Stop);
    stops.count() == times
}

#[test]
fn c10_a_dock_ends_a_run_however_late_and_often_it_comes() {
    hold("C10 dock", late_dock);
}

fn late_dock(home: &mut Schedule) -> bool {
    let dock = home.issued(1, CommandKind::Dock);
    for number in 2..home.random.random_range(3..5) {
        home.table.wait(HOUR * home.random.random_range(0..10));
        let start = home.start(number);
        home.deliver(&start);
        home.table
            .observe(Observation::State(condition(RobotState::Running)));
        home.disturb();
        let retained = home.random.random_bool(0.3);
        home.deliver_as(&dock, retained);
        if home.table.orders.last() != Some(&DriverOrder::Dock) {
            return false;
        }
        home.end_run();
    }
    true
}

#[test]
fn c10_an_old_dock_moves_no_robot_that_stands_still() {
    hold("C10 old dock", old_dock);
}

fn old_dock(home: &mut Schedule) -> bool {
    let dock = home.issued(2, CommandKind::Dock);
    let start = home.start(1);
    home.deliver(&start);
    home.table
        .observe(Observation::State(condition(RobotState::Running)));
    let stop = home.issued(3, CommandKind::Stop);
    home.deliver(&stop);
    home.table.observe(Observation::Ended(Outcome::Stopped));
    home.table
        .observe(Observation::State(condition(RobotState::Stopped)));
    for _ in 0..home.random.random_range(1..5) {
        home.table.wait(HOUR * home.random.random_range(0..10));
        home.disturb();
        let retained = home.random.random_bool(0.3);
        home.deliver_as(&dock, retained);
    }
    let fresh = home.issued(4, CommandKind::Dock);
    let stands = !home.table.orders.contains(&DriverOrder::Dock);
    home.deliver(&fresh);
    stands && home.table.orders.contains(&DriverOrder::Dock)
}

#[test]
fn c12_a_start_of_an_earlier_owner_does_nothing() {
    hold("C12", foreign_start);
}

fn foreign_start(home: &mut Schedule) -> bool {
    for number in 1..=home.random.random_range(1..10) {
        let mut start = home.start(number);
        start.pairing = PairingId::from_u128(home.random.random_range(1_000..u128::MAX));
        home.deliver(&start);
        home.disturb();
    }
    home.movements() == 0 && home.would_move(20)
}

#[test]
fn c14_nothing_starts_before_this_boot_knows_the_time() {
    hold("C14", unknown_time);
}

fn unknown_time(home: &mut Schedule) -> bool {
    home.lose_power();
    for number in 1..=home.random.random_range(1..6) {
        answer_wrongly(home);
        let start = home.start(number);
        home.deliver(&start);
        home.disturb();
    }
    let unmoved = home.movements() == 0;
    home.lose_power();
    home.table.answer_time();
    unmoved && home.would_move(10)
}

/// The time comes from somebody who was not asked.
fn answer_wrongly(home: &mut Schedule) {
    let nonce = home.random.random::<u64>().to_string();
    home.table.receipt(ReceiptKind::Time {
        nonce,
        now: common::SERVER_TIME,
    });
}

#[test]
fn c15_of_a_burst_of_starts_one_runs() {
    hold("C15", burst);
}

fn burst(home: &mut Schedule) -> bool {
    let mut burst: Vec<_> = (1..=STARTS_A_SECOND).map(|number| home.start(number)).collect();
    if home.random.random_bool(0.5) {
        burst.shuffle(&mut home.random);
    }
    for start in &burst {
        home.table.wait(Duration::from_secs(1) / STARTS_A_SECOND as u32);
        home.deliver(start);
    }
    home.movements() == 1
}

/// A rule by its name, a bug that it must catch, and what tries it.
type Rule = (&'static str, Bug, fn(&mut Schedule) -> bool);

#[test]
fn each_rule_finds_the_bug_that_is_built_in() {
    let rules: [Rule; 13] = [
        ("C1", Bug::ObeysLate, late_start),
        ("C2", Bug::CountsNothing, repeated_start),
        ("C3", Bug::CountsNothing, recorded_start),
        ("C4", Bug::ObeysRetained, retained_start),
        ("C5", Bug::ObeysLate, queued_starts),
        ("C6", Bug::ResumesAtBoot, power_cut),
        ("C7", Bug::StopsInTimeOnly, race),
        ("C10", Bug::StopsInTimeOnly, late_stop),
        ("C10 dock", Bug::StopsInTimeOnly, late_dock),
        ("C10 old dock", Bug::DocksLate, old_dock),
        ("C12", Bug::ObeysAnybody, foreign_start),
        ("C14", Bug::TrustsItsClock, unknown_time),
        ("C15", Bug::StartsOverAndOver, burst),
    ];
    for (rule, bug, play) in rules {
        catch(rule, bug, play);
    }
}
