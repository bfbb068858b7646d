//! A home that its owner has erased, and the receipt for it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::id::{HomeId, PersonId};

/// How long the receipt is kept, and the home's id is taken.
pub const ERASURE_KEPT: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// What kinds of things a home is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasedKind {
    /// Floors.
    Floors,
    /// Evidence, views, rooms, objects and plans of floors.
    Maps,
    /// Runs.
    Runs,
    /// Tiles of runs, and where they vote.
    RunMaps,
    /// Robots, which are unpaired.
    Robots,
    /// Members.
    Members,
    /// Open invitations.
    Invitations,
    /// Commands and their idempotency keys.
    Commands,
    /// Entries of the access log.
    LogEntries,
    /// Everything else.
    Other,
}

impl ErasedKind {
    /// All kinds.
    pub const ALL: [Self; 10] = [
        Self::Floors,
        Self::Maps,
        Self::Runs,
        Self::RunMaps,
        Self::Robots,
        Self::Members,
        Self::Invitations,
        Self::Commands,
        Self::LogEntries,
        Self::Other,
    ];

    /// The name, as it is stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Floors => "floors",
            Self::Maps => "maps",
            Self::Runs => "runs",
            Self::RunMaps => "run_maps",
            Self::Robots => "robots",
            Self::Members => "members",
            Self::Invitations => "invitations",
            Self::Commands => "commands",
            Self::LogEntries => "log_entries",
            Self::Other => "other",
        }
    }
}

/// How many items of each kind were erased.
pub type ErasedCounts = BTreeMap<ErasedKind, u64>;

/// The erasure of a home, which its owner can read for [`ERASURE_KEPT`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// The home, of which nothing else is left.
    pub home: HomeId,
    /// Who erased it.
    pub person: PersonId,
    /// When they asked; nobody could read anything of the home from then on.
    pub asked_at: Timestamp,
    /// When nothing was left that anybody could still have written; absent until then.
    pub done_at: Option<Timestamp>,
    /// What was erased until now.
    #[serde(default, skip_serializing)]
    pub counts: ErasedCounts,
}

impl Erasure {
    /// An erasure that begins.
    pub fn asked(home: HomeId, person: PersonId, asked_at: Timestamp) -> Self {
        Self {
            home,
            person,
            asked_at,
            done_at: None,
            counts: ErasedCounts::new(),
        }
    }
}
