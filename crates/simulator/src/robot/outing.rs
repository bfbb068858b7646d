//! What a path is planned from.

use mapping::tile::CellIndex;

use super::scope::Ground;
use crate::layout::Layout;
use crate::path::{CLEARANCE_METRES, covering};
use crate::route::Reach;

/// A run that is about to begin.
pub struct Outing {
    /// What stands where.
    pub layout: Layout,
    /// Where the robot is.
    pub start: CellIndex,
    /// Where it may go and what it shall clean.
    pub ground: Ground,
}

impl Outing {
    /// The corners of a path over everything that shall be cleaned and can be.
    pub fn path(&self) -> Vec<CellIndex> {
        let allowed = |cell| self.ground.is_allowed(cell);
        let reach = Reach::new(&self.layout, self.start, CLEARANCE_METRES, allowed);
        covering(&reach, self.start, |cell| self.ground.is_wanted(cell))
    }
}
