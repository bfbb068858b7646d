//! What an owner has set for a robot: the document that reaches it retained and versioned.

use mapping::coverage::check_area;
use mapping::tile::TileIndex;
use serde::{Deserialize, Serialize};

use crate::FieldError;
use crate::command::Corner;
use crate::id::{FloorId, PairingId};
use crate::schedule::{self, DoNotDisturb, ScheduleEntry};
use crate::shape::polygon;
use crate::time_zone::ZoneName;

/// The most restrictions on one floor.
pub const MAX_RESTRICTIONS: usize = 64;
/// The most corners of one restriction.
pub const MAX_RESTRICTION_CORNERS: usize = 32;
/// The most bytes of a settings document on the wire, the limit of a retained message.
pub const MAX_SETTINGS_BYTES: usize = 128 * 1024;
/// The most floors whose permanent layer a robot keeps.
pub const MAX_LAYERS: usize = 4;
/// The most bytes that all layers take on the wire; what is left holds any list of restrictions.
pub const MAX_LAYERS_BYTES: usize = 48 * 1024;

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
        match self {
            Self::NoGoZone { corners } | Self::NoMopZone { corners } => check_area(&polygon(corners))
                .map_err(|error| FieldError::new("restrictions", error.to_string())),
            Self::VirtualWall { .. } => Ok(()),
        }
    }
}

/// What an owner may change.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Preferences {
    /// Whether the robot may send its map; without it runs are reported without tiles.
    pub upload_map: bool,
    /// Whether the buttons on the robot start nothing; they stop it all the same, and held for long enough they lift
    /// the lock.
    pub child_lock: bool,
    /// Where it must not go.
    pub restrictions: Vec<Restriction>,
    /// Where the home's clocks are.
    #[serde(default)]
    pub time_zone: ZoneName,
    /// When it cleans by itself.
    #[serde(default)]
    pub schedule: Vec<ScheduleEntry>,
    /// When nothing begins that nobody beside the robot asked for.
    #[serde(default)]
    pub do_not_disturb: DoNotDisturb,
}

impl Preferences {
    /// What a robot starts with.
    pub fn initial() -> Self {
        Self {
            upload_map: true,
            ..Self::default()
        }
    }

    /// Checks the numbers of restrictions, corners and entries, and that no zone crosses itself.
    pub fn checked(self) -> Result<Self, FieldError> {
        if self.restrictions.len() > MAX_RESTRICTIONS {
            let reason = format!(
                "must have at most {MAX_RESTRICTIONS} entries, has {}",
                self.restrictions.len()
            );
            return Err(FieldError::new("restrictions", reason));
        }
        self.restrictions.iter().try_for_each(Restriction::check)?;
        schedule::check(&self.schedule)?;
        self.do_not_disturb.check()?;
        Ok(self)
    }

    /// Checks that this version knows the time zone; whoever is told of preferences later may know fewer zones.
    pub fn check_zone(&self) -> Result<(), FieldError> {
        match self.time_zone.zone() {
            Some(_) => Ok(()),
            None => Err(FieldError::new(
                "time_zone",
                "must be a time zone of the IANA database, such as `Europe/Berlin`",
            )),
        }
    }
}

/// The permanent layer of a floor: what a robot locates itself on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermanentLayer {
    /// The floor.
    pub floor: FloorId,
    /// Which vote of the floor it shows, from 1.
    pub n: u32,
    /// The version of the floor's room list; changes only when rooms do.
    pub rooms_version: u64,
    /// Each tile's cells, as [`mapping::run_tile::RunTile::encode`] writes them: permanent cells occupied, free cells free.
    pub tiles: Vec<(TileIndex, Vec<u8>)>,
}

impl PermanentLayer {
    /// The bytes that the layer takes on the wire, rounded up.
    pub fn wire_bytes(&self) -> usize {
        const HEAD: usize = 128;
        const TILE_HEAD: usize = 24;
        let tile = |cells: &Vec<u8>| TILE_HEAD + cells.len().div_ceil(3) * 4;
        HEAD + self.tiles.iter().map(|(_, cells)| tile(cells)).sum::<usize>()
    }
}

/// The settings of a robot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Grows with every change.
    pub version: u64,
    /// The pairing they belong to.
    pub pairing: PairingId,
    /// What the owner chose.
    pub preferences: Preferences,
    /// The version with which the owner chose it; 0 if that was before it was noted.
    #[serde(default)]
    pub chosen_in: u64,
    /// What the robot locates itself on: floors of its home, the one used last first, at most [`MAX_LAYERS`].
    #[serde(default)]
    pub layers: Vec<PermanentLayer>,
}

