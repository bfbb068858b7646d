//! Where a robot is that has only odometry and ranges.
//!
//! Each scan is searched for in the surfaces of the last few metres (correlative scan matching, Olson 2009) and laid on
//! them exactly (point to line, Censi 2008). Scans that show something new become keyframes of a pose graph. Where the
//! way comes back to where it was, the latest surfaces are searched for in the earlier ones, and the graph spreads what
//! that tells over all poses in between. At the end all keyframes that saw the same are laid on each other once more.

mod closing;
mod correlate;
mod graph;
mod local_map;
mod register;
mod sparse;
mod surface;
mod weave;

use crate::pose::Pose;
use crate::scan::{Scan, ScanError};

use closing::Hypothesis;
use correlate::Reach;
use graph::{Edge, PoseGraph};
use local_map::LocalMap;
use register::Registration;
use surface::{SurfacePoint, surfaces_of};

/// Most scans of one run: three hours at 6 Hz.
pub const MAX_SCANS: usize = 65_536;
/// Most keyframes of one run, each of at most 6.5 KB: 27 MB.
pub const MAX_KEYFRAMES: usize = 4_096;

/// Metres of way whose surfaces a scan is laid on.
const LOCAL_METRES: f64 = 12.0;
/// Most keyframes that a scan is laid on.
const LOCAL_KEYFRAMES: usize = 20;
/// A scan is placed if this part of its points lies on known surfaces: most of what is seen from a door is new.
const MIN_SHARE: f64 = 0.15;
/// A scan of which more than this part lies on known surfaces shows nothing new, however the robot turned.
const KNOWN_SHARE: f64 = 0.9;
/// No robot drives this many metres from one scan to the next: its odometry jumped.
const JUMP_METRES: f64 = 3.0;

/// What a robot is like; lengths in metres, angles in radians.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocalizerSettings {
    /// A scan becomes a keyframe this far from the last one …
    pub keyframe_metres: f64,
    /// … or turned this far from it, unless it shows nothing new.
    pub keyframe_radians: f64,
    /// How wrong the odometry may be from one scan to the next, along each axis.
    pub odometry_metres: f64,
    /// How wrong its heading may be from one scan to the next.
    pub odometry_radians: f64,
}

impl Default for LocalizerSettings {
    fn default() -> Self {
        Self {
            keyframe_metres: 0.4,
            keyframe_radians: 0.35,
            odometry_metres: 0.4,
            odometry_radians: 0.35,
        }
    }
}

/// Why a scan was refused; nothing of it was entered.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum LocalizerError {
    /// A field of the scan is out of its limits.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The run has too many scans.
    #[error("the run has more than {MAX_SCANS} scans")]
    TooManyScans,
    /// The run goes too far.
    #[error("the run has more than {MAX_KEYFRAMES} keyframes")]
    TooManyKeyframes,
}

/// A scan that the others are placed by.
struct Keyframe {
    /// What it saw, in its own frame.
    points: Vec<SurfacePoint>,
    /// Metres driven up to it.
    travelled: f64,
}

/// Where a scan was, seen from a keyframe.
#[derive(Clone, Copy)]
struct Placed {
    keyframe: usize,
    pose: Pose,
}

/// Follows a robot through one run.
pub struct Localizer {
    settings: LocalizerSettings,
    keyframes: Vec<Keyframe>,
    graph: PoseGraph,
    track: Vec<Placed>,
    local: LocalMap,
    odometry: Pose,
    pose: Pose,
    travelled: f64,
    searched: f64,
    hypothesis: Option<Hypothesis>,
}

impl Localizer {
    /// A localizer that has seen nothing.
    pub fn new(settings: LocalizerSettings) -> Self {
        Self {
            settings,
            keyframes: Vec::new(),
            graph: PoseGraph::default(),
            track: Vec::new(),
            local: LocalMap::default(),
            odometry: Pose::IDENTITY,
            pose: Pose::IDENTITY,
            travelled: 0.0,
            searched: 0.0,
            hypothesis: None,
        }
    }

    /// Enters the next scan, whose pose is what the odometry says, and gives where the sensor was, as far as is known
    /// by now, in the frame of the odometry's first pose.
    ///
    /// # Errors
    /// [`LocalizerError`], and nothing is entered, if a field is out of its limits or the run is too long.
    pub fn add(&mut self, scan: &Scan<'_>) -> Result<Pose, LocalizerError> {
        scan.check()?;
        if self.track.len() >= MAX_SCANS {
            return Err(LocalizerError::TooManyScans);
        }
        if self.keyframes.len() >= MAX_KEYFRAMES {
            return Err(LocalizerError::TooManyKeyframes);
        }
        let points = surfaces_of(scan);
        if self.track.is_empty() {
            self.pose = scan.pose;
            self.odometry = scan.pose;
            self.add_keyframe(points, None);
        } else {
            self.follow(points, &scan.pose);
        }
        self.record();
        Ok(self.pose)
    }

