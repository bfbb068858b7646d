//! Simulated robots drive the plans that they are given.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::{BTreeSet, HashSet};

use common::{Learnt, act, as_sent, corner, home, is_end, is_state, minutes, poses, robot, run};
use device_agent::core::locating::{Locating, Place};
use device_agent::driver::{DriverError, DriverOrder, Observation, Observed, StartOrder};
use domain::command::{Chosen, Scope, Zone};
use domain::id::{FloorId, RoomId};
use domain::plan::CleaningPlan;
use domain::run::{Initiator, Outcome};
use domain::settings::{PermanentLayer, Preferences, Restriction};
use domain::status::RobotState;
use mapping::pose::Pose;
use mapping::tile::CellIndex;
use simulator::path::CLEANING_RADIUS_METRES;
use simulator::plans::DemoPlan;
use simulator::robot::{SimConfig, SimRobot};

/// A robot that has cleaned its home `runs` times, and what is known of the home then.
fn experienced(plan: DemoPlan, runs: usize) -> (SimRobot, Learnt, Vec<Observed>) {
    let mut robot = robot(plan, SimConfig::default());
    let mut learnt = Learnt::default();
    let mut first = Vec::new();
    for _ in 0..runs {
        let told = run(&mut robot, None);
        ready(&mut robot);
        learnt.take(&told);
        if first.is_empty() {
            first = told;
        }
    }
    (robot, learnt, first)
}

/// The cells that are cleaned along a path.
fn cleaned(path: Vec<(f64, f64)>) -> HashSet<CellIndex> {
    let reach = (CLEANING_RADIUS_METRES / 0.05) as i32 + 1;
    let around = |(x, y): (f64, f64)| {
        let middle = CellIndex::of_metres(x, y);
        let square =
            (-reach..=reach).flat_map(move |dy| (-reach..=reach).map(move |dx| middle.offset(dx, dy)));
        square.filter(move |cell| {
            let centre = cell.centre_metres();
            (centre.0 - x).hypot(centre.1 - y) <= CLEANING_RADIUS_METRES
        })
    };
    path.into_iter().flat_map(around).collect()
}

fn along(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let between = |pair: &[(f64, f64)]| {
        let (a, b) = (pair[0], pair[1]);
        let steps = ((b.0 - a.0).hypot(b.1 - a.1) / 0.04).ceil().max(1.0);
        (0..=steps as u32)
            .map(move |i| f64::from(i) / steps)
            .map(move |part| (a.0 + part * (b.0 - a.0), a.1 + part * (b.1 - a.1)))
            .collect::<Vec<_>>()
    };
    points.windows(2).flat_map(between).collect()
}

fn driven(told: &[Observed]) -> Vec<(f64, f64)> {
    let path: Vec<(f64, f64)> = poses(told).iter().map(|pose| (pose.x, pose.y)).collect();
    along(&path)
}

/// The part of `wanted` that was cleaned.
fn share(wanted: &HashSet<CellIndex>, done: &HashSet<CellIndex>) -> f64 {
    wanted.intersection(done).count() as f64 / wanted.len() as f64
}

fn ready(robot: &mut SimRobot) {
    act(robot, is_state(RobotState::Docked));
}

#[test]
fn a_plan_takes_less_time_than_own_means_and_covers_what_it_says() {
    let (mut robot, learnt, first) = experienced(DemoPlan::Flat, 2);
    let plan = learnt.plan(None);
    let told = run(&mut robot, Some(as_sent(&plan)));
    let wanted = cleaned(along(&plan.path()));
    let (planned, own) = (cleaned(driven(&told)), cleaned(driven(&first)));
    println!(
        "{:.1} min by plan, {:.1} min without; {:.3} and {:.3} of what it covers",
        minutes(&told),
        minutes(&first),
        share(&wanted, &planned),
        share(&wanted, &own)
    );
    assert!(minutes(&told) < 0.9 * minutes(&first));
    assert!(share(&wanted, &planned) > 0.96);
    assert!(share(&wanted, &planned) > share(&wanted, &own) - 0.005);
    assert!(minutes(&told) < 1.15 * plan.minutes, "{} min said", plan.minutes);
}

