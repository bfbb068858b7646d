//! A robot finds out where it is, and takes plans only where they belong.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;
use std::time::Duration;

use common::floor::Floor;
use common::{Table, command, condition, endpoint};
use device_agent::core::Input;
use device_agent::driver::{Capability, DriverOrder, Observation, StartOrder};
use domain::command::{Chosen, CommandKind, Corner, Rejection, Scope};
use domain::id::RoomId;
use domain::placement::Placed;
use domain::plan::CleaningPlan;
use domain::run::{Initiator, Outcome, RunEventKind};
use domain::settings::{Preferences, Restriction, Settings};
use domain::status::RobotState;
use mapping::pose::Pose;
use wire::ack::Answer;
use wire::command::CommandMessage;
use wire::plan;

const ALL: [Capability; 3] = [Capability::Pause, Capability::Rooms, Capability::Zones];

fn knowing(floors: &[&Floor]) -> Settings {
    let start = Settings::initial(endpoint().pairing);
    floors
        .iter()
        .fold(start, |settings, floor| settings.with_layer(floor.layer(3, 4)))
}

/// A docked robot whose frame lies at `frame` of a floor.
fn docked(dir: &Path, settings: &Settings, floor: &Floor, frame: &Pose) -> Table {
    let mut table = Table::able(dir, &ALL);
    table.configure(settings);
    put_down(&mut table, floor, frame);
    table
}

fn put_down(table: &mut Table, floor: &Floor, frame: &Pose) {
    table.observe(Observation::NewFrame);
    for _ in 0..5 {
        table.observe(Observation::Sweep(floor.sweep(frame, Pose::IDENTITY)));
    }
}

fn start(number: u64, plan: Option<&CleaningPlan>) -> CommandMessage {
    CommandMessage {
        rooms_version: 4,
        plan: plan.map(|plan| plan::encode(plan).unwrap()),
        ..command(number, CommandKind::Start)
    }
}

fn in_rooms(number: u64, plan: &CleaningPlan) -> CommandMessage {
    let rooms = Chosen::new("rooms", vec![RoomId::from_u128(5)]).unwrap();
    CommandMessage {
        scope: Some(Scope::Rooms { rooms }),
        ..start(number, Some(plan))
    }
}

fn started(table: &Table) -> Option<&StartOrder> {
    table.orders.iter().rev().find_map(|order| match order {
        DriverOrder::Start(start) => Some(start),
        _ => None,
    })
}

fn answer(table: &Table) -> Answer {
    table.acks().pop().unwrap().answer
}

fn refused(reason: Rejection) -> Answer {
    Answer::Rejected { reason }
}

fn near(corner: Corner, (x, y): (f64, f64)) -> bool {
    (f64::from(corner.x) - 1000.0 * x).hypot(f64::from(corner.y) - 1000.0 * y) < 40.0
}

fn placed(table: &Table) -> Vec<Placed> {
    let located = |event: domain::run::RunEvent| match event.kind {
        RunEventKind::Located(located) => Some(located),
        _ => None,
    };
    table.events().into_iter().filter_map(located).collect()
}

/// Drives a round in 100 seconds.
fn drive(table: &mut Table, floor: &Floor, frame: &Pose) {
    for sweep in floor.round(frame, 500) {
        table.robot_time += Duration::from_millis(200);
        table.observe(Observation::Sweep(sweep));
    }
}

#[test]
fn a_docked_robot_takes_a_rooms_plan_in_the_frame_of_its_run() {
    let (dir, ground) = (tempfile::tempdir().unwrap(), Floor::ground());
    let frame = Pose::new(0.08, -0.05, 0.06);
    let mut table = docked(dir.path(), &knowing(&[&ground]), &ground, &frame);
    table.command(&in_rooms(1, &ground.plan()));
    assert!(matches!(answer(&table), Answer::Accepted { run: Some(_) }));
    let plan = started(&table).unwrap().plan.clone().unwrap();
    assert!(
        near(plan.legs()[0].path[0], frame.inverse().transform((1.0, 0.0))),
        "{plan:?}"
    );
}

