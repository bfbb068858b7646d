//! Status reports.

use domain::Timestamp;
use domain::id::{PairingId, RunId};
use domain::schedule::SkippedRun;
use domain::status::{Battery, Capabilities, RobotError, RobotState, Status, StatusOrder};
use serde::{Deserialize, Serialize};

use crate::{WireError, json};

/// The most characters of the nonce with which a robot asks for the time.
pub const MAX_NONCE: usize = 64;

/// What a robot reports on change, and once a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusReport {
    /// The pairing that the robot knows; absent before the first.
    pub pairing: Option<PairingId>,
    /// How often the agent has started.
    pub boot: u32,
    /// Which report since then.
    pub seq: u32,
    /// What the robot does.
    pub state: RobotState,
    /// Percent.
    pub battery: u8,
    /// What is wrong.
    #[serde(default)]
    pub error: RobotError,
    /// The vendor's code of what is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_error: Option<String>,
    /// The agent's version.
    pub firmware: String,
    /// The robot's model.
    pub model: String,
    /// What it can do.
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// The settings that it applied.
    pub settings_version: u64,
    /// The run under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// Reports waiting in the outbox.
    #[serde(default)]
    pub waiting: u32,
    /// Reports dropped or set aside since pairing.
    #[serde(default)]
    pub dropped: u32,
    /// The last scheduled run, if it did not begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<SkippedRun>,
    /// Whether somebody lifted the child lock at the robot.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lock_lifted: bool,
    /// Asks for the server's time, once per boot until answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
}

impl StatusReport {
    /// The payload.
    pub fn encode(&self) -> Vec<u8> {
        json::encode(self)
    }

    /// The report in `bytes`; the fields are checked by [`StatusReport::status`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let report: Self = json::decode(bytes)?;
        if report
            .nonce
            .as_ref()
            .is_some_and(|nonce| nonce.is_empty() || nonce.len() > MAX_NONCE)
        {
            let reason = format!("must have 1 to {MAX_NONCE} characters");
            return Err(WireError::Malformed {
                field: "nonce".into(),
                reason,
            });
        }
        Ok(report)
    }

    /// The status that the cloud received at `received_at`.
    pub fn status(&self, received_at: Timestamp) -> Result<Status, WireError> {
        let status = Status {
            order: StatusOrder {
                boot: self.boot,
                seq: self.seq,
            },
            state: self.state,
            battery: Battery::try_from(self.battery)?,
            error: self.error,
            vendor_error: self.vendor_error.clone(),
            firmware: self.firmware.clone(),
            model: self.model.clone(),
            capabilities: Capabilities::new(self.capabilities.clone())?,
            settings_version: self.settings_version,
            run: self.run,
            waiting: self.waiting,
            dropped: self.dropped,
            skipped: self.skipped,
            lock_lifted: self.lock_lifted,
            received_at,
        };
        Ok(status.checked()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMAL: &str = r#"{"v":1,"pairing":null,"boot":1,"seq":0,"state":"docked","battery":81,
        "firmware":"0.1.0","model":"sim","settings_version":0}"#;

    #[test]
    fn a_report_without_optional_fields_is_read() {
        let report = StatusReport::decode(MINIMAL.as_bytes()).unwrap();
        let status = report.status(Timestamp::from_millis(5)).unwrap();
        assert_eq!((status.state, u8::from(status.battery)), (RobotState::Docked, 81));
        assert_eq!(StatusReport::decode(&report.encode()), Ok(report));
    }

    #[test]
    fn values_out_of_range_name_their_field() {
        let at = Timestamp::from_millis(5);
        let full = MINIMAL.replace("81", "101");
        let error = StatusReport::decode(full.as_bytes())
            .and_then(|report| report.status(at))
            .unwrap_err();
        assert_eq!(error.to_string(), "battery: must be 0 to 100 percent, is 101");
        let unknown = MINIMAL.replace("docked", "flying");
        assert!(StatusReport::decode(unknown.as_bytes()).is_err());
    }
}
