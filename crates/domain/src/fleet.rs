//! What an operator sees: the health of robots, never a map, a schedule or a home.

use std::collections::BTreeMap;

use crate::Timestamp;
use crate::id::RobotId;
use crate::presence::Presence;
use crate::quarantine::Quarantine;
use crate::status::{RobotState, Status};

/// The health of one robot, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RobotHealth {
    /// The robot.
    pub robot: RobotId,
    /// Its newest status; absent before the first.
    pub status: Option<Status>,
    /// Its connection; absent before the first.
    pub presence: Option<Presence>,
    /// Why it was cut off, if it was.
    pub quarantine: Option<Quarantine>,
}

impl RobotHealth {
    /// Whether the robot is connected, as far as is known.
    pub fn is_connected(&self) -> bool {
        self.presence.as_ref().is_some_and(|presence| presence.connected)
    }

    /// When the robot was last heard of.
    pub fn last_seen(&self) -> Option<Timestamp> {
        let status = self.status.as_ref().map(|status| status.received_at);
        let presence = self.presence.as_ref().map(|presence| presence.since);
        status.max(presence)
    }
}

/// Which robots of the fleet are wanted; an absent field lets all pass.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FleetFilter {
    /// Only robots in this state.
    pub state: Option<RobotState>,
    /// Only robots with this firmware.
    pub firmware: Option<String>,
    /// Only robots that are connected, or only those that are not.
    pub connected: Option<bool>,
}

impl FleetFilter {
    /// Whether a robot passes.
    pub fn admits(&self, health: &RobotHealth) -> bool {
        let status = health.status.as_ref();
        self.state
            .is_none_or(|state| status.is_some_and(|status| status.state == state))
            && self
                .firmware
                .as_ref()
                .is_none_or(|wanted| status.is_some_and(|status| status.firmware == *wanted))
            && self
                .connected
                .is_none_or(|connected| connected == health.is_connected())
    }
}

/// Counts over the whole fleet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FleetSummary {
    /// All robots.
    pub total: u64,
    /// Those that are connected.
    pub connected: u64,
    /// By state; robots without a status are not in it.
    pub by_state: BTreeMap<RobotState, u64>,
    /// By firmware; robots without a status are not in it.
    pub by_firmware: BTreeMap<String, u64>,
}

impl FleetSummary {
    /// Counts one more robot.
    pub fn count(&mut self, health: &RobotHealth) {
        self.total += 1;
        self.connected += u64::from(health.is_connected());
        if let Some(status) = &health.status {
            *self.by_state.entry(status.state).or_default() += 1;
            *self.by_firmware.entry(status.firmware.clone()).or_default() += 1;
        }
    }
}