#[test]
fn a_robot_that_does_not_know_its_place_cleans_the_whole_home_by_its_own_means_only() {
    let (dir, ground) = (tempfile::tempdir().unwrap(), Floor::ground());
    let mut table = Table::able(dir.path(), &ALL);
    table.configure(&knowing(&[&ground]));
    table.command(&in_rooms(1, &ground.plan()));
    assert_eq!(answer(&table), refused(Rejection::NotLocated));
    table.command(&start(2, Some(&ground.plan())));
    assert_eq!(
        started(&table),
        Some(&StartOrder {
            scope: Scope::WholeHome,
            plan: None
        })
    );
}

#[test]
fn the_plan_of_another_floor_is_not_driven() {
    let (dir, ground, attic) = (tempfile::tempdir().unwrap(), Floor::ground(), Floor::attic());
    let mut table = docked(dir.path(), &knowing(&[&ground, &attic]), &attic, &Pose::IDENTITY);
    table.command(&in_rooms(1, &ground.plan()));
    assert_eq!(answer(&table), refused(Rejection::NotLocated));
    table.command(&start(2, Some(&ground.plan())));
    assert_eq!(started(&table).unwrap().plan, None);
    table.observe(Observation::Ended(Outcome::Stopped));
    table.command(&in_rooms(3, &attic.plan()));
    assert_eq!(started(&table).unwrap().plan, Some(attic.plan()));
}

#[test]
fn a_robot_carried_to_a_floor_that_it_does_not_know_is_nowhere() {
    let (dir, ground, attic) = (tempfile::tempdir().unwrap(), Floor::ground(), Floor::attic());
    let mut table = docked(dir.path(), &knowing(&[&ground]), &ground, &Pose::IDENTITY);
    put_down(&mut table, &attic, &Pose::IDENTITY);
    table.command(&in_rooms(1, &ground.plan()));
    assert_eq!(answer(&table), refused(Rejection::NotLocated));
    table.command(&start(2, None));
    drive(&mut table, &attic, &Pose::IDENTITY);
    assert_eq!(placed(&table), []);
}

#[test]
fn a_floor_that_becomes_known_while_the_robot_stands_there_is_recognised() {
    let (dir, attic) = (tempfile::tempdir().unwrap(), Floor::attic());
    let mut table = docked(dir.path(), &knowing(&[]), &attic, &Pose::IDENTITY);
    table.command(&in_rooms(1, &attic.plan()));
    assert_eq!(answer(&table), refused(Rejection::NotLocated));
    table.configure(&knowing(&[&attic]));
    table.command(&in_rooms(2, &attic.plan()));
    assert!(matches!(answer(&table), Answer::Accepted { .. }));
}

#[test]
fn rooms_that_have_changed_since_are_refused() {
    let (dir, ground) = (tempfile::tempdir().unwrap(), Floor::ground());
    let mut table = docked(dir.path(), &knowing(&[&ground]), &ground, &Pose::IDENTITY);
    let stale = CommandMessage {
        rooms_version: 3,
        ..in_rooms(1, &ground.plan())
    };
    table.command(&stale);
    assert_eq!(answer(&table), refused(Rejection::RoomsChanged));
    assert_eq!(started(&table), None);
}

#[test]
fn a_run_says_once_which_floor_it_is_on_and_again_after_an_outage() {
    let (dir, ground, attic) = (tempfile::tempdir().unwrap(), Floor::ground(), Floor::attic());
    let frame = Pose::new(0.1, 0.05, -0.05);
    let mut table = docked(dir.path(), &knowing(&[&ground, &attic]), &ground, &frame);
    table.command(&start(1, None));
    table.observe(Observation::State(condition(RobotState::Running)));
    drive(&mut table, &ground, &frame);
    let [located] = placed(&table)[..] else {
        panic!("{:?}", placed(&table));
    };
    assert_eq!(located.floor, ground.id);
    assert!(located.alignment.distance(&frame) < 0.03, "{located:?}");
    table.put(Input::Disconnected);
    table.put(Input::Connected);
    assert_eq!(placed(&table).len(), 2);
    let numbers: Vec<u32> = table.events().iter().map(|event| event.seq).collect();
    assert_eq!(numbers, [0, 1, 1, 2]);
}

