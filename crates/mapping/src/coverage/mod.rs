//! Plans how a robot covers a floor: room after room, in each a lap along the walls and lanes over the rest.
//!
//! Lanes alone leave a strip along every wall, so each room begins with a lap. Rooms are visited in the order of the
//! shortest round trip from the dock. What is there only at times is driven through where that is much shorter.

mod brush;
mod drive;
mod order;
mod space;
mod strokes;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use geo::Polygon;

use crate::class_grid::ClassGrid;
use crate::grid::Grid;
use crate::pose::wrap_angle;
use crate::tile::CellIndex;

use drive::{Drive, length};
pub use order::{MAX_EXACT_ROOMS, visiting_order};
use space::Space;

/// What a plan must know of a robot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Body {
    /// Radius of the robot, in metres.
    pub radius: f64,
    /// Width that the tool cleans, in metres.
    pub tool_width: f64,
    /// Speed straight on, in metres per second.
    pub speed: f64,
    /// Seconds for half a turn.
    pub half_turn_seconds: f64,
    /// Minutes of cleaning that one charge lasts for.
    pub minutes_per_charge: f64,
}

impl Default for Body {
    /// A common round robot: 34 cm wide, with a 30 cm brush, at 0.3 m/s, cleaning two hours on a charge.
    fn default() -> Self {
        Self {
            radius: 0.17,
            tool_width: 0.30,
            speed: 0.3,
            half_turn_seconds: 2.0,
            minutes_per_charge: 120.0,
        }
    }
}

/// What to plan.
#[derive(Clone, Copy, Debug)]
pub struct PlanRequest<'a> {
    /// What each cell of the floor is.
    pub classes: &'a ClassGrid,
    /// The room of each cell.
    pub rooms: &'a Grid<u8>,
    /// The rooms to clean; none for the whole floor.
    pub only: Option<&'a BTreeSet<u8>>,
    /// Areas to stay out of, in metres.
    pub no_go: &'a [Polygon<f64>],
    /// Where the dock is, in metres.
    pub dock: (f64, f64),
    /// The robot.
    pub body: Body,
    /// Minutes that past runs took for each minute planned; 1 without experience.
    pub pace: f64,
}

/// Why there is no plan.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// The robot cannot leave its dock.
    #[error("nothing on the floor can be reached from the dock")]
    NothingReachable,
    /// A room is not on the floor.
    #[error("there is no room {0} on the floor")]
    NoSuchRoom(u8),
    /// A number is not positive.
    #[error("{0} is not a positive number")]
    NotPositive(&'static str),
}

/// The part of a plan that covers one room.
#[derive(Clone, Debug, PartialEq)]
pub struct RoomLeg {
    /// The room's number.
    pub room: u8,
    /// Whether the robot recharges before it.
    pub recharge_first: bool,
    /// Positions of the robot's centre in metres, from where the leg before ended.
    pub path: Vec<(f64, f64)>,
    /// Length of the path in metres.
    pub metres: f64,
    /// Minutes that it takes.
    pub minutes: f64,
}

/// How to cover a floor.
#[derive(Clone, Debug, PartialEq)]
pub struct CoveragePlan {
    /// The rooms in order.
    pub legs: Vec<RoomLeg>,
    /// The way back to the dock.
    pub way_home: Vec<(f64, f64)>,
    /// Length of all paths in metres.
    pub metres: f64,
    /// Minutes that it takes, without recharging.
    pub minutes: f64,
    /// Share of what the tool can reach in the rooms that is covered, 0 to 1.
    pub coverage: f64,
}

