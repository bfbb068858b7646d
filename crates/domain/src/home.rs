//! Homes, their floors, and who may do what in them.

use serde::{Deserialize, Serialize};

use crate::error::check_text;
use crate::id::{FloorId, HomeId, PersonId};
use crate::{FieldError, Timestamp};

/// The most characters in the name of a home, floor or robot.
pub const MAX_NAME: usize = 64;

/// The most homes that one person may own.
pub const MAX_OWNED_HOMES: usize = 10;

/// A name that people gave: 1 to [`MAX_NAME`] characters, none of them control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Name(String);

impl Name {
    /// Checks `text`; the error names `field`.
    pub fn new(field: &str, text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        check_text(field, text, MAX_NAME)?;
        Ok(Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// Its id.
    pub id: HomeId,
    /// What its owner calls it.
    pub name: Name,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A floor of a home; its map is in the frame of its first run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Floor {
    /// Its id.
    pub id: FloorId,
    /// What its owner calls it.
    pub name: Name,
    /// When its first run was sealed.
    pub created_at: Timestamp,
}

/// What a member may do in a home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May see, and may start and stop robots.
    Guest,
    /// May also change settings.
    Member,
    /// May also pair, unpair and share.
    Owner,
}

/// That a person belongs to a home; read from the store on every request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The home.
    pub home: HomeId,
    /// The person.
    pub person: PersonId,
    /// What they may do.
    pub role: Role,
}
