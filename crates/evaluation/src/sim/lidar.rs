//! A robot that drives through a home and looks around with a range sensor.
//!
//! 360 beams of 6 m every half metre; ranges, and the pose that the robot believes to be at, have normal noise.

use std::f64::consts::TAU;

use mapping::{CELL_METRES, CellIndex, Grid, GridError, Pose, RunCell, RunMap};

use crate::random::Random;
use crate::sim::shapes::{Mask, eroded, widest_part};

const BEAMS: usize = 360;
/// Longest range, in cells.
const REACH: f64 = 6.0 / CELL_METRES;
/// Deviation of a range, in cells.
const RANGE_NOISE: f64 = 0.015 / CELL_METRES;
/// Share of the beams that are lost.
const DROP_OUTS: f64 = 0.02;
/// Cells from one scan to the next.
const SCAN_SPACING: usize = 10;
/// Steps along the true and the believed beam, in cells.
const TRUE_STEP: f64 = 0.5;
const BELIEVED_STEP: f64 = 0.7;
/// How far beyond its range a hit is entered, and how much before it says nothing, in cells.
const HIT_DEPTH: f64 = 0.3;
const FREE_MARGIN: f64 = 1.5;
/// Observations that a cell needs, and the share of hits above which it is occupied.
const MIN_OBSERVATIONS: u32 = 2;
const HIT_SHARE: f64 = 0.25;

/// How wrong a robot is about where it is, each scan anew.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Noise {
    /// Deviation along each axis, in metres.
    pub(crate) metres: f64,
    /// Deviation of the heading, in radians.
    pub(crate) radians: f64,
}

/// How many beams ended in a cell, and how many went through it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) hits: u32,
    pub(crate) misses: u32,
}

impl Tally {
    /// The run's vote on the cell.
    fn vote(self) -> RunCell {
        let all = f64::from(self.hits + self.misses);
        if self.hits >= MIN_OBSERVATIONS && f64::from(self.hits) > HIT_SHARE * all {
            RunCell::Occupied
        } else if self.misses >= MIN_OBSERVATIONS {
            RunCell::Free
        } else {
            RunCell::Unknown
        }
    }
}

/// What one run sensed, in the run's frame.
#[derive(Debug, PartialEq)]
pub(crate) struct SensedRun {
    pub(crate) tallies: Grid<Tally>,
}

impl SensedRun {
    /// The run as a map.
    pub(crate) fn map(&self) -> RunMap {
        let mut run = RunMap::new();
        let votes = self.tallies.iter().map(|(cell, tally)| (cell, tally.vote()));
        votes
            .filter(|(_, vote)| *vote != RunCell::Unknown)
            .for_each(|(cell, vote)| run.set(cell, vote));
        run
    }
}

/// Drives through the widest reachable part of a home; `frame` is the run's frame, given in the home's.
///
/// Nothing is sensed in a home that a robot does not fit in.
pub(crate) fn drive(
    occupied: &Mask,
    noise: Noise,
    frame: Pose,
    random: &mut Random,
) -> Result<SensedRun, GridError> {
    let into_run = frame.inverse();
    let mut drive = Drive {
        occupied,
        noise,
        into_run,
        tallies: tallies_around(occupied, &into_run)?,
    };
    if let Some(reachable) = widest_part(&eroded(occupied)) {
        scan_places(&reachable, random)
            .into_iter()
            .for_each(|place| drive.scan(place, random));
    }
    Ok(SensedRun {
        tallies: drive.tallies,
    })
}

/// Every half metre along rows half a metre apart, each row and the first of them a little off.
fn scan_places(reachable: &Mask, random: &mut Random) -> Vec<CellIndex> {
    let mut places = Vec::new();
    for y in (5 + random.below(5)..reachable.height()).step_by(SCAN_SPACING) {
        let row = (5 + random.below(5)..reachable.width()).step_by(SCAN_SPACING);
        let cells = row.map(|x| reachable.origin().offset(x as i32, y as i32));
        places.extend(cells.filter(|cell| reachable.get(*cell) == Some(true)));
    }
    places
}

/// Empty tallies for every cell of the home as they lie in the run's frame.
fn tallies_around(occupied: &Mask, into_run: &Pose) -> Result<Grid<Tally>, GridError> {
    let low = occupied.origin();
    let (right, top) = (occupied.width() as i32, occupied.height() as i32);
    let corners = [(0, 0), (right, 0), (0, top), (right, top)].map(|(dx, dy)| {
        let corner = low.offset(dx, dy);
        into_run.transform((
            f64::from(corner.x) * CELL_METRES,
            f64::from(corner.y) * CELL_METRES,
        ))
    });
    let min = corners
        .iter()
        .fold((f64::MAX, f64::MAX), |min, p| (min.0.min(p.0), min.1.min(p.1)));
    let max = corners
        .iter()
        .fold((f64::MIN, f64::MIN), |max, p| (max.0.max(p.0), max.1.max(p.1)));
    let (min, max) = (
        CellIndex::of_metres(min.0, min.1),
        CellIndex::of_metres(max.0, max.1),
    );
    let size = |low: i32, high: i32| (high - low + 1) as usize;
    Grid::filled(min, size(min.x, max.x), size(min.y, max.y), Tally::default())
}