#[test]
fn only_the_rooms_of_the_plan_are_cleaned() {
    let (mut robot, learnt, _) = experienced(DemoPlan::Flat, 2);
    let rooms = learnt.rooms();
    let last = rooms.cells().iter().copied().max().unwrap();
    let plan = learnt.plan(Some(&BTreeSet::from([last])));
    robot.obey(in_rooms(as_sent(&plan))).unwrap();
    let told = act(&mut robot, is_end);
    let done = cleaned(driven(&told));
    let of_room = |room: u8| -> HashSet<CellIndex> {
        let cells = rooms.iter().filter(|(_, number)| *number == room);
        cells.map(|(cell, _)| cell).collect()
    };
    assert!(
        share(&of_room(last), &done) > 0.8,
        "{}",
        share(&of_room(last), &done)
    );
    let others: Vec<f64> = (1..last).map(|room| share(&of_room(room), &done)).collect();
    assert!(others.iter().all(|part| *part < 0.5), "{others:?}");
    assert!(
        others.iter().filter(|part| **part < 0.02).count() >= 2,
        "{others:?}"
    );
}

#[test]
fn only_the_zone_of_the_plan_is_cleaned() {
    let (mut robot, learnt, first) = experienced(DemoPlan::Studio, 2);
    let corners = [(0.8, -1.0), (2.4, -1.0), (2.4, 1.0), (0.8, 1.0)];
    let plan = learnt.zone_plan(&corners);
    let zones = Chosen::new(
        "zones",
        vec![Zone::try_from(corners.map(corner).to_vec()).unwrap()],
    )
    .unwrap();
    robot
        .obey(DriverOrder::Start(StartOrder {
            scope: Scope::Zones { zones },
            plan: Some(as_sent(&plan)),
        }))
        .unwrap();
    let told = act(&mut robot, is_end);
    let done = cleaned(driven(&told));
    assert!(share(&cleaned(along(&plan.path())), &done) > 0.95);
    let all = cleaned(driven(&first));
    assert!(
        done.len() < all.len() / 3,
        "{} of {} cells",
        done.len(),
        all.len()
    );
}

#[test]
fn rooms_without_a_plan_are_not_cleaned() {
    let mut robot = robot(DemoPlan::Studio, SimConfig::default());
    let order = DriverOrder::Start(StartOrder {
        scope: rooms_scope(),
        plan: None,
    });
    assert!(matches!(robot.obey(order), Err(DriverError::Unsupported { .. })));
}

#[test]
fn a_restriction_holds_against_the_plan_and_the_rest_is_cleaned() {
    let (mut robot, learnt, _) = experienced(DemoPlan::Studio, 2);
    let plan = learnt.plan(None);
    let corners = [(1.5, -0.5), (2.5, -0.5), (2.5, 0.5), (1.5, 0.5)].map(corner);
    let restrictions = vec![Restriction::NoGoZone {
        corners: corners.to_vec(),
    }];
    robot
        .obey(DriverOrder::Configure(Preferences {
            restrictions,
            ..Preferences::initial()
        }))
        .unwrap();
    let told = run(&mut robot, Some(as_sent(&plan)));
    let inside = |point: &(f64, f64)| (1.5..2.5).contains(&point.0) && point.1.abs() < 0.5;
    assert!(along(&plan.path()).iter().any(inside), "the plan leads through");
    assert!(!driven(&told).iter().any(inside));
    let allowed = along(&plan.path())
        .into_iter()
        .filter(|(x, y)| !((1.2..2.8).contains(x) && y.abs() < 0.8));
    let wanted = cleaned(allowed.collect());
    assert!(share(&wanted, &cleaned(driven(&told))) > 0.94);
    assert_eq!(told.last().unwrap().what, Observation::Ended(Outcome::Completed));
}