#[test]
fn a_button_takes_the_last_whole_plan_even_after_a_restart() {
    let (dir, ground) = (tempfile::tempdir().unwrap(), Floor::ground());
    let settings = knowing(&[&ground]);
    let mut table = docked(dir.path(), &settings, &ground, &Pose::IDENTITY);
    table.command(&start(1, Some(&ground.plan())));
    drop(table);
    let mut table = Table::able(dir.path(), &ALL);
    put_down(&mut table, &ground, &Pose::IDENTITY);
    table.observe(Observation::Started(Initiator::Button));
    let Some(DriverOrder::Follow(plan)) = table.orders.last() else {
        panic!("{:?}", table.orders);
    };
    assert!(near(plan.legs()[0].path[0], (1.0, 0.0)), "{plan:?}");
    table.put(Input::OrderFailed(DriverOrder::Follow(plan.clone())));
    assert!(table.agent.is_busy(), "the run goes on without the plan");
}

#[test]
fn a_kept_plan_is_not_taken_elsewhere_or_against_new_restrictions() {
    let (dir, ground, attic) = (tempfile::tempdir().unwrap(), Floor::ground(), Floor::attic());
    let settings = knowing(&[&ground, &attic]);
    let mut table = docked(dir.path(), &settings, &ground, &Pose::IDENTITY);
    table.command(&start(1, Some(&ground.plan())));
    table.observe(Observation::Ended(Outcome::Completed));
    put_down(&mut table, &attic, &Pose::IDENTITY);
    table.observe(Observation::Started(Initiator::Button));
    table.observe(Observation::Ended(Outcome::Completed));
    put_down(&mut table, &ground, &Pose::IDENTITY);
    let corners = vec![Corner { x: 500, y: -500 }, Corner { x: 500, y: 500 }];
    let restrictions = vec![Restriction::VirtualWall { corners }];
    table.configure(&settings.with_preferences(Preferences {
        restrictions,
        ..Preferences::initial()
    }));
    table.observe(Observation::Started(Initiator::Button));
    let follows = |order: &DriverOrder| matches!(order, DriverOrder::Follow(_));
    assert!(!table.orders.iter().any(follows), "{:?}", table.orders);
}

#[test]
fn restrictions_lie_where_they_are_in_the_frame_of_the_robot() {
    let (dir, ground) = (tempfile::tempdir().unwrap(), Floor::ground());
    let corners = vec![Corner { x: 1_000, y: -500 }, Corner { x: 1_000, y: 500 }];
    let walled = knowing(&[&ground]).with_preferences(Preferences {
        restrictions: vec![Restriction::VirtualWall { corners }],
        ..Preferences::initial()
    });
    let frame = Pose::new(0.1, 0.1, 0.1);
    let table = docked(dir.path(), &walled, &ground, &frame);
    let Some(DriverOrder::Configure(preferences)) = table.orders.last() else {
        panic!("{:?}", table.orders);
    };
    let [Restriction::VirtualWall { corners }] = &preferences.restrictions[..] else {
        panic!("{preferences:?}");
    };
    assert!(
        near(corners[0], frame.inverse().transform((1.0, -0.5))),
        "{corners:?}"
    );
}

#[test]
fn a_start_with_an_unreadable_plan_cleans_by_its_own_means() {
    let (dir, ground) = (tempfile::tempdir().unwrap(), Floor::ground());
    let mut table = docked(dir.path(), &knowing(&[&ground]), &ground, &Pose::IDENTITY);
    let garbled = CommandMessage {
        plan: Some("of a later version".into()),
        ..start(1, None)
    };
    table.command(&garbled);
    assert_eq!(started(&table).unwrap().plan, None);
}
