//! What a path is planned from.

use std::collections::VecDeque;

use domain::plan::CleaningPlan;
use mapping::tile::CellIndex;

use super::follow;
use super::scope::Ground;
use crate::layout::Layout;
use crate::path::{CLEARANCE_METRES, covering};
use crate::route::Reach;

/// A run that is about to begin.
pub struct Outing {
    /// What stands where.
    pub layout: Layout,
    /// Where the robot is.
    pub start: (f64, f64),
    /// Where it may go and what it shall clean.
    pub ground: Ground,
    /// The way it was given.
    pub plan: Option<CleaningPlan>,
}

/// A part of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Whether the robot charges before it.
    pub recharge_first: bool,
    /// Where it drives.
    pub path: Vec<(f64, f64)>,
}

impl Outing {
    /// The way that was given, as far as it can be driven; without one, over everything that shall be cleaned.
    pub fn stages(&self) -> VecDeque<Stage> {
        let reach = self.reach();
        if let Some(plan) = &self.plan {
            return follow::stages(&reach, self.start, plan, &self.ground.frame).into();
        }
        let path = covering(&reach, self.start(), |cell| self.ground.is_wanted(cell));
        VecDeque::from([Stage {
            recharge_first: false,
            path: path.into_iter().map(CellIndex::centre_metres).collect(),
        }])
    }

    /// Where the robot can get to and may.
    pub fn reach(&self) -> Reach {
        let allowed = |cell| self.ground.is_allowed(cell);
        Reach::new(&self.layout, self.start(), CLEARANCE_METRES, allowed)
    }

    /// Where the robot can get to, allowed or not.
    pub fn reach_of_all(&self) -> Reach {
        Reach::new(&self.layout, self.start(), CLEARANCE_METRES, |_| true)
    }

    fn start(&self) -> CellIndex {
        CellIndex::of_metres(self.start.0, self.start.1)
    }
}