#[test]
fn a_stop_for_charging_is_made_where_the_plan_wants_it() {
    let (mut robot, learnt, _) = experienced(DemoPlan::Flat, 2);
    let plan = as_sent(&learnt.plan(None));
    let mut parts = plan.parts().clone();
    parts.legs.truncate(2);
    parts.legs[1].recharge_first = true;
    let told = run(&mut robot, Some(CleaningPlan::new(parts).unwrap()));
    let mut states: Vec<RobotState> = told.iter().filter_map(state).collect();
    states.dedup();
    let stop = states
        .iter()
        .position(|state| *state == RobotState::Charging)
        .unwrap();
    assert_eq!(states.get(stop + 1), Some(&RobotState::Running), "{states:?}");
    let ends = told.iter().filter(|observed| is_end(&observed.what)).count();
    assert_eq!(ends, 1);
}

#[test]
fn a_button_starts_a_run_that_goes_on_by_a_plan_given_then() {
    let (mut robot, learnt, first) = experienced(DemoPlan::Studio, 2);
    while robot.take_told().is_some() {}
    robot.press_button();
    robot
        .obey(DriverOrder::Follow(as_sent(&learnt.plan(None))))
        .unwrap();
    let told = act(&mut robot, is_end);
    let began = |observed: &&Observed| matches!(observed.what, Observation::Started(Initiator::Button));
    assert_eq!(told.iter().filter(began).count(), 1);
    assert!(minutes(&told) < 0.95 * minutes(&first));
    assert!(
        robot
            .obey(DriverOrder::Follow(as_sent(&learnt.plan(None))))
            .is_err()
    );
}

#[test]
fn a_locked_button_starts_nothing_and_stops_all_the_same() {
    let (mut robot, _, _) = experienced(DemoPlan::Studio, 1);
    while robot.take_told().is_some() {}
    let locked = Preferences {
        child_lock: true,
        ..Preferences::initial()
    };
    robot.obey(DriverOrder::Configure(locked)).unwrap();
    robot.press_button();
    let whole = StartOrder {
        scope: Scope::WholeHome,
        plan: None,
    };
    robot.obey(DriverOrder::Start(whole)).unwrap();
    robot.press_button();
    robot.hold_button();
    let told: Vec<_> = std::iter::from_fn(|| robot.take_told()).collect();
    let is = |wanted: Observation| told.iter().any(|observed| observed.what == wanted);
    assert!(!is(Observation::Started(Initiator::Button)));
    assert!(is(Observation::Ended(Outcome::Stopped)) && is(Observation::LockLifted));
}

#[test]
fn a_robot_knows_the_floor_that_it_is_carried_to_by_what_it_sees() {
    let floors = [DemoPlan::Studio, DemoPlan::Flat];
    let layers: Vec<PermanentLayer> = (1..)
        .zip(floors)
        .map(|(id, plan)| experienced(plan, 2).1.layer(FloorId::from_u128(id)))
        .collect();
    let mut robot = robot(DemoPlan::Studio, SimConfig::default());
    for (number, plan) in floors.into_iter().enumerate() {
        robot.carry(home(plan, 1));
        let told: Vec<Observed> = std::iter::from_fn(|| robot.take_told()).collect();
        let place = |layers: &[PermanentLayer]| {
            let mut locating = Locating::default();
            for observed in &told {
                match &observed.what {
                    Observation::NewFrame => locating.begin_frame(),
                    Observation::Sweep(sweep) => locating.stand(sweep, layers),
                    _ => {}
                }
            }
            locating.place()
        };
        let Place::On(found) = place(&layers) else {
            panic!("{} is not recognised", plan.name());
        };
        assert_eq!(found.floor, layers[number].floor, "{}", plan.name());
        assert!(found.alignment.distance(&Pose::IDENTITY) < 0.06, "{found:?}");
        let others = [&layers[..number], &layers[number + 1..]].concat();
        assert_eq!(place(&others), Place::Unknown, "{}", plan.name());
    }
}

fn state(observed: &Observed) -> Option<RobotState> {
    match &observed.what {
        Observation::State(condition) => Some(condition.state),
        _ => None,
    }
}

fn rooms_scope() -> Scope {
    let rooms = Chosen::new("rooms", vec![RoomId::from_u128(1)]).unwrap();
    Scope::Rooms { rooms }
}

fn in_rooms(plan: CleaningPlan) -> DriverOrder {
    DriverOrder::Start(StartOrder {
        scope: rooms_scope(),
        plan: Some(plan),
    })
}
