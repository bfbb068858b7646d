//! The robot below the agent: one small trait for simulated, recorded and real robots.
//!
//! A driver turns what its robot says into [`Observation`]s and [`DriverOrder`]s into what its robot understands.
//! The trait asks for little on purpose. A Valetudo robot fits through its REST interface and its event stream: state
//! attributes become [`Observation::State`], the map that it keeps becomes [`Observation::Map`] when a run ends. A
//! Roomba fits through its local MQTT: mission phases become states, poses become [`Observation::Pose`].

pub mod replay;

use std::time::Duration;

use async_trait::async_trait;
use domain::command::Scope;
use domain::plan::CleaningPlan;
use domain::run::{Initiator, Outcome};
use domain::settings::Preferences;
use domain::status::{Battery, RobotError, RobotState};
use mapping::pose::Pose;
use mapping::run_map::RunMap;
use mapping::scan::Scan;
use thiserror::Error;

/// How long the robot's button is held to lift a child lock.
pub const LIFT_HOLD: Duration = Duration::from_secs(10);

/// What a robot is and can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its model.
    pub model: String,
    /// What it can do.
    pub capabilities: Vec<Capability>,
}

/// Something that not every robot can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capability {
    /// Pauses a run and goes on with it.
    Pause,
    /// Cleans chosen rooms.
    Rooms,
    /// Cleans polygons.
    Zones,
    /// Makes itself heard.
    Locate,
}

impl Capability {
    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Rooms => "rooms",
            Self::Zones => "zones",
            Self::Locate => "locate",
        }
    }
}

/// What a run shall clean, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartOrder {
    /// What to clean; zones are in the home frame.
    pub scope: Scope,
    /// The way to take, in the run's frame; without one the robot cleans by its own means.
    pub plan: Option<CleaningPlan>,
}

/// What the agent asks of the robot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DriverOrder {
    /// Clean.
    Start(StartOrder),
    /// Take this way, in the run's frame, in the run that the robot began by itself; one that cannot goes on by its
    /// own means.
    Follow(CleaningPlan),
    /// Wait.
    Pause,
    /// Go on.
    Resume,
    /// Stand still and end the run.
    Stop,
    /// End the run and drive to the dock.
    Dock,
    /// Make a sound.
    Locate,
    /// Heed what the owner has set; restrictions are in the frame of the robot's runs as far as that is known.
    Configure(Preferences),
}

/// What a robot does and how it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RobotCondition {
    /// What it does.
    pub state: RobotState,
    /// What is wrong.
    pub error: RobotError,
    /// The vendor's own code of what is wrong.
    pub vendor_error: Option<String>,
    /// Its charge.
    pub battery: Battery,
}

/// One sweep of a range sensor, owned; fields as in [`Scan`].
#[derive(Debug, Clone, PartialEq)]
pub struct Sweep {
    /// Where the sensor was, in the run's frame.
    pub pose: Pose,
    /// Angle of the first beam, in radians from the sensor's heading.
    pub start_angle: f64,
    /// Angle from one beam to the next, in radians.
    pub angle_step: f64,
    /// Ranges at or beyond this many metres say only that the way up to here is free.
    pub max_range: f64,
    /// Distances in metres.
    pub ranges: Vec<f32>,
}

impl Sweep {
    /// The same sweep as the mapper takes it.
    pub fn as_scan(&self) -> Scan<'_> {
        let Self {
            pose,
            start_angle,
            angle_step,
            max_range,
            ref ranges,
        } = *self;
        Scan {
            pose,
            start_angle,
            angle_step,
            max_range,
            ranges,
        }
    }
}

/// What a robot says; positions are in the frame of its run, or of its next one while it stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Observation {
    /// The robot began a run that no order of the agent asked for.
    Started(Initiator),
    /// A sweep of its range sensor.
    Sweep(Sweep),
    /// Where it is.
    Pose(Pose),
    /// It touched something there.
    Bump(Pose),
    /// What it does and how it is; MUST come whenever one of them changes.
    State(RobotCondition),
    /// Whether it knows where it is by itself: the frame of its runs is then that of its home.
    Located(bool),
    /// A new frame begins: the robot was docked, or put down somewhere. What it senses from here on until the end of
    /// its next run is in this frame.
    NewFrame,
    /// The map of the run as the robot itself has it, in place of one made from sweeps.
    Map(RunMap),
    /// The run is over; MUST come once for each run.
    Ended(Outcome),
    /// Somebody held the robot's button for [`LIFT_HOLD`]: a child lock is lifted, without asking the cloud.
    LockLifted,
}

/// An observation and when it was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// By the driver's clock, from an origin of its own; it may run faster than the agent's, and never backwards.
    pub at: Duration,
    /// What was observed.
    pub what: Observation,
}

/// Why a robot did not take an order.
#[derive(Debug, Error)]
pub enum DriverError {
    /// The robot cannot do that.
    #[error("{order}: this robot cannot do that")]
    Unsupported {
        /// What was asked.
        order: &'static str,
    },
    /// The robot does not answer.
    #[error("the robot cannot be reached")]
    Unreachable(#[source] std::io::Error),
}

/// A robot.
#[async_trait]
pub trait Driver: Send {
    /// What it is; constant.
    fn profile(&self) -> Profile;

    /// Passes an order on. MUST return quickly; what comes of it is seen in the observations.
    ///
    /// # Errors
    /// [`DriverError`] when the robot did not take it.
    async fn order(&mut self, order: DriverOrder) -> Result<(), DriverError>;

    /// The next observation, or `None` when there will be no more. MUST be safe to cancel and call again.
    async fn next(&mut self) -> Option<Observed>;
}
