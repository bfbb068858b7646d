//! Robots that send more than any true one does, as with a stolen key: they are cut off until an operator lifts it.
//!
//! What a robot sends is weighed by what it can cost. On the standard day a robot sends ten messages with some forty
//! tiles; what fifty such days weigh may come within one minute, so that what waited on a robot through weeks without
//! Wi-Fi, or in a home much larger, passes at once. The hundred messages a second that AWS IoT lets through weigh at least
//! 24,000 a minute.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// What a robot may send within one minute of the broker's clock, by weight.
pub const MAX_WEIGHT_PER_MINUTE: u64 = 6_000;
/// What a message weighs.
pub const MESSAGE_WEIGHT: u32 = 4;
/// What each tile in a message weighs beside it.
pub const TILE_WEIGHT: u32 = 2;
/// What a message weighs beside that if it is refused, since it is kept with its bytes.
pub const REFUSAL_WEIGHT: u32 = 20;
/// From this weight on, what one process was sent by one robot within a minute is told to all. What a true robot sends
/// at rest stays below, so that nothing is written for it.
pub const TOLD_WEIGHT: u32 = 64;

const MINUTE_MS: i64 = 60_000;

/// Why a robot is in quarantine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuarantineReason {
    /// It sent more than [`MAX_WEIGHT_PER_MINUTE`].
    TooManyMessages,
}

impl QuarantineReason {
    /// The reason as logs and the API write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooManyMessages => "too_many_messages",
        }
    }
}

/// A robot's certificate opens nothing, and nothing of the robot is taken, until this is lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantine {
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub reason: QuarantineReason,
}

/// A minute of the broker's clock, counted since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minute(i64);

impl Minute {
    /// The minute that `at` lies in.
    pub fn of(at: Timestamp) -> Self {
        Self(at.millis().div_euclid(MINUTE_MS))
    }

    /// Its number.
    pub fn number(self) -> i64 {
        self.0
    }

    /// When it begins.
    pub fn start(self) -> Timestamp {
        Timestamp::from_millis(self.0.saturating_mul(MINUTE_MS))
    }
}
