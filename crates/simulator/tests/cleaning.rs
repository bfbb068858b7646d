//! Simulated robots clean their homes, come back, and do as they are told.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::HashSet;
use std::time::Duration;

use common::{act, is_state, map_of, poses, robot, run, start};
use device_agent::driver::{DriverOrder, Observation, Observed};
use domain::run::Outcome;
use domain::status::RobotState;
use mapping::pose::Pose;
use mapping::run_map::RunMap;
use mapping::tile::CellIndex;
use simulator::home::Home;
use simulator::plans::DemoPlan;
use simulator::robot::{SimConfig, SimRobot};

fn whole_run(robot: &mut SimRobot) -> Vec<Observed> {
    run(robot, None)
}

#[test]
fn every_demo_home_is_cleaned_in_the_time_a_real_robot_takes() {
    for plan in DemoPlan::ALL {
        let mut robot = robot(plan, SimConfig::default());
        let told = whole_run(&mut robot);
        assert_eq!(told.last().unwrap().what, Observation::Ended(Outcome::Completed));
        let minutes = told.last().unwrap().at.as_secs_f64() / 60.0;
        let map = map_of(&told);
        let free = f64::from(map.counts().free) * 0.0025;
        let last = *poses(&told).last().unwrap();
        assert!(
            last.distance(&Pose::IDENTITY) < 0.2,
            "{}: ends at {last:?}",
            plan.name()
        );
        println!(
            "{}: {minutes:.1} min, {free:.1} m² seen free, {} sweeps",
            plan.name(),
            poses(&told).len()
        );
        assert!((5.0..60.0).contains(&minutes));
        assert!(free > plan.floor_plan().unwrap().area_m2() * 0.85);
    }
}

#[test]
fn the_map_of_a_run_shows_the_walls_of_the_home() {
    let mut robot = robot(DemoPlan::Studio, SimConfig::default());
    let dock = robot.pose();
    let map = map_of(&whole_run(&mut robot));
    let plan = DemoPlan::Studio.floor_plan().unwrap();
    let near_wall = |cell: CellIndex| {
        let (x, y) = dock.transform(cell.centre_metres());
        let at = CellIndex::of_metres(x, y);
        (-3..=3).any(|dy| (-3..=3).any(|dx| !plan.is_free(at.offset(dx, dy))))
    };
    let occupied: Vec<CellIndex> = map
        .known()
        .filter(|(_, cell)| cell.is_obstacle())
        .map(|(cell, _)| cell)
        .collect();
    let on_walls = occupied.iter().filter(|cell| near_wall(**cell)).count();
    assert!(
        on_walls as f64 > 0.8 * occupied.len() as f64,
        "{on_walls} of {}",
        occupied.len()
    );
}

#[test]
fn furniture_differs_from_run_to_run() {
    let mut robot = robot(DemoPlan::Flat, SimConfig::default());
    let occupied = |map: RunMap| -> HashSet<(i32, i32)> {
        map.known()
            .filter(|(_, cell)| cell.is_obstacle())
            .map(|(cell, _)| (cell.x / 4, cell.y / 4))
            .collect()
    };
    let first = occupied(map_of(&whole_run(&mut robot)));
    act(&mut robot, is_state(RobotState::Docked));
    let second = occupied(map_of(&whole_run(&mut robot)));
    assert!(first.symmetric_difference(&second).count() > 4);
    assert!(first.intersection(&second).count() > first.len() / 2);
}

#[test]
fn a_robot_pauses_goes_on_stops_and_goes_home() {
    let mut robot = robot(DemoPlan::Studio, SimConfig::default());
    robot.obey(start(None)).unwrap();
    act(&mut robot, is_state(RobotState::Running));
    (0..100).for_each(|_| robot.step());
    robot.obey(DriverOrder::Pause).unwrap();
    act(&mut robot, is_state(RobotState::Paused));
    let at = robot.pose();
    (0..20).for_each(|_| robot.step());
    assert_eq!(robot.pose(), at);
    robot.obey(DriverOrder::Resume).unwrap();
    act(&mut robot, is_state(RobotState::Running));
    robot.obey(DriverOrder::Dock).unwrap();
    act(&mut robot, |what| *what == Observation::Ended(Outcome::Stopped));
    act(&mut robot, is_state(RobotState::Charging));
    assert!(
        robot.pose().distance(
            &Home::new(&DemoPlan::Studio.floor_plan().unwrap(), 1)
                .unwrap()
                .dock()
        ) < 0.01
    );
    robot.obey(start(None)).unwrap();
    (0..100).for_each(|_| robot.step());
    robot.obey(DriverOrder::Stop).unwrap();
    act(&mut robot, is_state(RobotState::Stopped));
}

#[test]
fn a_low_battery_interrupts_a_run_and_does_not_end_it() {
    let mut robot = robot(
        DemoPlan::House,
        SimConfig {
            battery: 20,
            ..SimConfig::default()
        },
    );
    robot.obey(start(None)).unwrap();
    act(&mut robot, is_state(RobotState::SeekingCharger));
    let charging = act(&mut robot, is_state(RobotState::Charging));
    let resumed = act(&mut robot, is_state(RobotState::Running));
    let told = [charging, resumed].concat();
    assert!(
        told.iter()
            .all(|observed| !matches!(observed.what, Observation::Ended(_)))
    );
    assert!(told.last().unwrap().at - told.first().unwrap().at > Duration::from_secs(60 * 60));
    act(&mut robot, |what| *what == Observation::Ended(Outcome::Completed));
}

#[test]
fn the_plans_in_the_folder_are_the_ones_that_are_drawn() {
    for plan in DemoPlan::ALL {
        let path = format!("{}/plans/{}.png", env!("CARGO_MANIFEST_DIR"), plan.name());
        assert_eq!(
            std::fs::read(&path).unwrap(),
            plan.png().unwrap(),
            "{path}: write it with `plans --out`"
        );
    }
}
