//! What the robot does when an entry is due.

use std::path::Path;
use std::time::Duration;

use device_agent::core::Input;
use device_agent::core::scheduler::GRACE;
use device_agent::driver::{Capability, DriverOrder, Observation};
use domain::command::{Chosen, CommandKind, Corner, Rejection, Scope};
use domain::id::{EntryId, FloorId, RoomId};
use domain::plan::{CleaningPlan, PlanLeg, PlanParts};
use domain::run::{Initiator, Outcome, RunEventKind};
use domain::schedule::{DoNotDisturb, ScheduleEntry, SkippedRun, Weekdays};
use domain::settings::Preferences;
use domain::status::RobotState;
use wire::ack::Answer;
use wire::plan;

use crate::common::{SERVER_TIME, Table, command, condition};

/// The clock on the wall shows 08:00 when a table is ready.
const ENTRY_AT: &str = "09:00";
const TO_ENTRY: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

fn whole_home() -> ScheduleEntry {
    ScheduleEntry {
        id: EntryId::from_u128(1),
        enabled: true,
        days: Weekdays::all(),
        at: ENTRY_AT.parse().unwrap(),
        scope: Scope::WholeHome,
    }
}

fn scheduled(entries: &[ScheduleEntry]) -> Preferences {
    Preferences {
        schedule: entries.to_vec(),
        ..Preferences::initial()
    }
}

fn starts(table: &Table) -> usize {
    let is_start = |order: &&DriverOrder| matches!(order, DriverOrder::Start(_));
    table.orders.iter().filter(is_start).count()
}

fn ready(dir: &Path, preferences: Preferences) -> Table {
    let mut table = Table::ready(dir);
    table.choose(2, preferences);
    table
}

fn reported(table: &mut Table) -> Option<SkippedRun> {
    table.wait(Duration::from_secs(6));
    table.statuses().last().unwrap().skipped
}

fn skipped(reason: Rejection) -> Option<SkippedRun> {
    Some(SkippedRun {
        entry: whole_home().id,
        due_at: SERVER_TIME.plus(TO_ENTRY),
        reason,
    })
}

#[test]
fn a_run_begins_at_its_time_without_any_connection() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = ready(dir.path(), scheduled(&[whole_home()]));
    table.put(Input::Disconnected);
    assert_eq!(table.agent.next_tick(), Some(TO_ENTRY));
    table.wait(TO_ENTRY - Duration::from_millis(1));
    assert_eq!(starts(&table), 0);
    table.wait(Duration::from_millis(1));
    assert_eq!(starts(&table), 1);
    table.wait(DAY - TO_ENTRY);
    table.put(Input::Connected);
    let started = table.events().pop().unwrap();
    assert_eq!(started.initiator, Initiator::Schedule);
    assert!(matches!(started.kind, RunEventKind::Started));
}

#[test]
fn what_stands_against_a_run_is_told() {
    for (state, expected) in [
        (RobotState::Running, Rejection::Busy),
        (RobotState::Error, Rejection::InvalidInState),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let mut table = ready(dir.path(), scheduled(&[whole_home()]));
        table.observe(Observation::State(condition(state)));
        table.wait(TO_ENTRY);
        assert_eq!((starts(&table), reported(&mut table)), (0, skipped(expected)));
    }
    let dir = tempfile::tempdir().unwrap();
    let quiet = DoNotDisturb {
        enabled: true,
        from: "08:30".parse().unwrap(),
        to: "09:30".parse().unwrap(),
    };
    let preferences = Preferences {
        do_not_disturb: quiet,
        ..scheduled(&[whole_home()])
    };
    let mut table = ready(dir.path(), preferences);
    table.wait(TO_ENTRY);
    assert_eq!(
        (starts(&table), reported(&mut table)),
        (0, skipped(Rejection::QuietHours))
    );
    table.choose(3, scheduled(&[whole_home()]));
    table.wait(DAY);
    assert_eq!((starts(&table), reported(&mut table)), (1, None));
}