/// Plans how to cover the rooms asked for.
///
/// # Errors
/// [`PlanError`] if a room is unknown, a number is not positive, or the robot cannot leave its dock.
pub fn plan(request: &PlanRequest<'_>) -> Result<CoveragePlan, PlanError> {
    check(request)?;
    let dock = CellIndex::of_metres(request.dock.0, request.dock.1);
    let space = Space::new(request.classes, request.no_go, dock, request.body.radius);
    let space = space.ok_or(PlanError::NothingReachable)?;
    let rooms = reachable_rooms(&space, request);
    let mut drive = Drive::new(&space, request.body.tool_width);
    let dirty = |drive: &Drive<'_>| rooms.values().map(|room| left_in(drive, room)).sum::<usize>();
    let before = dirty(&drive).max(1);
    let mut legs: Vec<RoomLeg> = Vec::new();
    let mut on_charge = 0.0;
    for (room, cells) in in_order(&space, &rooms) {
        let fresh = drive.clone();
        let mut leg = leg(request, room, drive.cover_room(cells));
        if on_charge > 0.0 && on_charge + leg.minutes > request.body.minutes_per_charge {
            leg = recharged(request, room, cells, &mut drive, fresh);
            on_charge = 0.0;
        }
        on_charge += leg.minutes;
        legs.push(leg);
    }
    let way_home = drive.go_home();
    Ok(CoveragePlan {
        metres: legs.iter().map(|leg| leg.metres).sum::<f64>() + length(&way_home),
        minutes: legs.iter().map(|leg| leg.minutes).sum::<f64>() + minutes(request, &way_home),
        coverage: 1.0 - dirty(&drive) as f64 / before as f64,
        way_home,
        legs,
    })
}

fn check(request: &PlanRequest<'_>) -> Result<(), PlanError> {
    let Body {
        radius,
        tool_width,
        speed,
        half_turn_seconds,
        minutes_per_charge,
    } = request.body;
    let numbers = [
        ("radius", radius),
        ("tool width", tool_width),
        ("speed", speed),
        ("half turn", half_turn_seconds),
        ("minutes per charge", minutes_per_charge),
        ("pace", request.pace),
    ];
    if let Some((name, _)) = numbers
        .iter()
        .find(|(_, number)| !(*number > 0.0 && number.is_finite()))
    {
        return Err(PlanError::NotPositive(name));
    }
    let known: BTreeSet<u8> = request.rooms.cells().iter().copied().collect();
    match request
        .only
        .into_iter()
        .flatten()
        .find(|room| **room == 0 || !known.contains(room))
    {
        Some(room) => Err(PlanError::NoSuchRoom(*room)),
        None => Ok(()),
    }
}

/// Where the robot's centre can be in each room asked for; cells of no room belong to the nearest.
fn reachable_rooms(space: &Space, request: &PlanRequest<'_>) -> BTreeMap<u8, Grid<bool>> {
    let centre = space.centre();
    let mut labels = centre.map(|_| 0u8);
    let mut open = VecDeque::new();
    for (cell, _) in centre.iter().filter(|(_, inside)| *inside) {
        if let Some(room) = request.rooms.get(cell).filter(|room| *room > 0) {
            labels.set(cell, room);
            open.extend(centre.slot(cell));
        }
    }
    while let Some(slot) = open.pop_front() {
        let room = labels.cells().get(slot).copied().unwrap_or(0);
        for near in centre
            .neighbours::<4>(slot)
            .filter(|near| space.is_reachable(*near))
        {
            if let Some(label) = labels.cells_mut().get_mut(near).filter(|label| **label == 0) {
                *label = room;
                open.push_back(near);
            }
        }
    }
    let wanted = |room: &u8| *room > 0 && request.only.is_none_or(|only| only.contains(room));
    let rooms: BTreeSet<u8> = labels.cells().iter().copied().filter(wanted).collect();
    rooms
        .into_iter()
        .map(|room| (room, labels.map(|label| label == room)))
        .collect()
}

/// The rooms in the order of the shortest round trip between their middles.
fn in_order<'r>(space: &Space, rooms: &'r BTreeMap<u8, Grid<bool>>) -> Vec<(u8, &'r Grid<bool>)> {
    let middles = rooms
        .values()
        .map(|room| middle(room).unwrap_or_else(|| space.start()));
    let places: Vec<usize> = std::iter::once(space.start()).chain(middles).collect();
    let distances: Vec<Vec<f64>> = places
        .iter()
        .map(|place| space.distances(*place, &places))
        .collect();
    let listed: Vec<(u8, &Grid<bool>)> = rooms.iter().map(|(room, cells)| (*room, cells)).collect();
    let order = visiting_order(&distances).into_iter();
    order
        .filter_map(|place| listed.get(place.checked_sub(1)?).copied())
        .collect()
}

