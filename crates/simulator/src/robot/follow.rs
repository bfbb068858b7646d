//! A given plan, as it can be driven today.

use domain::command::Corner;
use domain::plan::CleaningPlan;
use geo::{LineString, Simplify};
use mapping::pose::Pose;
use mapping::tile::{CELL_METRES, CellIndex};

use super::outing::Stage;
use crate::route::Reach;

/// How far beside the plan the robot keeps going where something stands a little in the way, metres.
const ASIDE_METRES: f64 = 0.12;
/// Corners that bend the way by less are left out, metres.
const TOLERANCE_METRES: f64 = 0.03;

type Point = (f64, f64);

/// The legs of a plan from `start` on. What is out of reach today is left out; the robot goes round it to where the
/// plan goes on.
pub fn stages(reach: &Reach, start: Point, plan: &CleaningPlan, frame: &Pose) -> Vec<Stage> {
    let dock = (frame.x, frame.y);
    let (mut at, mut planned) = (start, start);
    let mut stages = Vec::new();
    for leg in plan.legs() {
        if leg.recharge_first {
            (at, planned) = (dock, dock);
        }
        let corners: Vec<Point> = leg.path.iter().map(|corner| point(corner, frame)).collect();
        let path = drivable(reach, at, &samples(planned, &corners));
        at = path.last().copied().unwrap_or(at);
        planned = corners.last().copied().unwrap_or(planned);
        stages.push(Stage {
            recharge_first: leg.recharge_first,
            path,
        });
    }
    stages
}

fn point(corner: &Corner, frame: &Pose) -> Point {
    frame.transform((f64::from(corner.x) / 1000.0, f64::from(corner.y) / 1000.0))
}

/// Points along a path, no further apart than a cell.
fn samples(from: Point, corners: &[Point]) -> Vec<Point> {
    let starts = std::iter::once(&from).chain(corners);
    let pieces = starts.zip(corners).flat_map(|(a, b)| {
        let steps = ((b.0 - a.0).hypot(b.1 - a.1) / CELL_METRES).ceil().max(1.0);
        (1..=steps as u32).map(move |step| {
            let part = f64::from(step) / steps;
            (a.0 + part * (b.0 - a.0), a.1 + part * (b.1 - a.1))
        })
    });
    pieces.collect()
}

fn drivable(reach: &Reach, start: Point, wanted: &[Point]) -> Vec<Point> {
    let mut path = vec![start];
    let mut at = start;
    for place in wanted
        .iter()
        .filter_map(|point| reach.nearest(*point, ASIDE_METRES))
    {
        if !reach.is_straight(at, place) {
            let goal = CellIndex::of_metres(place.0, place.1);
            let Some(way) = reach.way(CellIndex::of_metres(at.0, at.1), |cell| cell == goal) else {
                continue;
            };
            path.extend(way.into_iter().map(CellIndex::centre_metres));
        }
        path.push(place);
        at = place;
    }
    let line: LineString<f64> = path.into();
    let simple = line.simplify(TOLERANCE_METRES);
    simple
        .into_inner()
        .into_iter()
        .skip(1)
        .map(|point| (point.x, point.y))
        .collect()
}