impl Settings {
    /// The settings of a robot that was just paired.
    pub fn initial(pairing: PairingId) -> Self {
        Self {
            version: 1,
            pairing,
            preferences: Preferences::initial(),
            chosen_in: 1,
            layers: Vec::new(),
        }
    }

    /// The next version, with other preferences.
    pub fn with_preferences(&self, preferences: Preferences) -> Self {
        Self {
            version: self.version + 1,
            chosen_in: self.version + 1,
            preferences,
            ..self.clone()
        }
    }

    /// The next version, with `layer` as the one used last; floors used longest ago are left out rather than
    /// exceeding [`MAX_LAYERS`] and [`MAX_LAYERS_BYTES`].
    pub fn with_layer(&self, layer: PermanentLayer) -> Self {
        let others = self.layers.iter().filter(|other| other.floor != layer.floor);
        self.with_layers(std::iter::once(&layer).chain(others))
    }

    /// The next version, with the layer of a floor where the robot is not: in its place if it is known, and last if
    /// not.
    pub fn with_other_layer(&self, layer: PermanentLayer) -> Self {
        let known = self.layers.iter().any(|known| known.floor == layer.floor);
        let replaced = self
            .layers
            .iter()
            .map(|known| if known.floor == layer.floor { &layer } else { known });
        self.with_layers(replaced.chain((!known).then_some(&layer)))
    }

    fn with_layers<'l>(&self, latest_first: impl Iterator<Item = &'l PermanentLayer>) -> Self {
        let mut left = MAX_LAYERS_BYTES;
        let mut fits = |layer: &PermanentLayer| {
            let rest = left.checked_sub(layer.wire_bytes());
            left = rest.unwrap_or(0);
            rest.is_some()
        };
        let layers = latest_first.take_while(|layer| fits(layer)).take(MAX_LAYERS);
        Self {
            version: self.version + 1,
            layers: layers.cloned().collect(),
            ..self.clone()
        }
    }

    /// The permanent layer of a floor, if the robot has it.
    pub fn layer(&self, floor: FloorId) -> Option<&PermanentLayer> {
        self.layers.iter().find(|layer| layer.floor == floor)
    }

    /// The version of the room list of the floor used last; 0 before the first.
    pub fn rooms_version(&self) -> u64 {
        self.layers.first().map_or(0, |layer| layer.rooms_version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(floor: u128, n: u32, bytes: usize) -> PermanentLayer {
        PermanentLayer {
            floor: FloorId::from_u128(floor),
            n,
            rooms_version: 1,
            tiles: vec![(TileIndex::new(0, 0), vec![0; bytes])],
        }
    }

    fn floors(settings: &Settings) -> Vec<u128> {
        let floor = |layer: &PermanentLayer| layer.floor.as_u128();
        settings.layers.iter().map(floor).collect()
    }

    #[test]
    fn the_floors_used_last_are_kept() {
        let start = Settings::initial(PairingId::from_u128(1));
        let all = (1..=5).fold(start, |settings, floor| settings.with_layer(layer(floor, 1, 10)));
        assert_eq!(floors(&all), [5, 4, 3, 2]);
        let again = all.with_layer(layer(3, 2, 10));
        assert_eq!(floors(&again), [3, 5, 4, 2]);
        assert_eq!(again.layer(FloorId::from_u128(3)).map(|layer| layer.n), Some(2));
        assert_eq!(again.version, all.version + 1);
        assert_eq!(floors(&all.with_other_layer(layer(3, 2, 10))), [5, 4, 3, 2]);
        let two = Settings::initial(PairingId::from_u128(1)).with_layer(layer(1, 1, 10));
        assert_eq!(floors(&two.with_other_layer(layer(2, 1, 10))), [1, 2]);
    }

    #[test]
    fn a_large_floor_displaces_the_ones_used_before_it() {
        let start = Settings::initial(PairingId::from_u128(1)).with_layer(layer(1, 1, 10));
        let large = start.with_layer(layer(2, 1, MAX_LAYERS_BYTES / 4 * 3 - 200));
        assert_eq!(floors(&large), [2]);
        assert_eq!(floors(&large.with_layer(layer(3, 1, MAX_LAYERS_BYTES))), [0; 0]);
    }

    #[test]
    fn a_zone_that_crosses_itself_is_refused() {
        let corners = [(0, 0), (900, 900), (900, 0), (0, 900)].map(|(x, y)| Corner { x, y });
        let zone = Preferences {
            restrictions: vec![Restriction::NoGoZone {
                corners: corners.to_vec(),
            }],
            ..Preferences::initial()
        };
        assert_eq!(
            zone.checked().unwrap_err().to_string(),
            "restrictions: must not cross itself"
        );
    }

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
