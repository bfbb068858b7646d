//! A recorded run as a robot: a CARMEN log, a CSV log, or a ValetudoMap as one finished run.
//!
//! Raw odometry drifts, and a log does not say whether its own was corrected: scans are put where the localizer finds
//! that they were made.

use std::collections::VecDeque;
use std::time::Duration;

use async_trait::async_trait;
use domain::run::{Initiator, Outcome};
use domain::status::{Battery, RobotError, RobotState};
use mapping::formats::valetudo::{ValetudoError, ValetudoMap};
use mapping::localizer::{Localizer, LocalizerError, LocalizerSettings};
use mapping::logs::{self, LogError, LogKind, LogScan};
use mapping::pose::Pose;
use thiserror::Error;

use super::{Driver, DriverError, DriverOrder, Observation, Observed, Profile, RobotCondition, Sweep};

/// Ranges at or beyond this many metres say only that the way up to here is free.
pub const USABLE_RANGE_METRES: f64 = 12.0;
/// Ranges at or beyond this many metres are a scanner's word for no echo, such as from glass, and say nothing.
pub const NO_ECHO_METRES: f32 = 80.0;
/// A longer gap in a log's clock is cut to this.
const MAX_GAP_SECONDS: f64 = 5.0;

/// Why a recording cannot be replayed.
#[derive(Debug, Error)]
pub enum ReplayError {
    /// It is no log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// It is too long to be followed.
    #[error(transparent)]
    Localizer(#[from] LocalizerError),
    /// It is no map.
    #[error(transparent)]
    Map(#[from] ValetudoError),
    /// The charge of a recorded robot is not a percentage.
    #[error(transparent)]
    Charge(#[from] domain::FieldError),
    /// It holds no scan.
    #[error("recording: holds no usable scan, needs at least 1")]
    Empty,
}

/// A recorded run. It is told as fast as the agent listens; its times are the recording's.
pub struct Replay {
    told: VecDeque<Observed>,
    refused_lines: usize,
}

impl Replay {
    /// Reads a recording, gzipped or not; lines that are wrong are left out and counted.
    ///
    /// # Errors
    /// [`ReplayError`] when it is of no known kind or holds nothing.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReplayError> {
        let log = logs::open_bytes(bytes)?;
        let (observations, refused_lines) = match log.kind {
            LogKind::Carmen | LogKind::Csv => {
                let (sweeps, refused) = sweeps(log.scans()?);
                let (sweeps, astray) = localized(sweeps)?;
                (told(sweeps)?, refused + astray)
            }
            LogKind::ValetudoMap => {
                let map = ValetudoMap::read(log.text.as_bytes())?.to_run()?;
                (
                    vec![Observed {
                        at: Duration::ZERO,
                        what: Observation::Map(map),
                    }],
                    0,
                )
            }
        };
        Ok(Self {
            told: framed(observations)?,
            refused_lines,
        })
    }

    /// How many lines of the log were wrong.
    pub fn refused_lines(&self) -> usize {
        self.refused_lines
    }

    /// How many observations are still to come.
    pub fn remaining(&self) -> usize {
        self.told.len()
    }
}

#[async_trait]
impl Driver for Replay {
    fn profile(&self) -> Profile {
        Profile {
            model: "replay".into(),
            capabilities: Vec::new(),
        }
    }

    async fn order(&mut self, order: DriverOrder) -> Result<(), DriverError> {
        let order = match order {
            DriverOrder::Configure(_) | DriverOrder::Stop => return Ok(()),
            DriverOrder::Start(_) | DriverOrder::Follow(_) => "start",
            DriverOrder::Pause => "pause",
            DriverOrder::Resume => "resume",
            DriverOrder::Dock => "dock",
            DriverOrder::Locate => "locate",
        };
        Err(DriverError::Unsupported { order })
    }

    async fn next(&mut self) -> Option<Observed> {
        // The link shares the thread, and a recording never waits by itself.
        tokio::task::yield_now().await;
        self.told.pop_front()
    }
}

/// A sweep and the time of the recording at which it was made.
type Timed = (Duration, Sweep);

/// The sweeps of a log in the frame of its first pose, and the number of lines that were wrong.
fn sweeps(scans: impl Iterator<Item = Result<LogScan, LogError>>) -> (Vec<Timed>, usize) {
    let (mut sweeps, mut refused) = (Vec::new(), 0);
    let (mut start, mut last_t, mut at) = (None, None, 0.0);
    for scan in scans {
        let Ok(scan) = scan else {
            refused += 1;
            continue;
        };
        at += (scan.t - last_t.unwrap_or(scan.t)).clamp(0.0, MAX_GAP_SECONDS);
        last_t = Some(scan.t);
        let start: &Pose = start.get_or_insert(scan.odometry);
        let sweep = Sweep {
            pose: start.relative(&scan.odometry),
            start_angle: LogScan::START_ANGLE,
            angle_step: scan.angle_step(),
            max_range: USABLE_RANGE_METRES,
            ranges: scan
                .ranges
                .into_iter()
                .map(|range| if range >= NO_ECHO_METRES { 0.0 } else { range })
                .collect(),
        };
        sweeps.push((Duration::from_secs_f64(at), sweep));
    }
    (sweeps, refused)
}

/// The sweeps where their ranges say that they were made, and the number of those that are no usable scan.
fn localized(sweeps: Vec<Timed>) -> Result<(Vec<Timed>, usize), ReplayError> {
    let (mut entered, mut refused) = (Vec::with_capacity(sweeps.len()), 0);
    let mut localizer = Localizer::new(LocalizerSettings::default());
    for (at, sweep) in sweeps {
        match localizer.add(&sweep.as_scan()) {
            Ok(_) => entered.push((at, sweep)),
            Err(LocalizerError::Scan(_)) => refused += 1,
            Err(error @ (LocalizerError::TooManyScans | LocalizerError::TooManyKeyframes)) => {
                return Err(error.into());
            }
        }
    }
    let poses = localizer.finish();
    let placed = entered.into_iter().zip(poses);
    let placed = placed.map(|((at, sweep), pose)| (at, Sweep { pose, ..sweep }));
    Ok((placed.collect(), refused))
}

/// The sweeps as observations.
fn told(sweeps: Vec<Timed>) -> Result<Vec<Observed>, ReplayError> {
    if sweeps.is_empty() {
        return Err(ReplayError::Empty);
    }
    let observed = |(at, sweep)| Observed {
        at,
        what: Observation::Sweep(sweep),
    };
    Ok(sweeps.into_iter().map(observed).collect())
}

/// What stands before and after the observations of any run.
fn framed(observations: Vec<Observed>) -> Result<VecDeque<Observed>, ReplayError> {
    let end = observations.last().map_or(Duration::ZERO, |last| last.at);
    let battery = Battery::try_from(100)?;
    let condition = |state| {
        Observation::State(RobotCondition {
            state,
            error: RobotError::NoError,
            vendor_error: None,
            battery,
        })
    };
    let before = [
        Observation::Started(Initiator::Replay),
        condition(RobotState::Running),
    ];
    let after = [
        Observation::Ended(Outcome::Completed),
        condition(RobotState::Docked),
    ];
    let before = before.map(|what| Observed {
        at: Duration::ZERO,
        what,
    });
    let after = after.map(|what| Observed { at: end, what });
    Ok(before.into_iter().chain(observations).chain(after).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "FLASER 3 1.0 2.0 81.9 5.0 1.0 0.0 5.0 1.0 0.0 10.0 host 10.0\n\
        FLASER 3 1.0 broken\n\
        FLASER 3 1.0 2.0 81.9 6.0 1.0 0.0 6.0 1.0 0.0 12.5 host 12.5\n";

    #[tokio::test]
    async fn a_log_is_one_run_in_the_frame_of_its_first_pose() {
        let mut replay = Replay::from_bytes(LOG.as_bytes()).unwrap();
        assert_eq!(replay.refused_lines(), 1);
        let mut told = Vec::new();
        while let Some(observed) = replay.next().await {
            told.push(observed);
        }
        assert_eq!(
            told.first().unwrap().what,
            Observation::Started(Initiator::Replay)
        );
        let poses: Vec<_> = told
            .iter()
            .filter_map(|observed| match &observed.what {
                Observation::Sweep(sweep) => Some((sweep.pose.x, observed.at)),
                _ => None,
            })
            .collect();
        assert_eq!(
            poses,
            [(0.0, Duration::ZERO), (1.0, Duration::from_millis(2_500))]
        );
        assert!(
            told.iter()
                .any(|observed| observed.what == Observation::Ended(Outcome::Completed))
        );
    }

    /// A robot that drives 4 m towards the wall of a room, with odometry that is a tenth too long.
    fn log_of_a_room() -> String {
        let range = |x: f64, degrees: i32| {
            let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
            ((6.0 - x) / cos.max(1e-9)).min(3.0 / sin.abs().max(1e-9))
        };
        let line = |i: i32| {
            let x = 0.2 * f64::from(i);
            let ranges: Vec<String> = (-90..=90).map(|beam| format!("{:.3}", range(x, beam))).collect();
            format!("{i},{},0,0,0,0,0,{}\n", 1.1 * x, ranges.join(","))
        };
        (0..=20).map(line).collect()
    }

    #[test]
    fn scans_are_put_where_they_were_made_and_not_where_the_odometry_says() {
        let replay = Replay::from_bytes(log_of_a_room().as_bytes()).unwrap();
        let mut sweeps = replay.told.iter().filter_map(|observed| match &observed.what {
            Observation::Sweep(sweep) => Some(sweep.pose.x),
            _ => None,
        });
        let end = sweeps.next_back().unwrap();
        assert!((end - 4.0).abs() < 0.03, "{end}");
    }

    #[test]
    fn what_is_no_recording_is_refused() {
        assert!(matches!(
            Replay::from_bytes(b"hello"),
            Err(ReplayError::Log(LogError::UnknownKind))
        ));
        assert!(Replay::from_bytes(&[0x1f, 0x8b, 1, 2, 3]).is_err());
    }
}
