//! A robot that drives through a simulated floor knows where it is.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]
use std::f64::consts::{PI, TAU};

use mapping::localizer::MAX_SCANS;
use mapping::scan::ScanError;
use mapping::{Localizer, LocalizerError, LocalizerSettings, Pose, Scan};

const BEAMS: usize = 360;
const RANGE: f64 = 8.0;

/// Chance that is the same every time: a linear congruential generator (Knuth's constants).
struct Chance(u64);

impl Chance {
    /// Evenly distributed in [-1, 1).
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(1u32 << 30) - 1.0
    }
}

type Wall = [f64; 4];

fn block(x: f64, y: f64, width: f64, height: f64) -> [Wall; 4] {
    let (right, top) = (x + width, y + height);
    [
        [x, y, right, y],
        [right, y, right, top],
        [right, top, x, top],
        [x, top, x, y],
    ]
}

/// A floor of 16 m × 12 m around a core, with niches and cupboards that differ from side to side.
fn floor() -> Vec<Wall> {
    let blocks = [
        block(-1.0, -1.0, 16.0, 12.0),
        block(2.0, 2.0, 10.0, 6.0),
        block(3.0, -1.0, 1.0, 0.5),
        block(8.0, -1.0, 0.6, 0.7),
        block(14.4, 1.0, 0.6, 1.4),
        block(14.6, 5.0, 0.4, 0.6),
        block(9.0, 10.3, 1.5, 0.7),
        block(4.0, 10.5, 0.5, 0.5),
        block(-1.0, 7.0, 0.5, 1.0),
        block(-1.0, 3.0, 0.6, 0.4),
    ];
    blocks.into_iter().flatten().collect()
}

/// Metres from a point along a direction to the nearest wall.
fn cast(walls: &[Wall], x: f64, y: f64, angle: f64) -> f64 {
    let (sin, cos) = angle.sin_cos();
    let mut nearest = f64::INFINITY;
    for [ax, ay, bx, by] in walls {
        let (wx, wy) = (bx - ax, by - ay);
        let cross = cos * wy - sin * wx;
        let along = ((ax - x) * wy - (ay - y) * wx) / cross;
        let part = ((ax - x) * sin - (ay - y) * cos) / cross;
        if along > 0.0 && (0.0..=1.0).contains(&part) {
            nearest = nearest.min(along);
        }
    }
    nearest
}

fn sweep(walls: &[Wall], pose: &Pose, chance: &mut Chance) -> Vec<f32> {
    let beam = |i: usize| pose.theta + i as f64 * TAU / BEAMS as f64;
    (0..BEAMS)
        .map(|i| (cast(walls, pose.x, pose.y, beam(i)) + 0.01 * chance.next()) as f32)
        .collect()
}

/// Two laps around the core in steps of 20 cm.
fn laps() -> Vec<Pose> {
    let corners = [(0.5, 0.5), (13.2, 0.3), (13.4, 9.3), (0.4, 9.1)];
    let mut poses = vec![Pose::new(0.5, 0.5, 0.0)];
    for i in 1..=8 {
        let to: (f64, f64) = corners[i % 4];
        let from = *poses.last().unwrap();
        let heading = (to.1 - from.y).atan2(to.0 - from.x);
        let turn = from.relative(&Pose::new(from.x, from.y, heading)).theta;
        poses.extend((1..=5).map(|k| Pose::new(from.x, from.y, from.theta + turn * f64::from(k) / 5.0)));
        let steps = ((to.0 - from.x).hypot(to.1 - from.y) / 0.2) as i32;
        poses.extend((1..=steps).map(|k| {
            let part = f64::from(k) / f64::from(steps);
            Pose::new(
                from.x + part * (to.0 - from.x),
                from.y + part * (to.1 - from.y),
                heading,
            )
        }));
    }
    poses
}

/// Odometry that is 4 % too long and bends to one side.
fn drifting(poses: &[Pose], chance: &mut Chance) -> Vec<Pose> {
    let mut odometry = vec![poses[0]];
    for pair in poses.windows(2) {
        let step = pair[0].relative(&pair[1]);
        let wrong = Pose::new(
            1.04 * step.x,
            step.y + 0.01 * chance.next(),
            1.03 * step.theta + 0.03 * step.x + 0.005 * chance.next(),
        );
        odometry.push(odometry.last().unwrap().compose(&wrong));
    }
    odometry
}

struct Drive {
    truth: Vec<Pose>,
    odometry: Vec<Pose>,
    sweeps: Vec<Vec<f32>>,
}

fn drive() -> Drive {
    let mut chance = Chance(7);
    let (walls, truth) = (floor(), laps());
    let sweeps = truth
        .iter()
        .map(|pose| sweep(&walls, pose, &mut chance))
        .collect();
    Drive {
        odometry: drifting(&truth, &mut chance),
        truth,
        sweeps,
    }
}

