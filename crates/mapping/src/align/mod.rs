//! Finds where a run lies in the home map.
//!
//! The obstacles that the run saw are searched for in the permanent layer, coarse to fine, first around where the dock
//! should be and then everywhere, and the best place is refined on the distance to the nearest permanent cell.

mod field;
mod fit;
mod refine;
mod search;

use crate::class_grid::CellClass;
use crate::grid::Grid;
use crate::pose::Pose;
use crate::run_map::RunMap;
use crate::run_tile::RunCell;
use crate::tile::CellIndex;

pub(crate) use field::Field;
pub use fit::Fit;
pub(crate) use search::{Window, best_poses};

/// Half width of the search around a guess, in metres along each axis.
pub const LOCAL_REACH_METRES: f64 = 0.6;
/// Half width of the search around a guess, in radians.
pub const LOCAL_REACH_RADIANS: f64 = 17.0 * std::f64::consts::PI / 180.0;
/// Fewest obstacle cells that a run needs to be found by.
pub const MIN_RUN_OBSTACLES: usize = 40;

/// Where a run lies in the home map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alignment {
    /// The run's origin in the home frame: `pose.transform(point)` takes a point of the run into the home.
    pub pose: Pose,
    /// How well the two fit, 0 to 1.
    pub fit: Fit,
    /// Covariance of the pose's x, y (m²) and heading (rad²), row by row.
    pub covariance: [[f64; 3]; 3],
}

/// Why a run could not be placed.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum AlignError {
    /// The run saw next to nothing.
    #[error("{0} obstacle cells are fewer than the {MIN_RUN_OBSTACLES} needed to place a run")]
    TooFewObstacles(usize),
    /// The map has no permanent cell.
    #[error("the map has nothing permanent to align with")]
    EmptyMap,
    /// The best place does not fit well enough: the run belongs to another floor.
    #[error("the best place explains {:.2} of what was seen, and {:.2} of the map there", .0.seen, .0.expected)]
    Misfit(Fit),
}

/// The permanent layer of one floor, made ready for aligning any number of runs.
pub struct Aligner {
    classes: Grid<CellClass>,
    field: Field,
}

impl Aligner {
    /// Prepares the floor's classes.
    ///
    /// # Errors
    /// [`AlignError::EmptyMap`] if no cell is permanent.
    pub fn new(classes: &Grid<CellClass>) -> Result<Self, AlignError> {
        let field = Field::new(classes).ok_or(AlignError::EmptyMap)?;
        Ok(Self {
            classes: classes.clone(),
            field,
        })
    }

    /// Places a run: around `guess` first, the pose that the dock should have, and anywhere if that fails.
    ///
    /// # Errors
    /// [`AlignError`] if the run saw too little or fits nowhere.
    pub fn align(&self, run: &RunMap, guess: Pose) -> Result<Alignment, AlignError> {
        self.align_near(run, guess).or_else(|_| self.align_anywhere(run))
    }

    /// Places a run within [`LOCAL_REACH_METRES`] and [`LOCAL_REACH_RADIANS`] of `guess`.
    ///
    /// # Errors
    /// [`AlignError`] if the run saw too little or does not fit there.
    pub fn align_near(&self, run: &RunMap, guess: Pose) -> Result<Alignment, AlignError> {
        let points = obstacle_points(run)?;
        let found = best_poses(&self.field, &points, &Window::around(guess));
        self.best_fit(run, &points, &found)
    }

    /// Places a run anywhere on the floor.
    ///
    /// # Errors
    /// [`AlignError`] if the run saw too little or fits nowhere.
    pub fn align_anywhere(&self, run: &RunMap) -> Result<Alignment, AlignError> {
        let points = obstacle_points(run)?;
        let found = best_poses(&self.field, &points, &Window::anywhere(&self.field, &points));
        self.best_fit(run, &points, &found)
    }

    /// How well a run fits at a pose.
    pub fn fit(&self, run: &RunMap, pose: &Pose) -> Fit {
        Fit::of(&self.classes, &self.field, run, pose)
    }

    /// Refines every candidate and takes the one that fits best.
    fn best_fit(&self, run: &RunMap, points: &[(f64, f64)], found: &[Pose]) -> Result<Alignment, AlignError> {
        let refined = found.iter().map(|pose| {
            let (pose, covariance) = refine::refine(&self.field, points, *pose);
            Alignment {
                pose,
                fit: self.fit(run, &pose),
                covariance,
            }
        });
        let best = refined.max_by(|a, b| a.fit.score().total_cmp(&b.fit.score()));
        match best {
            Some(best) if best.fit.is_good() => Ok(best),
            Some(best) => Err(AlignError::Misfit(best.fit)),
            None => Err(AlignError::Misfit(Fit::default())),
        }
    }
}

/// Centres of the run's obstacle cells that border on free ones, in metres: the surfaces that a sensor sees.
fn obstacle_points(run: &RunMap) -> Result<Vec<(f64, f64)>, AlignError> {
    const SIDES: [(i32, i32); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];
    let borders_on_free = |cell: &CellIndex| {
        SIDES
            .iter()
            .any(|(dx, dy)| run.get(cell.offset(*dx, *dy)) == RunCell::Free)
    };
    let obstacles = run
        .known()
        .filter(|(_, state)| *state == RunCell::Occupied)
        .map(|(cell, _)| cell);
    let points: Vec<_> = obstacles
        .filter(borders_on_free)
        .map(CellIndex::centre_metres)
        .collect();
    if points.len() < MIN_RUN_OBSTACLES {
        Err(AlignError::TooFewObstacles(points.len()))
    } else {
        Ok(points)
    }
}
