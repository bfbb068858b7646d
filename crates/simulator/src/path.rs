//! A path that covers a home: lanes one beside the other, then what they left.

use std::collections::{HashMap, HashSet};

use mapping::tile::{CELL_METRES, CellIndex};

use crate::route::Reach;

/// Half the width of a robot, metres.
pub const ROBOT_RADIUS_METRES: f64 = 0.17;
/// What its middle keeps from the middle of a taken cell, metres.
pub const CLEARANCE_METRES: f64 = 0.19;
/// How far from its middle a robot cleans, metres.
pub const CLEANING_RADIUS_METRES: f64 = 0.16;
/// Cells from one lane to the next.
const LANE_STEP: i32 = 5;
/// Shorter pieces of a lane are left to the second pass, cells.
const MIN_LANE_CELLS: usize = 4;
/// Smaller gaps, as seen from one place, are not worth the way to them, cells.
const MIN_GAP_CELLS: usize = 5;

/// The corners of a path over all of `reach` that is `wanted`, from `start` on.
pub fn covering(reach: &Reach, start: CellIndex, wanted: impl Fn(CellIndex) -> bool) -> Vec<CellIndex> {
    let mut path = vec![start];
    drive_lanes(reach, &mut path, lanes(reach, &wanted));
    fill_gaps(reach, &mut path, &wanted);
    path
}

/// The part of the cells that can be cleaned which a path cleans, 0 to 1.
pub fn coverage(reach: &Reach, path: &[CellIndex]) -> f64 {
    let cleanable: HashSet<CellIndex> = reach.cells().flat_map(cleaned_from).collect();
    let cleaned = cleaned_along(path);
    let both = cleanable.intersection(&cleaned).count();
    if cleanable.is_empty() {
        1.0
    } else {
        both as f64 / cleanable.len() as f64
    }
}

/// The ends of a lane.
type Lane = (CellIndex, CellIndex);

/// The straight pieces that fit, along x or along y, whichever are fewer.
fn lanes(reach: &Reach, wanted: &impl Fn(CellIndex) -> bool) -> Vec<Lane> {
    let inside: HashSet<CellIndex> = reach.cells().filter(|cell| wanted(*cell)).collect();
    let along_x = pieces(&inside, (1, 0), |cell| cell.y);
    let along_y = pieces(&inside, (0, 1), |cell| cell.x);
    if along_x.len() <= along_y.len() {
        along_x
    } else {
        along_y
    }
}

fn pieces(inside: &HashSet<CellIndex>, (dx, dy): (i32, i32), row: impl Fn(&CellIndex) -> i32) -> Vec<Lane> {
    let begins =
        |cell: &&CellIndex| row(cell).rem_euclid(LANE_STEP) == 0 && !inside.contains(&cell.offset(-dx, -dy));
    let mut lanes: Vec<Lane> = inside
        .iter()
        .filter(begins)
        .filter_map(|begin| {
            let more = (1..)
                .take_while(|i| inside.contains(&begin.offset(dx * i, dy * i)))
                .count();
            let end = begin.offset(dx * more as i32, dy * more as i32);
            (more + 1 >= MIN_LANE_CELLS).then_some((*begin, end))
        })
        .collect();
    lanes.sort_unstable();
    lanes
}

/// Takes the lane whose end is nearest, again and again.
fn drive_lanes(reach: &Reach, path: &mut Vec<CellIndex>, lanes: Vec<Lane>) {
    let mut ends: HashMap<CellIndex, CellIndex> = HashMap::new();
    for (begin, end) in lanes {
        ends.insert(begin, end);
        ends.insert(end, begin);
    }
    while let Some(way) = path
        .last()
        .and_then(|at| reach.way(*at, |cell| ends.contains_key(&cell)))
    {
        path.extend(way);
        let Some(other) = path.last().and_then(|at| ends.remove(at)) else {
            return;
        };
        ends.remove(&other);
        path.push(other);
    }
}

