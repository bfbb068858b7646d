//! Who did what with a home, for its owner to read.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::home::Name;
use crate::id::PersonId;

/// How long an entry is kept.
pub const ACCESS_LOG_KEPT: Duration = Duration::from_secs(180 * 24 * 60 * 60);

/// What somebody did: the rare things that change who or what has access, or that take data along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessAction {
    /// Asked somebody in.
    Invited,
    /// Accepted an invitation.
    Joined,
    /// Left.
    Left,
    /// Ended somebody's membership.
    Removed,
    /// Handed the home on.
    HandedOn,
    /// Paired a robot.
    Paired,
    /// Unpaired a robot.
    Unpaired,
    /// Changed a robot's settings.
    SettingsChanged,
    /// Took the home's data along.
    Exported,
    /// Brought floors from elsewhere.
    Imported,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessEntry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub person: PersonId,
    /// What the owner called them then; `None` for who made the home.
    pub who: Option<Name>,
    /// What they did.
    pub action: AccessAction,
    /// The person or robot that it was done to, as the owner called it.
    pub subject: Option<Name>,
}
