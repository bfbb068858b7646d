//! C11: a child lock, quiet hours and a robot that is held in the air forbid on the robot itself, with a reason; the
//! lock is lifted at the robot, without the cloud.

use std::time::Duration;

use device_agent::core::Input;
use device_agent::driver::{DriverOrder, Observation};
use domain::command::{CommandKind, Rejection, Scope};
use domain::id::EntryId;
use domain::run::{Initiator, Outcome};
use domain::schedule::{DoNotDisturb, ScheduleEntry, TimeOfDay, Weekdays};
use domain::settings::Preferences;
use domain::status::RobotState;
use rand::RngExt;
use wire::ack::Answer;

use crate::common::condition;
use crate::schedule::{Schedule, hold};

/// What the clock on the wall shows when a schedule of these begins: 08:00.
const BEGIN_MINUTE: u16 = 8 * 60;

fn minute(minutes: u16) -> TimeOfDay {
    TimeOfDay::from_minutes(minutes % (24 * 60)).unwrap()
}

fn locked() -> Preferences {
    Preferences {
        child_lock: true,
        ..Preferences::initial()
    }
}

/// Quiet from before now until `minutes` after the beginning, and a run that is scheduled within.
fn quiet(home: &mut Schedule, minutes: u16) -> Preferences {
    let due = BEGIN_MINUTE + home.random.random_range(1..minutes);
    let entry = ScheduleEntry {
        id: EntryId::from_u128(1),
        enabled: true,
        days: Weekdays::all(),
        at: minute(due),
        scope: Scope::WholeHome,
    };
    Preferences {
        schedule: vec![entry],
        do_not_disturb: DoNotDisturb {
            enabled: true,
            from: minute(BEGIN_MINUTE + 24 * 60 - home.random.random_range(0..600)),
            to: minute(BEGIN_MINUTE + minutes),
        },
        ..Preferences::initial()
    }
}

fn is_refused(home: &Schedule, reason: Rejection) -> bool {
    home.table.acks().last().map(|ack| ack.answer) == Some(Answer::Rejected { reason })
}

/// The robot has begun to clean because its button was pressed; says whether that was let be.
fn press(home: &mut Schedule) -> bool {
    home.table.orders.clear();
    home.table.observe(Observation::Started(Initiator::Button));
    !home.table.orders.contains(&DriverOrder::Stop)
}

#[test]
fn c11_a_locked_button_starts_nothing_until_the_lock_is_lifted_at_the_robot() {
    hold("C11 child lock", |home| {
        home.table.choose(2, locked());
        if home.random.random_bool(0.5) {
            home.table.put(Input::Disconnected);
        }
        let mut refused = true;
        for _ in 0..home.random.random_range(1..6) {
            home.disturb();
            refused &= !press(home);
            home.table.observe(Observation::Ended(Outcome::Stopped));
        }
        home.table.observe(Observation::LockLifted);
        if home.random.random_bool(0.5) {
            home.lose_power();
        }
        let lifted = press(home);
        home.end_run();
        home.table.choose(3, locked());
        refused && lifted && !press(home)
    });
}

#[test]
fn c11_a_locked_robot_still_stops() {
    hold("C11 stop under lock", |home| {
        home.table.choose(2, locked());
        let start = home.start(1);
        home.table.command(&start);
        home.disturb();
        let number = home.random.random_range(0..3);
        let stop = home.issued(number, CommandKind::Stop);
        home.table.command(&stop);
        home.table.orders.last() == Some(&DriverOrder::Stop)
    });
}

#[test]
fn c11_nothing_begins_in_quiet_hours_that_nobody_beside_the_robot_asked_for() {
    hold("C11 quiet hours", |home| {
        let minutes = home.random.random_range(30..600);
        let preferences = quiet(home, minutes);
        home.table.choose(2, preferences);
        let end = home.table.uptime + Duration::from_secs(u64::from(minutes) * 60);
        let mut refused = true;
        for number in 1..=home.random.random_range(1..6) {
            let start = home.start(number);
            home.table.put(Input::Connected);
            home.table.command(&start);
            refused &= is_refused(home, Rejection::QuietHours);
            let pause = Duration::from_secs(home.random.random_range(0..3600));
            home.table
                .wait(pause.min(end.saturating_sub(home.table.uptime + Duration::from_secs(5))));
        }
        let unmoved = home.movements() == 0;
        home.table.wait(end.saturating_sub(home.table.uptime));
        refused && unmoved && home.would_move(10)
    });
}

#[test]
fn c11_a_robot_that_is_held_in_the_air_starts_nothing() {
    hold("C11 lifted robot", |home| {
        home.table
            .observe(Observation::State(condition(RobotState::Error)));
        let mut refused = true;
        for number in 1..=home.random.random_range(1..6) {
            let start = home.start(number);
            home.table.command(&start);
            refused &= is_refused(home, Rejection::InvalidInState);
            home.disturb();
        }
        let unmoved = home.movements() == 0;
        home.table
            .observe(Observation::State(condition(RobotState::Docked)));
        refused && unmoved && home.would_move(10)
    });
}
