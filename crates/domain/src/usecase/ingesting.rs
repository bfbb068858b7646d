//! A pack of run tiles becomes part of a run.

use super::{Authorizing, SealOutcome, Sealing, UseCaseError};
use crate::id::{PairingId, RobotId, RunId};
use crate::ports::SentRunTile;

/// What a robot sent of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunTiles {
    /// The pairing under which the run is driven.
    pub pairing: PairingId,
    /// The run.
    pub run: RunId,
    /// All that the run knows of some tiles.
    pub tiles: Vec<SentRunTile>,
}

/// Stores run tiles, and seals the run when they were the last that it lacked.
#[derive(Clone)]
pub struct Ingesting {
    /// Tells whose tiles they are.
    pub authorizing: Authorizing,
    /// Knows when a run is complete.
    pub sealing: Sealing,
}

impl Ingesting {
    /// Stores what `robot` sent; a tile that is not newer than the stored one changes nothing.
    ///
    /// A foreign pairing is [`UseCaseError::Refused`]. After an outage the whole pack may be given again.
    pub async fn take(&self, robot: RobotId, sent: &RunTiles) -> Result<usize, UseCaseError> {
        let access = self.authorizing.paired_robot(robot, sent.pairing).await?;
        let store = &self.sealing.tiles;
        let newer = store.put_tiles(&access.scope, sent.run, &sent.tiles).await?;
        match self.sealing.try_seal(&access.scope, robot, sent.run).await? {
            SealOutcome::Sealed | SealOutcome::NotFinished | SealOutcome::Lacks(_) => {}
        }
        Ok(newer)
    }
}
