//! What the agent remembers from one start to the next, beside runs and settings.

use std::path::{Path, PathBuf};

use domain::Timestamp;
use domain::command::CommandNumber;
use domain::schedule::SkippedRun;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use wire::ack::Ack;

use crate::private_file;

/// The version of the state file that this agent writes, and the newest that it reads.
pub const STATE_VERSION: u32 = 1;

/// An answer to a command that the cloud has not yet said it stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsettledAck {
    /// The newest answer.
    pub ack: Ack,
    /// How many receipts are still to come: one for each answer given to this command.
    pub owed: u8,
}

/// The agent's memory.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AgentState {
    /// The version of this form.
    pub version: u32,
    /// How often the agent has started.
    pub boot: u32,
    /// The number of the last command that was obeyed.
    pub last_number: Option<CommandNumber>,
    /// The newest time that is known to have passed.
    pub last_server_time: Timestamp,
    /// Answers that are repeated until they are settled, oldest first.
    pub unsettled: Vec<UnsettledAck>,
    /// The last answers given, so that a command that arrives again gets the same one.
    pub answered: Vec<Ack>,
    /// Reports dropped or set aside since pairing.
    pub dropped: u32,
    /// Up to when the schedule is dealt with.
    pub schedule_seen: Option<Timestamp>,
    /// The last scheduled run, if it did not begin.
    pub skipped: Option<SkippedRun>,
    /// The version of the settings whose child lock was lifted at the robot.
    pub lifted_in: Option<u64>,
}

/// Why the state could not be read or written.
#[derive(Debug, Error)]
pub enum StateError {
    /// The file belongs to a later version of the agent.
    #[error(
        "state {path}: was written by a newer agent (version {version}), this one reads version {STATE_VERSION}"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// What it says it is.
        version: u32,
    },
    /// The file system refused.
    #[error("state {path}: cannot be read or written")]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
}

impl AgentState {
    /// Reads the state; one that is absent or unreadable starts anew, so that a damaged file never stops the robot.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn load(path: &Path) -> Result<Self, StateError> {
        let bytes = private_file::read_if_there(path).map_err(|source| StateError::Io {
            path: path.to_owned(),
            source,
        })?;
        let Some(bytes) = bytes else {
            return Ok(Self::default());
        };
        let state: Self = serde_json::from_slice(&bytes).unwrap_or_else(|error| {
            tracing::error!(%error, "the state file is damaged; starting without it");
            Self::default()
        });
        if state.version > STATE_VERSION {
            return Err(StateError::Newer {
                path: path.to_owned(),
                version: state.version,
            });
        }
        Ok(state)
    }

    /// Writes the state; afterwards it survives a power cut.
    ///
    /// # Errors
    /// [`StateError::Io`]; the old state is then still there.
    pub fn save(&self, path: &Path) -> Result<(), StateError> {
        let versioned = Self {
            version: STATE_VERSION,
            ..self.clone()
        };
        private_file::write_json(path, &versioned).map_err(|source| StateError::Io {
            path: path.to_owned(),
            source,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_reads_back_and_damage_starts_anew() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.json");
        assert_eq!(AgentState::load(&path).unwrap(), AgentState::default());
        let state = AgentState {
            version: STATE_VERSION,
            boot: 3,
            last_number: Some(CommandNumber(9)),
            ..AgentState::default()
        };
        state.save(&path).unwrap();
        assert_eq!(AgentState::load(&path).unwrap(), state);
        std::fs::write(&path, b"{\"boot\":").unwrap();
        assert_eq!(AgentState::load(&path).unwrap(), AgentState::default());
    }

    #[test]
    fn a_newer_state_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.json");
        std::fs::write(&path, b"{\"version\":2}").unwrap();
        assert!(matches!(
            AgentState::load(&path),
            Err(StateError::Newer { version: 2, .. })
        ));
    }
}