struct Drive<'a> {
    occupied: &'a Mask,
    noise: Noise,
    into_run: Pose,
    tallies: Grid<Tally>,
}

impl Drive<'_> {
    /// Looks around from the middle of a cell.
    fn scan(&mut self, place: CellIndex, random: &mut Random) {
        let (x, y) = place.centre_metres();
        let pose = Pose::new(x, y, TAU * random.unit());
        let believed = Pose::new(
            x + self.noise.metres * random.normal(),
            y + self.noise.metres * random.normal(),
            pose.theta + self.noise.radians * random.normal(),
        );
        let believed = self.into_run.compose(&believed);
        for beam in 0..BEAMS {
            let angle = beam as f64 * TAU / BEAMS as f64;
            let (range, hit) = self.true_range(&pose, angle);
            if random.happens(DROP_OUTS) {
                continue;
            }
            self.enter(&believed, angle, range + RANGE_NOISE * random.normal(), hit);
        }
    }

    /// The way to the first obstacle in cells, and whether there is one within reach.
    fn true_range(&self, pose: &Pose, angle: f64) -> (f64, bool) {
        let (sin, cos) = (pose.theta + angle).sin_cos();
        let (x, y) = in_cells(pose);
        let mut range = 0.0;
        while range < REACH {
            match self.occupied.get(cell_at(x + range * cos, y + range * sin)) {
                Some(true) => return (range, true),
                Some(false) => range += TRUE_STEP,
                None => return (range, false),
            }
        }
        (range, false)
    }

    /// Enters one beam as the robot believes it to lie.
    fn enter(&mut self, believed: &Pose, angle: f64, measured: f64, hit: bool) {
        let (sin, cos) = (believed.theta + angle).sin_cos();
        let (x, y) = in_cells(believed);
        let free = if hit {
            measured - FREE_MARGIN
        } else {
            measured.min(REACH)
        };
        let mut last = None;
        let mut way = 0.0;
        while way < free {
            let cell = cell_at(x + way * cos, y + way * sin);
            if last != Some(cell) {
                self.count(cell, |tally| tally.misses += 1);
                last = Some(cell);
            }
            way += BELIEVED_STEP;
        }
        if hit {
            let depth = measured + HIT_DEPTH;
            self.count(cell_at(x + depth * cos, y + depth * sin), |tally| tally.hits += 1);
        }
    }

    fn count(&mut self, cell: CellIndex, change: impl FnOnce(&mut Tally)) {
        if let Some(mut tally) = self.tallies.get(cell) {
            change(&mut tally);
            self.tallies.set(cell, tally);
        }
    }
}

fn in_cells(pose: &Pose) -> (f64, f64) {
    (pose.x / CELL_METRES, pose.y / CELL_METRES)
}

fn cell_at(x: f64, y: f64) -> CellIndex {
    CellIndex::new(x.floor() as i32, y.floor() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::home::Home;
    use crate::testing::plan_of_two_rooms;

    const STILL: Noise = Noise {
        metres: 0.0,
        radians: 0.0,
    };

    #[test]
    fn a_robot_without_noise_sees_walls_where_they_are() {
        let occupied = Home::bare(&plan_of_two_rooms()).fixed();
        let mut random = Random::named(1, "drive");
        let run = drive(&occupied, STILL, Pose::IDENTITY, &mut random)
            .unwrap()
            .map();
        let wrong = run
            .known()
            .filter(|(cell, state)| (occupied.get(*cell) == Some(true)) != (*state == RunCell::Occupied));
        assert!(run.counts().occupied > 500 && run.counts().free > 10_000);
        assert!(wrong.count() < 60);
    }

    #[test]
    fn a_run_in_a_frame_of_its_own_is_the_same_run() {
        let occupied = Home::bare(&plan_of_two_rooms()).fixed();
        let frame = Pose::new(2.0, 1.0, std::f64::consts::FRAC_PI_2);
        let sense = |frame| {
            drive(&occupied, STILL, frame, &mut Random::named(1, "drive"))
                .unwrap()
                .map()
        };
        let (plain, moved) = (sense(Pose::IDENTITY), sense(frame).transformed(&frame));
        let differing = plain
            .known()
            .filter(|(cell, state)| moved.get(*cell) != *state)
            .count();
        assert!(differing < 200, "{differing}");
    }

    #[test]
    fn the_same_seed_senses_the_same() {
        let occupied = Home::bare(&plan_of_two_rooms()).fixed();
        let noise = Noise {
            metres: 0.02,
            radians: 0.01,
        };
        let sense = |seed| drive(&occupied, noise, Pose::IDENTITY, &mut Random::named(seed, "")).unwrap();
        assert_eq!(sense(1), sense(1));
        assert_ne!(sense(1), sense(2));
    }
}