/// Drives to the nearest place that cleans something left, again and again.
fn fill_gaps(reach: &Reach, path: &mut Vec<CellIndex>, wanted: &impl Fn(CellIndex) -> bool) {
    let mut cleaned = cleaned_along(path);
    let mut goals: HashMap<CellIndex, Vec<CellIndex>> = HashMap::new();
    for (left, from) in gaps(reach, &cleaned, wanted) {
        goals.entry(from).or_default().push(left);
    }
    while let Some(at) = path.last().copied() {
        goals.retain(|_, left| left.iter().filter(|cell| !cleaned.contains(cell)).count() >= MIN_GAP_CELLS);
        let Some(way) = reach.way(at, |cell| goals.contains_key(&cell)) else {
            return;
        };
        if let Some(goal) = way.last().copied().or(Some(at)) {
            goals.remove(&goal);
        }
        let driven: Vec<CellIndex> = std::iter::once(at).chain(way.iter().copied()).collect();
        cleaned.extend(cleaned_along(&driven));
        path.extend(way);
    }
}

/// Each cell that is left, with the nearest place to clean it from.
fn gaps(
    reach: &Reach,
    cleaned: &HashSet<CellIndex>,
    wanted: &impl Fn(CellIndex) -> bool,
) -> HashMap<CellIndex, CellIndex> {
    let mut nearest: HashMap<CellIndex, (i32, CellIndex)> = HashMap::new();
    for from in reach.cells().filter(|cell| wanted(*cell)) {
        for left in cleaned_from(from).filter(|cell| !cleaned.contains(cell)) {
            let squared = (left.x - from.x).pow(2) + (left.y - from.y).pow(2);
            let best = nearest.entry(left).or_insert((squared, from));
            *best = (*best).min((squared, from));
        }
    }
    nearest
        .into_iter()
        .map(|(left, (_, from))| (left, from))
        .collect()
}

fn cleaned_along(path: &[CellIndex]) -> HashSet<CellIndex> {
    let middles: HashSet<CellIndex> = path
        .windows(2)
        .flat_map(|leg| match leg {
            [from, to] => between(*from, *to),
            _ => Vec::new(),
        })
        .collect();
    middles.into_iter().flat_map(cleaned_from).collect()
}

fn cleaned_from(middle: CellIndex) -> impl Iterator<Item = CellIndex> {
    let reach = (CLEANING_RADIUS_METRES / CELL_METRES) as i32;
    let near =
        move |dx: i32, dy: i32| f64::from(dx).hypot(f64::from(dy)) * CELL_METRES <= CLEANING_RADIUS_METRES;
    (-reach..=reach).flat_map(move |dy| {
        (-reach..=reach)
            .filter(move |dx| near(*dx, dy))
            .map(move |dx| middle.offset(dx, dy))
    })
}

fn between(from: CellIndex, to: CellIndex) -> Vec<CellIndex> {
    let steps = from.x.abs_diff(to.x).max(from.y.abs_diff(to.y)).max(1);
    let part = |a: i32, b: i32, step: u32| {
        (f64::from(a) + f64::from(b - a) * f64::from(step) / f64::from(steps)).round() as i32
    };
    (0..=steps)
        .map(|step| CellIndex::new(part(from.x, to.x, step), part(from.y, to.y, step)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::home::Home;
    use crate::plans::DemoPlan;

    #[test]
    fn nearly_everything_that_can_be_cleaned_is() {
        for plan in DemoPlan::ALL {
            let home = Home::new(&plan.floor_plan().unwrap(), 3).unwrap();
            let start = CellIndex::of_metres(home.dock().x, home.dock().y);
            let reach = Reach::new(&home.layout(1, &home.dock()), start, CLEARANCE_METRES, |_| true);
            let path = covering(&reach, start, |_| true);
            let part = coverage(&reach, &path);
            let metres: f64 = path
                .windows(2)
                .map(|leg| f64::from(leg[1].x - leg[0].x).hypot(f64::from(leg[1].y - leg[0].y)) * CELL_METRES)
                .sum();
            println!("{}: {part:.3} of the floor, {metres:.0} m", plan.name());
            assert!(part >= 0.93, "{}: {part}", plan.name());
            assert!(path.iter().all(|cell| reach.contains(*cell)));
        }
    }

    #[test]
    fn only_what_is_wanted_is_cleaned() {
        let home = Home::new(&DemoPlan::Studio.floor_plan().unwrap(), 3).unwrap();
        let start = CellIndex::of_metres(home.dock().x, home.dock().y);
        let reach = Reach::new(&home.layout(1, &home.dock()), start, CLEARANCE_METRES, |_| true);
        let all = covering(&reach, start, |_| true).len();
        let some = covering(&reach, start, |cell| cell.x < 60).len();
        assert!(some < all);
        assert_eq!(covering(&reach, start, |_| false), [start]);
    }
}
