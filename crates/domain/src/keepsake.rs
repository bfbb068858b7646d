//! A floor as its owner takes it along to another installation.

use mapping::home_map::HomeMap;

use crate::FieldError;
use crate::floor_map::FloorMap;
use crate::home::Floor;
use crate::object::ObjectList;

/// The most floors that a home is brought with: what one write of the store holds.
pub const MAX_BROUGHT_FLOORS: usize = 8;
/// The most votes of a floor that is brought: one each minute for nineteen years.
pub const MAX_BROUGHT_VOTES: u32 = 10_000_000;
/// The highest number of a change to a floor that is brought.
pub const MAX_BROUGHT_REVISION: u64 = 1 << 40;

/// A floor with all the evidence of its map, and what was derived from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Keepsake {
    floor: Floor,
    evidence: HomeMap,
    map: FloorMap,
    objects: ObjectList,
}

impl Keepsake {
    /// Checks that no number is beyond its limit, and that nothing is from a vote after the map's last.
    pub fn new(
        floor: Floor,
        evidence: HomeMap,
        map: FloorMap,
        objects: ObjectList,
    ) -> Result<Self, FieldError> {
        let at_most = |field: &str, is: u64, limit: u64| {
            let reason = || format!("must be at most {limit}, is {is}");
            (is <= limit)
                .then_some(())
                .ok_or_else(|| FieldError::new(field, reason()))
        };
        at_most("votes", map.n.into(), MAX_BROUGHT_VOTES.into())?;
        at_most("revision", map.revision, MAX_BROUGHT_REVISION)?;
        at_most("rooms.version", map.rooms.version(), MAX_BROUGHT_REVISION)?;
        at_most("objects.n", objects.n.into(), map.n.into())?;
        let newest = evidence.tiles().map(|(_, tile)| tile.n()).max();
        at_most("tiles.n", newest.unwrap_or_default().into(), map.n.into())?;
        Ok(Self {
            floor,
            evidence,
            map,
            objects,
        })
    }

    /// The floor.
    pub fn floor(&self) -> &Floor {
        &self.floor
    }

    /// The votes of its map.
    pub fn evidence(&self) -> &HomeMap {
        &self.evidence
    }

    /// What phones and robots read.
    pub fn map(&self) -> &FloorMap {
        &self.map
    }

    /// The movable things.
    pub fn objects(&self) -> &ObjectList {
        &self.objects
    }
}
