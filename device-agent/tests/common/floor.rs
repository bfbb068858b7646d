//! Floors of straight walls, the sweeps that a robot takes on them, and what the cloud has learnt of them.

use std::f64::consts::TAU;

use device_agent::driver::Sweep;
use domain::command::Corner;
use domain::id::{FloorId, RoomId};
use domain::plan::{CleaningPlan, PlanLeg, PlanParts};
use domain::settings::PermanentLayer;
use mapping::pose::Pose;
use mapping::run_mapper::RunMapper;

const BEAMS: usize = 360;
const RANGE: f64 = 6.0;

/// A point in metres.
type Point = (f64, f64);

/// Walls around a dock at the origin, in the floor's frame.
pub struct Floor {
    pub id: FloorId,
    walls: Vec<(Point, Point)>,
    rounds: Vec<Point>,
}

impl Floor {
    /// A living room with a chimney, and a bedroom behind a door.
    pub fn ground() -> Self {
        Self {
            id: FloorId::from_u128(101),
            walls: [
                outline(&[(-0.2, -1.5), (3.8, -1.5), (3.8, 2.5), (-0.2, 2.5)]),
                outline(&[(1.2, 2.1), (2.0, 2.1), (2.0, 2.5), (1.2, 2.5)]),
                outline(&[(3.0, -1.5), (3.8, -1.5), (3.8, -1.0), (3.0, -1.0)]),
            ]
            .concat(),
            rounds: vec![(0.2, 0.0), (1.5, 1.0), (3.0, 1.5), (2.5, -0.5)],
        }
    }

    /// A long attic with a slanted end.
    pub fn attic() -> Self {
        Self {
            id: FloorId::from_u128(102),
            walls: [
                outline(&[
                    (-0.2, -0.8),
                    (5.5, -0.8),
                    (4.6, 1.1),
                    (1.6, 1.1),
                    (1.6, 1.8),
                    (-0.2, 1.8),
                ]),
                outline(&[(2.8, -0.8), (3.2, -0.8), (3.2, -0.4), (2.8, -0.4)]),
            ]
            .concat(),
            rounds: vec![(0.2, 0.0), (1.0, 1.0), (2.5, 0.3), (4.0, 0.2)],
        }
    }

    /// What a sensor at `at` in the floor's frame sees, told as if it were at `told`.
    pub fn sweep(&self, at: &Pose, told: Pose) -> Sweep {
        let angle_step = TAU / BEAMS as f64;
        let range = |i: usize| self.range(at, at.theta + i as f64 * angle_step) as f32;
        Sweep {
            pose: told,
            start_angle: 0.0,
            angle_step,
            max_range: RANGE,
            ranges: (0..BEAMS).map(range).collect(),
        }
    }

    /// Sweeps along a round, for a run whose frame lies at `frame`.
    pub fn round(&self, frame: &Pose, sweeps: usize) -> Vec<Sweep> {
        let place = |i: usize| {
            let part = i as f64 / sweeps as f64 * (self.rounds.len() - 1) as f64;
            let (from, to) = (
                self.rounds[part as usize],
                self.rounds[(part as usize + 1).min(self.rounds.len() - 1)],
            );
            let part = part.fract();
            Pose::new(
                from.0 + part * (to.0 - from.0),
                from.1 + part * (to.1 - from.1),
                part,
            )
        };
        let sweep = |i| {
            let at = place(i);
            self.sweep(&at, frame.relative(&at))
        };
        (0..sweeps).map(sweep).collect()
    }

    /// The permanent layer that runs leave behind.
    pub fn layer(&self, n: u32, rooms_version: u64) -> PermanentLayer {
        let mut mapper = RunMapper::new();
        for sweep in self.round(&Pose::IDENTITY, 200) {
            mapper.integrate(&sweep.as_scan()).unwrap();
        }
        let map = mapper.finish();
        PermanentLayer {
            floor: self.id,
            n,
            rooms_version,
            tiles: map.tiles().map(|(index, tile)| (index, tile.encode())).collect(),
        }
    }

    /// A plan that goes a metre ahead and back.
    pub fn plan(&self) -> CleaningPlan {
        let leg = PlanLeg {
            room: Some(RoomId::from_u128(5)),
            recharge_first: false,
            path: vec![Corner { x: 1_000, y: 0 }],
            length_mm: 1_000,
            seconds: 4,
        };
        let parts = PlanParts {
            floor: self.id,
            n: 3,
            rooms_version: 4,
            legs: vec![leg],
            way_home: vec![Corner { x: 0, y: 0 }],
            length_mm: 2_000,
            seconds: 8,
            coverage_permille: 500,
        };
        CleaningPlan::new(parts).unwrap()
    }

    fn range(&self, at: &Pose, angle: f64) -> f64 {
        let hits = self
            .walls
            .iter()
            .filter_map(|(a, b)| hit((at.x, at.y), angle, *a, *b));
        hits.fold(RANGE, f64::min)
    }
}

fn outline(corners: &[Point]) -> Vec<(Point, Point)> {
    let next = corners.iter().cycle().skip(1);
    corners.iter().copied().zip(next.copied()).collect()
}

/// Metres along a ray to a wall.
fn hit(from: Point, angle: f64, a: Point, b: Point) -> Option<f64> {
    let (ray, wall) = ((angle.cos(), angle.sin()), (b.0 - a.0, b.1 - a.1));
    let cross = |u: Point, v: Point| u.0 * v.1 - u.1 * v.0;
    let to = (a.0 - from.0, a.1 - from.1);
    let across = cross(ray, wall);
    let (along, part) = (cross(to, wall) / across, cross(to, ray) / across);
    (along > 0.0 && (0.0..=1.0).contains(&part)).then_some(along)
}