#[test]
fn a_robot_that_was_off_begins_within_the_grace_and_never_later() {
    for (late, expected) in [(GRACE, 1), (GRACE + Duration::from_millis(1), 0)] {
        let dir = tempfile::tempdir().unwrap();
        ready(dir.path(), scheduled(&[whole_home()]));
        let mut table = Table::new(dir.path());
        table.observe(Observation::State(condition(RobotState::Docked)));
        table.wait(TO_ENTRY);
        assert_eq!(starts(&table), 0, "the time is not known yet");
        table.put(Input::Connected);
        table.answer_time_at(SERVER_TIME.plus(TO_ENTRY + late));
        assert_eq!(starts(&table), expected);
        let expected = (expected == 0).then(|| skipped(Rejection::Expired).unwrap());
        assert_eq!(reported(&mut table), expected);
    }
}

#[test]
fn after_a_power_cut_the_same_entry_does_not_begin_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = ready(dir.path(), scheduled(&[whole_home()]));
    table.wait(TO_ENTRY);
    assert_eq!(starts(&table), 1);
    for _ in 0..3 {
        table = Table::new(dir.path());
        table.observe(Observation::State(condition(RobotState::Docked)));
        table.put(Input::Connected);
        table.answer_time_at(SERVER_TIME.plus(TO_ENTRY + Duration::from_secs(60)));
        assert_eq!(starts(&table), 0);
    }
    table.wait(DAY);
    assert_eq!(starts(&table), 1);
}

#[test]
fn an_entry_made_after_its_time_waits_for_the_next_day() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::ready(dir.path());
    table.wait(TO_ENTRY + Duration::from_secs(60));
    table.choose(2, scheduled(&[whole_home()]));
    table.wait(Duration::from_secs(1));
    assert_eq!((starts(&table), reported(&mut table)), (0, None));
    table.wait(DAY);
    assert_eq!(starts(&table), 1);
}

#[test]
fn rooms_are_cleaned_by_the_plan_that_the_robot_keeps() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::able(dir.path(), &[Capability::Rooms]);
    table.observe(Observation::Located(true));
    let in_room = |id: u128, room: u128, at: &str| ScheduleEntry {
        id: EntryId::from_u128(id),
        at: at.parse().unwrap(),
        scope: Scope::Rooms {
            rooms: Chosen::new("rooms", vec![RoomId::from_u128(room)]).unwrap(),
        },
        ..whole_home()
    };
    table.choose(2, scheduled(&[in_room(1, 2, "09:00"), in_room(2, 9, "10:00")]));
    let mut start = command(1, CommandKind::Start);
    start.plan = Some(plan::encode(&two_rooms()).unwrap());
    table.command(&start);
    assert!(matches!(table.acks()[0].answer, Answer::Accepted { .. }));
    table.observe(Observation::Ended(Outcome::Completed));
    table.wait(TO_ENTRY);
    let Some(DriverOrder::Start(order)) = table.orders.last() else {
        panic!("{:?}", table.orders.last());
    };
    let rooms: Vec<_> = order
        .plan
        .as_ref()
        .unwrap()
        .legs()
        .iter()
        .map(|leg| leg.room)
        .collect();
    assert_eq!(rooms, [Some(RoomId::from_u128(2))]);
    table.observe(Observation::Ended(Outcome::Completed));
    table.wait(TO_ENTRY);
    assert_eq!(reported(&mut table).unwrap().reason, Rejection::RoomsChanged);
}

fn two_rooms() -> CleaningPlan {
    let leg = |room: u128| PlanLeg {
        room: Some(RoomId::from_u128(room)),
        recharge_first: false,
        path: vec![Corner { x: 500, y: 0 }],
        length_mm: 500,
        seconds: 5,
    };
    CleaningPlan::new(PlanParts {
        floor: FloorId::from_u128(1),
        n: 1,
        rooms_version: 1,
        legs: vec![leg(1), leg(2)],
        way_home: Vec::new(),
        length_mm: 1_000,
        seconds: 10,
        coverage_permille: 990,
    })
    .unwrap()
}
