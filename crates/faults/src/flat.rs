//! The flat in which the robots drive: two rooms, a chair that is moved from run to run, and what a range sensor sees of
//! it along a round.

use std::f64::consts::TAU;
use std::sync::OnceLock;

use device_agent::driver::Sweep;
use mapping::pose::Pose;

/// Different places of the chair.
pub const VARIANTS: usize = 3;
/// Places on the round at which the robot looks around.
pub const PLACES: usize = 64;
const BEAMS: usize = 180;
const RANGE: f64 = 6.0;

/// A point in metres, in the frame of the dock.
type Point = (f64, f64);

/// The ranges of one sweep.
type Ranges = Vec<f32>;

/// A corner of the round: where the robot turns.
const ROUND: [Point; 7] = [
    (0.3, 0.0),
    (1.1, 0.7),
    (2.1, 1.1),
    (1.8, -0.6),
    (3.3, 0.1),
    (4.0, 1.1),
    (3.8, -0.6),
];

const WALLS: [(Point, Point); 10] = [
    ((-0.2, -1.1), (4.6, -1.1)),
    ((4.6, -1.1), (4.6, 1.8)),
    ((4.6, 1.8), (-0.2, 1.8)),
    ((-0.2, 1.8), (-0.2, -1.1)),
    ((2.7, -1.1), (2.7, -0.4)),
    ((2.7, 0.5), (2.7, 1.8)),
    ((0.8, 1.5), (1.4, 1.5)),
    ((0.8, 1.5), (0.8, 1.8)),
    ((1.4, 1.5), (1.4, 1.8)),
    ((4.1, 1.4), (4.6, 1.4)),
];

/// What a robot at place `step` of the round sees, told in the frame of a run that began at `frame`.
pub fn sweep(variant: usize, step: usize, frame: &Pose) -> Sweep {
    static SEEN: OnceLock<Vec<Vec<Ranges>>> = OnceLock::new();
    let seen = SEEN.get_or_init(|| (0..VARIANTS).map(round).collect());
    let ranges = &seen[variant % VARIANTS][step % PLACES];
    Sweep {
        pose: frame.relative(&place(step % PLACES)),
        start_angle: 0.0,
        angle_step: TAU / BEAMS as f64,
        max_range: RANGE,
        ranges: ranges.clone(),
    }
}

fn round(variant: usize) -> Vec<Ranges> {
    let walls: Vec<_> = WALLS.into_iter().chain(chair(variant)).collect();
    let look = |step| {
        let at = place(step);
        let beam = |i: usize| range(&walls, &at, at.theta + TAU * i as f64 / BEAMS as f64);
        (0..BEAMS).map(beam).collect()
    };
    (0..PLACES).map(look).collect()
}

/// Where the robot is after `step` parts of the round.
fn place(step: usize) -> Pose {
    let along = step as f64 / PLACES as f64 * (ROUND.len() - 1) as f64;
    let (from, to) = (ROUND[along as usize], ROUND[along as usize + 1]);
    let part = along.fract();
    Pose::new(
        from.0 + part * (to.0 - from.0),
        from.1 + part * (to.1 - from.1),
        part,
    )
}

fn chair(variant: usize) -> [(Point, Point); 2] {
    const PLACES_OF_CHAIR: [Point; VARIANTS] = [(1.9, 0.3), (3.5, 0.7), (0.6, -0.7)];
    let (x, y) = PLACES_OF_CHAIR[variant % VARIANTS];
    [((x - 0.2, y), (x + 0.2, y)), ((x, y - 0.2), (x, y + 0.2))]
}

fn range(walls: &[(Point, Point)], at: &Pose, angle: f64) -> f32 {
    let hits = walls.iter().filter_map(|(a, b)| hit((at.x, at.y), angle, *a, *b));
    hits.fold(RANGE, f64::min) as f32
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
