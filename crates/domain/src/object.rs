//! Movable things of a floor: what is there in some runs and not in others.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::command::Corner;
use crate::id::ObjectId;

/// A thing that is there at times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovableObject {
    /// Its id; stays while it is known again.
    pub id: ObjectId,
    /// Its outline in the home frame, millimetres.
    pub outline: Vec<Corner>,
    /// Share of the latest runs in which it was there, percent.
    pub presence: u8,
    /// The end of the first run that saw it, as far as the latest runs tell.
    pub first_seen: Timestamp,
    /// The end of the last run that saw it.
    pub last_seen: Timestamp,
}

/// The movable things of a floor.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ObjectList {
    /// The vote that it was made from; 0 before the first.
    pub n: u32,
    /// When the latest runs ended, the newest first, as many as a cell remembers.
    pub runs_ended: Vec<Timestamp>,
    /// The things, the largest first.
    pub objects: Vec<MovableObject>,
}
