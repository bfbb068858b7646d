//! What became of a command.

use domain::Timestamp;
use domain::command::{CommandState, Failure, Rejection};
use domain::id::{CommandId, PairingId, RunId};
use serde::{Deserialize, Serialize};

use crate::{WireError, json};

/// A robot's word on a command; repeated until a receipt answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    /// The command.
    pub command: CommandId,
    /// The pairing that the robot knows.
    pub pairing: PairingId,
    /// What became of it.
    #[serde(flatten)]
    pub answer: Answer,
    /// When, by the robot's clock.
    pub at: Timestamp,
}

/// What became of a command, as the robot says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Answer {
    /// The robot will do it, or does it.
    Accepted {
        /// The run that it started.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run: Option<RunId>,
    },
    /// The robot refused.
    Rejected {
        /// Why.
        reason: Rejection,
    },
    /// Done.
    Succeeded {
        /// The run that it started.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run: Option<RunId>,
    },
    /// Accepted, but not carried out.
    Failed {
        /// Why.
        reason: Failure,
    },
}

impl From<Answer> for CommandState {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Accepted { run } => Self::Accepted { run },
            Answer::Rejected { reason } => Self::Rejected { reason },
            Answer::Succeeded { run } => Self::Succeeded { run },
            Answer::Failed { reason } => Self::Failed { reason },
        }
    }
}

impl Ack {
    /// The payload.
    pub fn encode(&self) -> Vec<u8> {
        json::encode(self)
    }

    /// The word in `bytes`.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        json::decode(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_reads_back() {
        for answer in [
            Answer::Accepted {
                run: Some(RunId::from_u128(3)),
            },
            Answer::Rejected {
                reason: Rejection::Busy,
            },
            Answer::Succeeded { run: None },
            Answer::Failed {
                reason: Failure::Interrupted,
            },
        ] {
            let ack = Ack {
                command: CommandId::from_u128(1),
                pairing: PairingId::from_u128(2),
                answer,
                at: Timestamp::from_millis(9),
            };
            assert_eq!(Ack::decode(&ack.encode()), Ok(ack));
        }
    }
}