    /// Where each scan was, in their order, as far as is known by now.
    pub fn poses(&self) -> Vec<Pose> {
        let placed = self.track.iter();
        placed
            .map(|placed| self.graph.pose(placed.keyframe).compose(&placed.pose))
            .collect()
    }

    /// Ends the run: lays all keyframes on each other once more, and gives where each scan was, in their order.
    pub fn finish(mut self) -> Vec<Pose> {
        self.weave();
        self.poses()
    }

    /// Places a scan from where the odometry says that the robot went.
    fn follow(&mut self, points: Vec<SurfacePoint>, odometry: &Pose) {
        let step = self.odometry.relative(odometry);
        self.odometry = *odometry;
        let step = if step.x.hypot(step.y) > JUMP_METRES {
            Pose::IDENTITY
        } else {
            step
        };
        self.travelled += step.x.hypot(step.y);
        let guess = self.pose.compose(&step);
        let placed = self.place(&points, guess);
        self.pose = placed.map_or(guess, |placed| placed.pose);
        if self.shows_something_new(placed.map_or(0.0, |placed| placed.share)) {
            self.add_keyframe(points, placed);
            self.close_loops();
        }
    }

    /// Where the surfaces of the last metres put a scan, around a guess.
    fn place(&self, points: &[SurfacePoint], guess: Pose) -> Option<Registration> {
        let reach = Reach {
            metres: self.settings.odometry_metres,
            radians: self.settings.odometry_radians,
        };
        let placed = self.local.place(points, guess, reach);
        placed.filter(|placed| placed.share >= MIN_SHARE)
    }

    /// Whether the current scan, of which `share` lies on known surfaces, tells of other places than the last keyframe.
    fn shows_something_new(&self, share: f64) -> bool {
        let last = self.graph.pose(self.keyframes.len().saturating_sub(1));
        let moved = last.relative(&self.pose);
        let turned = moved.theta.abs() >= self.settings.keyframe_radians;
        moved.x.hypot(moved.y) >= self.settings.keyframe_metres || (turned && share < KNOWN_SHARE)
    }

    /// Makes the scan at the current pose a keyframe.
    fn add_keyframe(&mut self, points: Vec<SurfacePoint>, placed: Option<Registration>) {
        let new = self.keyframes.len();
        self.keyframes.push(Keyframe {
            points,
            travelled: self.travelled,
        });
        self.graph.poses.push(self.pose);
        if let Some(last) = new.checked_sub(1) {
            self.graph.edges.push(self.edge_to_new(last, new, placed));
        }
        self.redraw();
    }

    /// What the scan match says of two keyframes in a row, or the odometry where there was none.
    fn edge_to_new(&self, from: usize, to: usize, placed: Option<Registration>) -> Edge {
        let measured = self.graph.relative(from, to);
        let (metres, radians) = (self.settings.odometry_metres, self.settings.odometry_radians);
        let (place, heading) = (metres.powi(-2), radians.powi(-2));
        let mut information = [[place, 0.0, 0.0], [0.0, place, 0.0], [0.0, 0.0, heading]];
        if let Some(placed) = placed {
            let seen = graph::seen_from(&self.graph.pose(from), &placed.information);
            graph::combine(&mut information, &seen, 1.0);
        }
        Edge {
            from,
            to,
            measured,
            information,
        }
    }

    /// Draws the surfaces of the last metres anew.
    fn redraw(&mut self) {
        let recent = self.recent(LOCAL_METRES).take(LOCAL_KEYFRAMES);
        let points = recent.flat_map(|keyframe| self.points_of(keyframe, Pose::IDENTITY));
        self.local = LocalMap::new(&points.collect::<Vec<_>>());
    }

    /// The keyframes of the last metres, newest first.
    fn recent(&self, metres: f64) -> impl Iterator<Item = usize> + '_ {
        let since = self.travelled - metres;
        let keyframes = self.keyframes.iter().enumerate().rev();
        keyframes
            .take_while(move |(_, keyframe)| keyframe.travelled >= since)
            .map(|(index, _)| index)
    }

    /// What a keyframe saw, in the frame that `viewer` stands for.
    fn points_of(&self, keyframe: usize, viewer: Pose) -> impl Iterator<Item = SurfacePoint> + '_ {
        let pose = viewer.relative(&self.graph.pose(keyframe));
        let points = self
            .keyframes
            .get(keyframe)
            .map(|keyframe| keyframe.points.iter());
        points.into_iter().flatten().map(move |point| point.moved(&pose))
    }

    /// Notes where the current scan is, seen from the newest keyframe.
    fn record(&mut self) {
        let keyframe = self.keyframes.len().saturating_sub(1);
        self.track.push(Placed {
            keyframe,
            pose: self.graph.pose(keyframe).relative(&self.pose),
        });
    }
}