/// The room's cell nearest to the mean of all.
fn middle(room: &Grid<bool>) -> Option<usize> {
    let cells: Vec<CellIndex> = room
        .iter()
        .filter(|(_, inside)| *inside)
        .map(|(cell, _)| cell)
        .collect();
    let count = cells.len().max(1) as i64;
    let mean =
        |axis: fn(&CellIndex) -> i32| cells.iter().map(|cell| i64::from(axis(cell))).sum::<i64>() / count;
    let (x, y) = (mean(|cell| cell.x), mean(|cell| cell.y));
    let nearest = cells
        .iter()
        .min_by_key(|cell| (i64::from(cell.x) - x).pow(2) + (i64::from(cell.y) - y).pow(2))?;
    room.slot(*nearest)
}

fn left_in(drive: &Drive<'_>, room: &Grid<bool>) -> usize {
    let inside = room.cells().iter().enumerate().filter(|(_, inside)| **inside);
    inside.filter(|(slot, _)| drive.brush().is_left(*slot)).count()
}

fn leg(request: &PlanRequest<'_>, room: u8, path: Vec<(f64, f64)>) -> RoomLeg {
    let (metres, minutes) = (length(&path), minutes(request, &path));
    RoomLeg {
        room,
        recharge_first: false,
        path,
        metres,
        minutes,
    }
}

/// The leg of a room that begins with a way to the dock.
fn recharged<'s>(
    request: &PlanRequest<'_>,
    room: u8,
    cells: &Grid<bool>,
    drive: &mut Drive<'s>,
    mut fresh: Drive<'s>,
) -> RoomLeg {
    let mut path = fresh.go_home();
    path.extend(fresh.cover_room(cells));
    *drive = fresh;
    RoomLeg {
        recharge_first: true,
        ..leg(request, room, path)
    }
}

/// Minutes for a path: its length and its turns, at the pace that past runs showed.
fn minutes(request: &PlanRequest<'_>, path: &[(f64, f64)]) -> f64 {
    let headings = path
        .iter()
        .zip(path.iter().skip(1))
        .map(|(a, b)| (b.1 - a.1).atan2(b.0 - a.0));
    let headings: Vec<f64> = headings.collect();
    let turns = headings
        .iter()
        .zip(headings.iter().skip(1))
        .map(|(a, b)| wrap_angle(b - a).abs());
    let half_turns = turns.sum::<f64>() / std::f64::consts::PI;
    let seconds = length(path) / request.body.speed + half_turns * request.body.half_turn_seconds;
    seconds / 60.0 * request.pace
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class_grid::{CellClass, ClassedCell};
    use geo::polygon;

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
            no_go: &[],
            dock: (0.5, 1.5),
            body: Body::default(),
            pace: 1.0,
        }
    }

    #[test]
    fn a_flat_is_covered_room_by_room_and_the_robot_comes_home() {
        let (classes, rooms) = flat();
        let plan = plan(&request(&classes, &rooms)).unwrap();
        assert_eq!(plan.legs.iter().map(|leg| leg.room).collect::<Vec<_>>(), [1, 2]);
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
        let path: Vec<_> = plan
            .legs
            .iter()
            .flat_map(|leg| leg.path.iter().copied())
            .collect();
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
        assert_eq!(one.legs.iter().map(|leg| leg.room).collect::<Vec<_>>(), [2]);
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
    fn a_small_battery_recharges_between_rooms_and_past_runs_set_the_pace() {
        let (classes, rooms) = flat();
        let once = plan(&request(&classes, &rooms)).unwrap();
        let body = Body {
            minutes_per_charge: 0.6 * once.minutes,
            ..Body::default()
        };
        let twice = plan(&PlanRequest {
            body,
            pace: 1.0,
            ..request(&classes, &rooms)
        })
        .unwrap();
        assert_eq!(
            twice
                .legs
                .iter()
                .map(|leg| leg.recharge_first)
                .collect::<Vec<_>>(),
            [false, true]
        );
        let slow = plan(&PlanRequest {
            pace: 1.5,
            ..request(&classes, &rooms)
        })
        .unwrap();
        assert!((slow.minutes - 1.5 * once.minutes).abs() < 1e-6);
    }

    #[test]
    fn a_dock_on_nothing_is_refused() {
        let empty = ClassGrid::empty();
        let rooms = Grid::empty();
        assert_eq!(plan(&request(&empty, &rooms)), Err(PlanError::NothingReachable));
    }
}
