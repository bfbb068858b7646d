//! A robot that is stepped by hand, and the map that its runs leave behind.

#![allow(dead_code, reason = "each test uses some of it")]

use std::collections::BTreeSet;

use device_agent::driver::{DriverOrder, Observation, Observed, StartOrder};
use domain::command::{Corner, Scope};
use domain::id::{FloorId, RoomId};
use domain::plan::{CleaningPlan, PlanLeg, PlanParts};
use domain::settings::PermanentLayer;
use domain::status::RobotState;
use geo::{LineString, Polygon};
use mapping::align::Aligner;
use mapping::class_grid::CellClass;
use mapping::coverage::{self, Body, CoveragePlan, PlanRequest};
use mapping::grid::Grid;
use mapping::home_map::{HomeMap, ballot};
use mapping::pose::Pose;
use mapping::rooms::find_rooms;
use mapping::run_map::RunMap;
use mapping::run_mapper::RunMapper;
use mapping::run_tile::RunCell;
use simulator::home::Home;
use simulator::plans::DemoPlan;
use simulator::robot::{SimConfig, SimRobot};

const MAX_STEPS: usize = 200_000;

pub fn robot(plan: DemoPlan, config: SimConfig) -> SimRobot {
    SimRobot::new(home(plan, config.seed), config)
}

pub fn home(plan: DemoPlan, seed: u64) -> Home {
    Home::new(&plan.floor_plan().unwrap(), seed).unwrap()
}

/// Lets the robot act until it says what `done` waits for; gives all that it said.
pub fn act(robot: &mut SimRobot, done: impl Fn(&Observation) -> bool) -> Vec<Observed> {
    let mut told = Vec::new();
    for _ in 0..MAX_STEPS {
        while let Some(observed) = robot.take_told() {
            let is_last = done(&observed.what);
            told.push(observed);
            if is_last {
                return told;
            }
        }
        robot.step();
    }
    panic!("the robot never got there");
}

pub fn is_state(wanted: RobotState) -> impl Fn(&Observation) -> bool {
    move |what| matches!(what, Observation::State(condition) if condition.state == wanted)
}

pub fn is_end(what: &Observation) -> bool {
    matches!(what, Observation::Ended(_))
}

pub fn start(plan: Option<CleaningPlan>) -> DriverOrder {
    DriverOrder::Start(StartOrder {
        scope: Scope::WholeHome,
        plan,
    })
}

/// A run over the whole home from the dock; what was said before it is left out.
pub fn run(robot: &mut SimRobot, plan: Option<CleaningPlan>) -> Vec<Observed> {
    while robot.take_told().is_some() {}
    robot.obey(start(plan)).unwrap();
    act(robot, is_end)
}

pub fn poses(told: &[Observed]) -> Vec<Pose> {
    let sweeps = told.iter().filter_map(|observed| match &observed.what {
        Observation::Sweep(sweep) => Some(sweep.pose),
        _ => None,
    });
    sweeps.collect()
}

pub fn map_of(told: &[Observed]) -> RunMap {
    let mut mapper = RunMapper::new();
    for observed in told {
        if let Observation::Sweep(sweep) = &observed.what {
            mapper.integrate(&sweep.as_scan()).unwrap();
        }
    }
    mapper.finish()
}

pub fn minutes(told: &[Observed]) -> f64 {
    let (first, last) = (told.first().unwrap(), told.last().unwrap());
    (last.at - first.at).as_secs_f64() / 60.0
}

/// What the cloud knows of a home after some runs.
#[derive(Default)]
pub struct Learnt {
    map: HomeMap,
    runs: u32,
}

impl Learnt {
    /// Lets a run vote.
    pub fn take(&mut self, told: &[Observed]) {
        let seen = map_of(told);
        let alignment = match Aligner::new(&self.map.classes().cells().map(|cell| cell.class)) {
            Ok(aligner) => aligner.align(&seen, Pose::IDENTITY).unwrap().pose,
            Err(_) => Pose::IDENTITY,
        };
        self.runs += 1;
        self.map.vote_run(&ballot(&seen, &alignment), self.runs).unwrap();
    }

    /// What a robot locates itself on.
    pub fn layer(&self, floor: FloorId) -> PermanentLayer {
        let mut layer = RunMap::new();
        for (cell, classed) in self.map.classes().cells().iter() {
            match classed.class {
                CellClass::Permanent => layer.set(cell, RunCell::Occupied),
                CellClass::Free => layer.set(cell, RunCell::Free),
                CellClass::Movable | CellClass::Unknown => {}
            }
        }
        PermanentLayer {
            floor,
            n: self.runs,
            rooms_version: 1,
            tiles: layer
                .tiles()
                .map(|(index, tile)| (index, tile.encode()))
                .collect(),
        }
    }

    /// The number of each cell's room.
    pub fn rooms(&self) -> Grid<u8> {
        find_rooms(&self.map.classes())
    }

    /// How to cover these rooms, or all.
    pub fn plan(&self, only: Option<&BTreeSet<u8>>) -> CoveragePlan {
        self.plan_of(only, &[])
    }

    /// How to cover a zone.
    pub fn zone_plan(&self, corners: &[(f64, f64)]) -> CoveragePlan {
        let ring: LineString<f64> = corners.to_vec().into();
        self.plan_of(None, &[Polygon::new(ring, Vec::new())])
    }

    fn plan_of(&self, only: Option<&BTreeSet<u8>>, zones: &[Polygon<f64>]) -> CoveragePlan {
        let (classes, rooms) = (self.map.classes(), self.rooms());
        coverage::plan(&PlanRequest {
            classes: &classes,
            rooms: &rooms,
            only,
            zones,
            no_go: &[],
            walls: &[],
            dock: (0.0, 0.0),
            body: Body::default(),
            battery: None,
            calibration: 1.0,
        })
        .unwrap()
    }
}

/// The plan as it reaches a robot.
pub fn as_sent(plan: &CoveragePlan) -> CleaningPlan {
    let path = |points: &[(f64, f64)]| points.iter().map(|point| corner(*point)).collect();
    let legs = plan.legs.iter().map(|leg| PlanLeg {
        room: Some(RoomId::from_u128(leg.room.into())),
        recharge_first: false,
        path: path(&leg.path),
        length_mm: (leg.metres * 1000.0) as u32,
        seconds: (leg.minutes * 60.0) as u32,
    });
    let parts = PlanParts {
        floor: FloorId::from_u128(1),
        n: 1,
        rooms_version: 1,
        legs: legs.collect(),
        way_home: path(&plan.way_home),
        length_mm: (plan.metres * 1000.0) as u32,
        seconds: (plan.minutes * 60.0) as u32,
        coverage_permille: (plan.coverage * 1000.0) as u16,
    };
    CleaningPlan::new(parts).unwrap()
}

pub fn corner((x, y): (f64, f64)) -> Corner {
    Corner {
        x: (x * 1000.0).round() as i32,
        y: (y * 1000.0).round() as i32,
    }
}
