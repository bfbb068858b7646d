//! Receipts: what the cloud says of what a robot sent.

use mapping::tile::TileIndex;
use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::id::{CommandId, PairingId, RunId};

/// A word to a robot; it carries the pairing it is meant for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The pairing under which the robot sent; absent in the answer to a robot without one.
    pub pairing: Option<PairingId>,
    /// What it says.
    #[serde(flatten)]
    pub kind: ReceiptKind,
}

/// What a receipt says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ReceiptKind {
    /// The run is sealed: all of it may leave the outbox.
    Confirmed {
        /// The run.
        run: RunId,
    },
    /// These tiles of a finished run have not arrived; send them and the manifest again.
    Wanted {
        /// The run.
        run: RunId,
        /// The tiles.
        tiles: Vec<TileIndex>,
    },
    /// Something of the run cannot be used: set it aside and count it, it would be refused again.
    Refused {
        /// The run.
        run: RunId,
        /// The field that was refused.
        field: String,
        /// Why, with the limit.
        reason: String,
    },
    /// The word on a command is stored.
    Settled {
        /// The command.
        command: CommandId,
    },
    /// The certificate that the robot asked for, to be tried.
    Certificate {
        /// PEM.
        pem: String,
    },
    /// The certificate that the robot is connected with is the one in force.
    Renewed,
    /// The server's time, in answer to a nonce.
    Time {
        /// The nonce.
        nonce: String,
        /// The time.
        now: Timestamp,
    },
}
