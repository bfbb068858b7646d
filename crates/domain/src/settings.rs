//! What an owner has set for a robot: the document that reaches it retained and versioned.

use mapping::tile::TileIndex;
use serde::{Deserialize, Serialize};

use crate::FieldError;
use crate::command::Corner;
use crate::id::PairingId;

/// The most restrictions on one floor.
pub const MAX_RESTRICTIONS: usize = 64;
/// The most corners of one restriction.
pub const MAX_RESTRICTION_CORNERS: usize = 32;
/// The most bytes of a settings document on the wire, the limit of a retained message.
pub const MAX_SETTINGS_BYTES: usize = 128 * 1024;

/// Where a robot must not go, or not mop; in the home frame, millimetres.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Restriction {
    /// No entry within the polygon.
    NoGoZone {
        /// At least three corners.
        corners: Vec<Corner>,
    },
    /// No mopping within the polygon.
    NoMopZone {
        /// At least three corners.
        corners: Vec<Corner>,
    },
    /// No crossing of the line.
    VirtualWall {
        /// Two corners or more.
        corners: Vec<Corner>,
    },
}

impl Restriction {
    fn check(&self) -> Result<(), FieldError> {
        let (corners, least) = match self {
            Self::NoGoZone { corners } | Self::NoMopZone { corners } => (corners, 3),
            Self::VirtualWall { corners } => (corners, 2),
        };
        if !(least..=MAX_RESTRICTION_CORNERS).contains(&corners.len()) {
            let reason = format!(
                "must have {least} to {MAX_RESTRICTION_CORNERS} corners, has {}",
                corners.len()
            );
            return Err(FieldError::new("restrictions", reason));
        }
        Ok(())
    }
}

/// What an owner may change.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Preferences {
    /// Whether the robot may send its map; without it runs are reported without tiles.
    pub upload_map: bool,
    /// Whether the buttons on the robot are locked.
    pub child_lock: bool,
    /// Where it must not go.
    pub restrictions: Vec<Restriction>,
}

impl Preferences {
    /// What a robot starts with.
    pub fn initial() -> Self {
        Self {
            upload_map: true,
            ..Self::default()
        }
    }

    /// Checks the numbers of restrictions and corners.
    pub fn checked(self) -> Result<Self, FieldError> {
        if self.restrictions.len() > MAX_RESTRICTIONS {
            let reason = format!(
                "must have at most {MAX_RESTRICTIONS} entries, has {}",
                self.restrictions.len()
            );
            return Err(FieldError::new("restrictions", reason));
        }
        self.restrictions.iter().try_for_each(Restriction::check)?;
        Ok(self)
    }
}

/// The permanent layer of the robot's floor: what it locates itself on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PermanentLayer {
    /// Which vote of the floor it shows; 0 before the first.
    pub n: u32,
    /// Each tile's cells, as [`mapping::run_tile::RunTile::encode`] writes them: permanent cells occupied, free cells free.
    pub tiles: Vec<(TileIndex, Vec<u8>)>,
}

/// The settings of a robot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Grows with every change.
    pub version: u64,
    /// The pairing they belong to.
    pub pairing: PairingId,
    /// The version of the room list; changes only when rooms do.
    pub rooms_version: u64,
    /// What the owner chose.
    pub preferences: Preferences,
    /// What the robot locates itself on.
    pub permanent: PermanentLayer,
}

impl Settings {
    /// The settings of a robot that was just paired.
    pub fn initial(pairing: PairingId) -> Self {
        Self {
            version: 1,
            pairing,
            rooms_version: 0,
            preferences: Preferences::initial(),
            permanent: PermanentLayer::default(),
        }
    }

    /// The next version, with other preferences.
    pub fn with_preferences(&self, preferences: Preferences) -> Self {
        Self {
            version: self.version + 1,
            preferences,
            ..self.clone()
        }
    }

    /// The next version, with another permanent layer.
    pub fn with_permanent(&self, permanent: PermanentLayer) -> Self {
        Self {
            version: self.version + 1,
            permanent,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_of_two_corners_is_refused() {
        let corners = vec![Corner { x: 0, y: 0 }, Corner { x: 1, y: 1 }];
        let wall = Preferences {
            restrictions: vec![Restriction::VirtualWall {
                corners: corners.clone(),
            }],
            ..Preferences::initial()
        };
        let zone = Preferences {
            restrictions: vec![Restriction::NoGoZone { corners }],
            ..Preferences::initial()
        };
        assert!(wall.checked().is_ok());
        assert_eq!(
            zone.checked().unwrap_err().to_string(),
            "restrictions: must have 3 to 32 corners, has 2"
        );
    }
}
