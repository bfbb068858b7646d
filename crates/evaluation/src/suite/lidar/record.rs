//! A trajectory as a table, and as a line in the map that it gives.

use std::fmt::Write;

use mapping::logs::LogScan;
use mapping::{Grid, Pose, RunCell, RunMap, RunMapper};

use crate::error::EvalError;
use crate::files::Output;
use crate::picture::{Colour, FLOOR, Picture, WALL};

use super::sweep;

/// Pixels for each cell in pictures.
const PICTURE_SCALE: usize = 2;
/// What no beam went through.
const UNKNOWN: Colour = [0xa6, 0xae, 0xb8];
/// Where the trajectory begins, and where it ends.
const PATH: (Colour, Colour) = ([0x12, 0x9a, 0x4a], [0xd0, 0x20, 0x20]);

/// Writes the table and the picture.
pub(super) fn record(
    scans: &[LogScan],
    poses: &[Pose],
    name: &str,
    output: &Output,
) -> Result<(), EvalError> {
    if !output.is_wanted() {
        return Ok(());
    }
    output.write(&format!("lidar-{name}.csv"), table(scans, poses).as_bytes())?;
    match picture(&mapped(scans, poses), poses) {
        Some(picture) => output.write(&format!("lidar-{name}.png"), &picture.encode()?),
        None => Ok(()),
    }
}

fn table(scans: &[LogScan], poses: &[Pose]) -> String {
    let mut table = "# t,x,y,theta\n".to_owned();
    for (scan, pose) in scans.iter().zip(poses) {
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "{:.6},{:.4},{:.4},{:.5}",
            scan.t, pose.x, pose.y, pose.theta
        );
    }
    table
}

/// The map of scans at their poses; what goes beyond the largest run is left out.
fn mapped(scans: &[LogScan], poses: &[Pose]) -> RunMap {
    let mut mapper = RunMapper::new();
    for (scan, pose) in scans.iter().zip(poses) {
        let _ = mapper.integrate(&sweep(scan, *pose));
    }
    mapper.finish()
}

/// The map with the way through it; nothing if odometry drifted so far that no picture holds it.
fn picture(map: &RunMap, poses: &[Pose]) -> Option<Picture> {
    let mut cells = Grid::over(map.bounds()?, RunCell::Unknown).ok()?;
    map.known().for_each(|(cell, state)| cells.set(cell, state));
    let colour = |state| match state {
        RunCell::Unknown => UNKNOWN,
        RunCell::Free => FLOOR,
        RunCell::Occupied | RunCell::Touched => WALL,
    };
    let mut picture = Picture::of(&cells, PICTURE_SCALE, colour).ok()?;
    let path: Vec<_> = poses.iter().map(|pose| (pose.x, pose.y)).collect();
    picture.draw_path(&path, PATH.0, PATH.1);
    Some(picture)
}