fn scan<'a>(pose: Pose, ranges: &'a [f32]) -> Scan<'a> {
    Scan {
        pose,
        start_angle: 0.0,
        angle_step: TAU / BEAMS as f64,
        max_range: RANGE,
        ranges,
    }
}

fn follow(drive: &Drive, odometry: &[Pose]) -> Vec<Pose> {
    let mut localizer = Localizer::new(LocalizerSettings::default());
    for (pose, ranges) in odometry.iter().zip(&drive.sweeps) {
        localizer.add(&scan(*pose, ranges)).unwrap();
    }
    localizer.finish()
}

fn worst(found: &[Pose], truth: &[Pose]) -> (f64, f64) {
    let errors = found
        .iter()
        .zip(truth)
        .map(|(found, truth)| truth.relative(found));
    errors.fold((0.0, 0.0), |(metres, radians), error| {
        (metres.max(error.x.hypot(error.y)), radians.max(error.theta.abs()))
    })
}

#[test]
fn a_loop_closes_and_the_odometrys_drift_is_gone() {
    let drive = drive();
    assert!(worst(&drive.odometry, &drive.truth).0 > 5.0);
    let found = follow(&drive, &drive.odometry);
    assert_eq!(found.len(), drive.truth.len());
    let (metres, radians) = worst(&found, &drive.truth);
    assert!(metres < 0.08 && radians < 0.02, "{metres:.3} m, {radians:.4} rad");
}

#[test]
fn the_same_scans_give_the_same_poses() {
    let drive = drive();
    assert_eq!(follow(&drive, &drive.odometry), follow(&drive, &drive.odometry));
}

#[test]
fn the_estimate_on_the_way_is_near_the_truth() {
    let drive = drive();
    let mut localizer = Localizer::new(LocalizerSettings::default());
    for ((pose, ranges), truth) in drive.odometry.iter().zip(&drive.sweeps).zip(&drive.truth) {
        let now = localizer.add(&scan(*pose, ranges)).unwrap();
        assert!(now.distance(truth) < 0.3, "{now:?} instead of {truth:?}");
    }
    let last = localizer.poses();
    assert!(worst(&last, &drive.truth).0 < 0.3);
}

#[test]
fn odometry_that_jumps_is_not_believed() {
    let drive = drive();
    let mut odometry = drive.odometry.clone();
    let elsewhere = Pose::new(40.0, -70.0, 2.0);
    odometry
        .iter_mut()
        .skip(60)
        .for_each(|pose| *pose = elsewhere.compose(pose));
    let (metres, _) = worst(&follow(&drive, &odometry), &drive.truth);
    assert!(metres < 0.1, "{metres:.3} m");
}

#[test]
fn scans_that_see_nothing_leave_the_robot_to_its_odometry() {
    let mut localizer = Localizer::new(LocalizerSettings::default());
    let blind: [&[f32]; 4] = [&[], &[f32::NAN; 10], &[0.0, -1.0, f32::INFINITY], &[20.0; 360]];
    for (i, ranges) in blind.iter().cycle().take(40).enumerate() {
        let odometry = Pose::new(0.1 * i as f64, 0.0, 0.0);
        let found = localizer.add(&scan(odometry, ranges)).unwrap();
        assert!(found.distance(&odometry) < 1e-9, "{found:?}");
    }
    let end = localizer.finish();
    assert!((end[39].x - 3.9).abs() < 1e-6);
}

#[test]
fn a_blind_stretch_in_the_middle_is_bridged() {
    let mut drive = drive();
    drive
        .sweeps
        .iter_mut()
        .skip(30)
        .take(6)
        .for_each(|ranges| ranges.fill(f32::NAN));
    let (metres, _) = worst(&follow(&drive, &drive.odometry), &drive.truth);
    assert!(metres < 0.2, "{metres:.3} m");
}

#[test]
fn bad_scans_are_refused_and_nothing_is_entered() {
    let mut localizer = Localizer::new(LocalizerSettings::default());
    let astray = Pose::new(f64::NAN, 0.0, 0.0);
    let pose = matches!(
        localizer.add(&scan(astray, &[1.0])),
        Err(LocalizerError::Scan(ScanError::Pose { .. }))
    );
    let angle = Scan {
        angle_step: f64::INFINITY,
        ..scan(Pose::IDENTITY, &[1.0])
    };
    let angle = matches!(
        localizer.add(&angle),
        Err(LocalizerError::Scan(ScanError::Angles { .. }))
    );
    assert!(pose && angle);
    assert!(localizer.poses().is_empty());
    assert!(localizer.finish().is_empty());
}

#[test]
fn too_many_scans_are_refused_and_what_there_is_stays() {
    let mut localizer = Localizer::new(LocalizerSettings::default());
    let standing = scan(Pose::new(0.0, 0.0, PI / 3.0), &[]);
    (0..MAX_SCANS).for_each(|_| assert!(localizer.add(&standing).is_ok()));
    assert_eq!(localizer.add(&standing), Err(LocalizerError::TooManyScans));
    assert_eq!(localizer.finish().len(), MAX_SCANS);
}
