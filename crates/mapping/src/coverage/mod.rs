//! Plans how a robot covers a floor: room after room, in each a lap along the walls and lanes over the rest.
//!
//! Lanes alone leave a strip along every wall, so each room begins with a lap. Rooms are visited in the order of the
//! shortest round trip from the dock. What is there only at times is driven through where that is much shorter.

pub(crate) mod area;
mod brush;
mod drive;
mod order;
mod pace;
mod request;
mod space;
mod strokes;
mod trip;
mod visits;

use std::collections::BTreeSet;

pub use area::{AreaError, MAX_AREA_CORNERS, MAX_AREA_METRES, MAX_AREAS, check_area};
pub use order::{MAX_EXACT_ROOMS, visiting_order};
pub use pace::{MAX_CALIBRATION, calibration, driving_minutes};
pub use request::{Battery, Body, PlanError, PlanRequest};
pub use space::{MAX_DOCK_METRES, clear_of};

use space::Space;
use trip::Trip;
use visits::{in_order, reachable_rooms};

/// The part of a plan that covers one room, or as much of it as the battery lasts for.
#[derive(Clone, Debug, PartialEq)]
pub struct RoomLeg {
    /// The room's number.
    pub room: u8,
    /// Positions of the robot's centre in metres, from where the leg before ended, or from the dock after a stop.
    pub path: Vec<(f64, f64)>,
    /// Length of the path in metres.
    pub metres: f64,
    /// Minutes that it takes.
    pub minutes: f64,
}

/// A stop at the dock to charge the battery to the full.
#[derive(Clone, Debug, PartialEq)]
pub struct RechargeStop {
    /// The place in [`CoveragePlan::legs`] of the leg that comes after it.
    pub before_leg: usize,
    /// Positions of the robot's centre in metres, from where the leg before ended to the dock.
    pub way: Vec<(f64, f64)>,
    /// Minutes of charging.
    pub minutes: f64,
}

/// How to cover a floor.
#[derive(Clone, Debug, PartialEq)]
pub struct CoveragePlan {
    /// The rooms in order, each once.
    pub order: Vec<u8>,
    /// The paths that cover them: one for each room, more where the robot must charge in the middle of it.
    pub legs: Vec<RoomLeg>,
    /// The stops to charge, in order.
    pub stops: Vec<RechargeStop>,
    /// The way back to the dock.
    pub way_home: Vec<(f64, f64)>,
    /// Length of all paths in metres.
    pub metres: f64,
    /// Minutes of driving, without those of charging.
    pub minutes: f64,
    /// Share of what the tool can reach in the rooms that is covered, 0 to 1.
    pub coverage: f64,
    /// The rooms asked for of which nothing can be reached, or nothing lies in the zones.
    pub unreachable: Vec<u8>,
}

impl CoveragePlan {
    /// All positions of the robot's centre in metres, from the dock through the rooms and stops and back to it.
    pub fn path(&self) -> Vec<(f64, f64)> {
        let mut path = Vec::new();
        for (place, leg) in self.legs.iter().enumerate() {
            let stops = self.stops.iter().filter(|stop| stop.before_leg == place);
            path.extend(stops.flat_map(|stop| stop.way.iter()));
            path.extend(&leg.path);
        }
        path.extend(&self.way_home);
        path.dedup();
        path
    }
}

/// Plans how to cover the rooms asked for, as far as the zones reach.
///
/// # Errors
/// [`PlanError`] if a room is unknown, an area or a number cannot be used, nothing to clean can be reached, or the
/// battery is too small.
pub fn plan(request: &PlanRequest<'_>) -> Result<CoveragePlan, PlanError> {
    plan_rest(request, &[])
}

