//! What a robot says of itself, in the words of Matter's Robotic Vacuum Cleaner clusters.

use serde::{Deserialize, Serialize};

use crate::error::check_text;
use crate::id::RunId;
use crate::schedule::SkippedRun;
use crate::{FieldError, Timestamp};

/// The most characters in a firmware version, model or vendor code.
pub const MAX_LABEL: usize = 64;
/// The most capabilities that a robot may name.
pub const MAX_CAPABILITIES: usize = 32;

/// Matter's operational states (cluster 0x0061).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RobotState {
    /// Stands still, away from the dock.
    Stopped,
    /// Cleans.
    Running,
    /// Interrupted by its owner; the run goes on when resumed.
    Paused,
    /// Needs help; see the error beside it.
    Error,
    /// On its way to the dock.
    SeekingCharger,
    /// On the dock, battery not full.
    Charging,
    /// On the dock, ready.
    Docked,
    /// The dock empties its dust bin.
    EmptyingDustBin,
    /// The dock washes its mop.
    CleaningMop,
    /// The dock fills its water tank.
    FillingWaterTank,
    /// Works on its map.
    UpdatingMaps,
}

impl RobotState {
    /// Every state, for filters and for counts that show zero.
    pub const ALL: [Self; 11] = [
        Self::Stopped,
        Self::Running,
        Self::Paused,
        Self::Error,
        Self::SeekingCharger,
        Self::Charging,
        Self::Docked,
        Self::EmptyingDustBin,
        Self::CleaningMop,
        Self::FillingWaterTank,
        Self::UpdatingMaps,
    ];

    /// Whether a run is under way, so that no other may start.
    pub fn is_busy(self) -> bool {
        match self {
            Self::Running | Self::Paused => true,
            Self::Stopped
            | Self::Error
            | Self::SeekingCharger
            | Self::Charging
            | Self::Docked
            | Self::EmptyingDustBin
            | Self::CleaningMop
            | Self::FillingWaterTank
            | Self::UpdatingMaps => false,
        }
    }

    /// Matter's number of the state.
    pub fn number(self) -> u8 {
        match self {
            Self::Stopped => 0x00,
            Self::Running => 0x01,
            Self::Paused => 0x02,
            Self::Error => 0x03,
            Self::SeekingCharger => 0x40,
            Self::Charging => 0x41,
            Self::Docked => 0x42,
            Self::EmptyingDustBin => 0x43,
            Self::CleaningMop => 0x44,
            Self::FillingWaterTank => 0x45,
            Self::UpdatingMaps => 0x46,
        }
    }

    /// The name on the wire and in the API, such as `seeking_charger`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Error => "error",
            Self::SeekingCharger => "seeking_charger",
            Self::Charging => "charging",
            Self::Docked => "docked",
            Self::EmptyingDustBin => "emptying_dust_bin",
            Self::CleaningMop => "cleaning_mop",
            Self::FillingWaterTank => "filling_water_tank",
            Self::UpdatingMaps => "updating_maps",
        }
    }
}

/// Matter's operational errors (cluster 0x0061).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RobotError {
    /// All is well.
    #[default]
    NoError,
    /// It cannot start or go on.
    UnableToStartOrResume,
    /// It gave the work up.
    UnableToCompleteOperation,
    /// The command did not fit its state.
    CommandInvalidInState,
    /// It did not find its dock.
    FailedToFindChargingDock,
    /// It cannot move.
    Stuck,
    /// The dust bin is not in place.
    DustBinMissing,
    /// The dust bin is full.
    DustBinFull,
    /// The water tank is empty.
    WaterTankEmpty,
    /// The water tank is not in place.
    WaterTankMissing,
    /// The water tank's lid is open.
    WaterTankLidOpen,
    /// The mop pad is not in place.
    MopCleaningPadMissing,
    /// The battery is too low to work.
    LowBattery,
    /// Part of what should be cleaned cannot be reached.
    CannotReachTargetArea,
    /// The dirty water tank is full.
    DirtyWaterTankFull,
    /// The dirty water tank is not in place.
    DirtyWaterTankMissing,
    /// A wheel is blocked.
    WheelsJammed,
    /// A brush is blocked.
    BrushJammed,
    /// A sensor is covered.
    NavigationSensorObscured,
}

/// Battery charge in percent, 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Battery(u8);

impl TryFrom<u8> for Battery {
    type Error = FieldError;

    fn try_from(percent: u8) -> Result<Self, FieldError> {
        if percent > 100 {
            return Err(FieldError::new(
                "battery",
                format!("must be 0 to 100 percent, is {percent}"),
            ));
        }
        Ok(Self(percent))
    }
}

impl From<Battery> for u8 {
    fn from(battery: Battery) -> u8 {
        battery.0
    }
}

/// What a robot can do beyond starting and stopping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities(Vec<String>);

impl Capabilities {
    /// Checks that there are at most [`MAX_CAPABILITIES`] names of at most [`MAX_LABEL`] characters.
    pub fn new(names: Vec<String>) -> Result<Self, FieldError> {
        if names.len() > MAX_CAPABILITIES {
            let reason = format!(
                "must have at most {MAX_CAPABILITIES} entries, has {}",
                names.len()
            );
            return Err(FieldError::new("capabilities", reason));
        }
        names
            .iter()
            .try_for_each(|name| check_text("capabilities", name, MAX_LABEL))?;
        Ok(Self(names))
    }

    /// The names, in the robot's order.
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

/// Orders the status reports of one robot whatever its clock says: start of the agent, then report since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StatusOrder {
    /// How often the agent has started, kept on the robot.
    pub boot: u32,
    /// Which report since then.
    pub seq: u32,
}

/// One report of a robot's status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Where it stands among this robot's reports.
    pub order: StatusOrder,
    /// What the robot does.
    pub state: RobotState,
    /// Its charge.
    pub battery: Battery,
    /// What is wrong.
    pub error: RobotError,
    /// The vendor's own code of what is wrong, at most [`MAX_LABEL`] characters.
    pub vendor_error: Option<String>,
    /// The agent's version, at most [`MAX_LABEL`] characters.
    pub firmware: String,
    /// The robot's model, at most [`MAX_LABEL`] characters.
    pub model: String,
    /// What it can do.
    pub capabilities: Capabilities,
    /// The version of the settings that it applied; 0 before any.
    pub settings_version: u64,
    /// The run under way.
    pub run: Option<RunId>,
    /// How many reports wait on the robot for the cloud's confirmation.
    pub waiting: u32,
    /// How many reports the robot had to drop or set aside since it was paired.
    pub dropped: u32,
    /// The last scheduled run, if it did not begin.
    #[serde(default)]
    pub skipped: Option<SkippedRun>,
    /// Whether somebody lifted the child lock at the robot.
    #[serde(default)]
    pub lock_lifted: bool,
    /// When the cloud received the report.
    pub received_at: Timestamp,
}

impl Status {
    /// Checks the texts of a report.
    pub fn checked(self) -> Result<Self, FieldError> {
        check_text("firmware", &self.firmware, MAX_LABEL)?;
        check_text("model", &self.model, MAX_LABEL)?;
        self.vendor_error
            .as_deref()
            .map_or(Ok(()), |code| check_text("vendor_error", code, MAX_LABEL))?;
        Ok(self)
    }
}
