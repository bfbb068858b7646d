//! What the product does that costs something.

use serde::{Deserialize, Serialize};

/// A feature of the product, in the order of a bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// Being connected: minutes, handshakes, subscriptions.
    Connection,
    /// Knowing who is online.
    Presence,
    /// Status reports.
    Status,
    /// Tiles of runs, and the fold into the map of the home.
    Map,
    /// Beginnings, pauses and ends of runs, and what the cloud answers to them.
    Runs,
    /// Commands and what becomes of them.
    Commands,
    /// Settings, schedules and restrictions on their way to the robot.
    Settings,
    /// The phone: pages and what they read.
    App,
    /// Watching a robot while it drives.
    LiveView,
    /// What is kept from day to day.
    Storage,
    /// Alarms, metrics and keys: the same however many robots there are.
    Operations,
}