/// Plans what is left of the rooms asked for after a path, of positions in metres, has been driven: from its end on.
///
/// For a run that was interrupted, or that meets what the map did not know.
///
/// # Errors
/// [`PlanError`] as for [`plan`].
pub fn plan_rest(request: &PlanRequest<'_>, driven: &[(f64, f64)]) -> Result<CoveragePlan, PlanError> {
    request.check()?;
    let space = Space::new(request).ok_or(PlanError::NothingReachable)?;
    let rooms = reachable_rooms(&space, request);
    if rooms.is_empty() {
        return Err(PlanError::NothingToClean);
    }
    let mut trip = Trip::new(request, &space, driven);
    let before = trip.left_in(rooms.values()).max(1);
    for visit in in_order(&space, &rooms, trip.here()) {
        trip.clean(visit.room, visit.cells, visit.next)?;
    }
    let coverage = 1.0 - trip.left_in(rooms.values()) as f64 / before as f64;
    let asked: BTreeSet<u8> = match request.only {
        Some(only) => only.clone(),
        None => request
            .rooms
            .cells()
            .iter()
            .copied()
            .filter(|room| *room > 0)
            .collect(),
    };
    let unreachable = asked.into_iter().filter(|room| !rooms.contains_key(room));
    Ok(trip.finish(coverage, unreachable.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class_grid::{CellClass, ClassGrid, ClassedCell};
    use crate::grid::Grid;
    use crate::tile::CellIndex;
    use geo::{line_string, polygon};

    /// Two rooms of 4 m × 3 m side by side with a door of 90 cm, walls around, the dock in the first.
    fn flat() -> (ClassGrid, Grid<u8>) {
        let mut classes = Grid::filled(CellIndex::new(-1, -1), 163, 62, ClassedCell::default()).unwrap();
        let mut rooms = classes.map(|_| 0u8);
        for (x, y) in (0..161).flat_map(|x| (0..60).map(move |y| (x, y))) {
            let class = if x == 80 && !(20..38).contains(&y) {
                CellClass::Permanent
            } else {
                CellClass::Free
            };
            classes.set(
                CellIndex::new(x, y),
                ClassedCell {
                    class,
                    presence: 0,
                    confidence: 255,
                },
            );
            rooms.set(CellIndex::new(x, y), if x < 80 { 1 } else { 2 });
        }
        (classes.into(), rooms)
    }

    fn request<'a>(classes: &'a ClassGrid, rooms: &'a Grid<u8>) -> PlanRequest<'a> {
        PlanRequest {
            classes,
            rooms,
            only: None,
            zones: &[],
            no_go: &[],
            walls: &[],
            dock: (0.5, 1.5),
            body: Body::default(),
            battery: None,
            calibration: 1.0,
        }
    }

    #[test]
    fn a_flat_is_covered_room_by_room_and_the_robot_comes_home() {
        let (classes, rooms) = flat();
        let plan = plan(&request(&classes, &rooms)).unwrap();
        assert_eq!(plan.order, [1, 2]);
        assert!(plan.coverage > 0.97, "{}", plan.coverage);
        assert!(plan.metres < 1.35 * 24.0 / 0.30, "{} m", plan.metres);
        let (x, y) = plan.way_home.last().copied().unwrap();
        assert!((x - 0.5).hypot(y - 1.5) < 0.1);
        assert!(plan.minutes > plan.metres / 0.3 / 60.0);
    }

    #[test]
    fn the_path_is_one_and_keeps_clear_of_walls() {
        let (classes, rooms) = flat();
        let plan = plan(&request(&classes, &rooms)).unwrap();
        let path = plan.path();
        let walls: Vec<_> = classes
            .cells()
            .iter()
            .filter(|(_, cell)| cell.class == CellClass::Permanent)
            .collect();
        for (x, y) in path.iter().copied() {
            let clear = walls.iter().map(|(wall, _)| {
                let (wall_x, wall_y) = wall.centre_metres();
                (wall_x - x).hypot(wall_y - y)
            });
            assert!(clear.fold(f64::INFINITY, f64::min) >= 0.169, "({x}, {y})");
        }
        for legs in plan.legs.windows(2) {
            assert_eq!(legs[0].path.last(), legs[1].path.first());
        }
    }

    #[test]
    fn only_the_rooms_asked_for_are_cleaned_and_an_unknown_one_is_refused() {
        let (classes, rooms) = flat();
        let only = BTreeSet::from([2]);
        let one = plan(&PlanRequest {
            only: Some(&only),
            ..request(&classes, &rooms)
        })
        .unwrap();
        assert_eq!(one.order, [2]);
        let unknown = BTreeSet::from([2, 9]);
        let refused = plan(&PlanRequest {
            only: Some(&unknown),
            ..request(&classes, &rooms)
        });
        assert_eq!(refused, Err(PlanError::NoSuchRoom(9)));
    }

    #[test]
    fn restrictions_are_kept_out_of() {
        let (classes, rooms) = flat();
        let zone = [polygon![(x: 1.5, y: 1.0), (x: 2.5, y: 1.0), (x: 2.5, y: 2.0), (x: 1.5, y: 2.0)]];
        let plan = plan(&PlanRequest {
            no_go: &zone,
            ..request(&classes, &rooms)
        })
        .unwrap();
        let inside = |(x, y): &(f64, f64)| (1.5..2.5).contains(x) && (1.0..2.0).contains(y);
        assert!(!plan.legs.iter().any(|leg| leg.path.iter().any(inside)));
    }

    #[test]
    fn a_virtual_wall_is_not_crossed() {
        let (classes, rooms) = flat();
        let wall = [line_string![(x: 3.8, y: -0.5), (x: 3.8, y: 3.5)]];
        let request = PlanRequest {
            walls: &wall,
            ..request(&classes, &rooms)
        };
        let plan = plan(&request).unwrap();
        assert_eq!(
            (plan.order.as_slice(), plan.unreachable.as_slice()),
            ([1].as_slice(), [2].as_slice())
        );
        assert!(plan.path().iter().all(|(x, _)| *x <= 3.8 - 0.17));
    }

    #[test]
    fn only_the_zones_are_cleaned() {
        let (classes, rooms) = flat();
        let zones = [polygon![(x: 5.0, y: 1.0), (x: 6.5, y: 1.0), (x: 6.5, y: 2.5), (x: 5.0, y: 2.5)]];
        let plan = plan(&PlanRequest {
            zones: &zones,
            ..request(&classes, &rooms)
        })
        .unwrap();
        assert_eq!(
            (plan.order.as_slice(), plan.unreachable.as_slice()),
            ([2].as_slice(), [1].as_slice())
        );
        assert!(plan.coverage > 0.95, "{}", plan.coverage);
        assert!(
            plan.legs[0].metres < 1.5 * 1.5 / 0.3 * 1.5 + 6.0,
            "{} m",
            plan.legs[0].metres
        );
    }

    #[test]
    fn zones_that_cannot_be_cleaned_are_refused_by_name() {
        let (classes, rooms) = flat();
        let refused = |zones: &[geo::Polygon<f64>]| {
            plan(&PlanRequest {
                zones,
                ..request(&classes, &rooms)
            })
            .unwrap_err()
        };
        let inside = polygon![(x: 1.0, y: 1.0), (x: 2.0, y: 1.0), (x: 2.0, y: 2.0)];
        let bow = polygon![(x: 0.0, y: 0.0), (x: 2.0, y: 2.0), (x: 2.0, y: 0.0), (x: 0.0, y: 2.0)];
        let far = polygon![(x: 50.0, y: 1.0), (x: 52.0, y: 1.0), (x: 52.0, y: 2.0)];
        let (field, index) = ("zones", 1);
        let source = AreaError::CrossesItself;
        assert_eq!(
            refused(&[inside.clone(), bow]),
            PlanError::Area { field, index, source }
        );
        let source = AreaError::OffMap;
        assert_eq!(refused(&[inside, far]), PlanError::Area { field, index, source });
        let in_the_wall = polygon![(x: 4.0, y: 0.1), (x: 4.05, y: 0.1), (x: 4.05, y: 0.3), (x: 4.0, y: 0.3)];
        assert_eq!(refused(&[in_the_wall]), PlanError::NothingToClean);
    }

    #[test]
    fn a_small_battery_is_charged_between_rooms_and_past_runs_set_the_minutes() {
        let (classes, rooms) = flat();
        let once = plan(&request(&classes, &rooms)).unwrap();
        let battery = Some(Battery {
            minutes_full: 0.75 * once.minutes,
            minutes_now: 0.75 * once.minutes,
            recharge_minutes: 60.0,
        });
        let twice = plan(&PlanRequest {
            battery,
            ..request(&classes, &rooms)
        })
        .unwrap();
        assert_eq!(
            twice.stops.iter().map(|stop| stop.before_leg).collect::<Vec<_>>(),
            [1]
        );
        assert!(
            (30.0..60.0).contains(&twice.stops[0].minutes),
            "{:?}",
            twice.stops
        );
        let slow = plan(&PlanRequest {
            calibration: 1.5,
            ..request(&classes, &rooms)
        })
        .unwrap();
        assert!((slow.minutes - 1.5 * once.minutes).abs() < 1e-6);
    }

    #[test]
    fn a_room_that_outlasts_the_battery_is_cleaned_in_parts() {
        let (classes, rooms) = flat();
        let minutes_full = 0.2 * plan(&request(&classes, &rooms)).unwrap().minutes;
        let with = |minutes_full: f64| {
            plan(&PlanRequest {
                battery: Some(Battery {
                    minutes_full,
                    minutes_now: minutes_full,
                    recharge_minutes: 60.0,
                }),
                ..request(&classes, &rooms)
            })
        };
        let parts = with(minutes_full).unwrap();
        assert!(
            parts.stops.len() >= 4 && parts.coverage > 0.97,
            "{:?}",
            parts.stops.len()
        );
        assert_eq!(parts.order, [1, 2]);
        let starts: Vec<usize> = std::iter::once(0)
            .chain(parts.stops.iter().map(|stop| stop.before_leg))
            .collect();
        for (from, to) in starts
            .iter()
            .zip(starts.iter().skip(1).chain([&parts.legs.len()]))
        {
            let minutes: f64 = parts.legs[*from..*to].iter().map(|leg| leg.minutes).sum();
            assert!(minutes <= minutes_full, "{minutes} of {minutes_full}");
        }
        assert!(matches!(
            with(0.02 * minutes_full),
            Err(PlanError::BatteryTooSmall { .. })
        ));
    }

    #[test]
    fn the_rest_of_a_run_is_what_it_has_not_covered() {
        let (classes, rooms) = flat();
        let request = request(&classes, &rooms);
        let whole = plan(&request).unwrap();
        let first = &whole.legs[0];
        let rest = plan_rest(&request, &first.path).unwrap();
        assert_eq!(rest.order, [2]);
        assert!(
            rest.metres < whole.metres - 0.9 * first.metres,
            "{} of {} m",
            rest.metres,
            whole.metres
        );
        let nothing = plan_rest(&request, &whole.path()).unwrap();
        assert!(nothing.metres < 10.0, "{} m", nothing.metres);
    }

    #[test]
    fn a_dock_on_nothing_is_refused() {
        let empty = ClassGrid::empty();
        let rooms = Grid::empty();
        assert_eq!(plan(&request(&empty, &rooms)), Err(PlanError::NothingReachable));
        let (classes, rooms) = flat();
        let far = PlanRequest {
            dock: (-3.0, 1.5),
            ..request(&classes, &rooms)
        };
        assert_eq!(plan(&far), Err(PlanError::NothingReachable));
    }
}
