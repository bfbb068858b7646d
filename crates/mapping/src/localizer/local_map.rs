//! The surfaces of the last metres, made ready for placing scans.

use crate::pose::Pose;

use super::correlate::{Raster, Reach};
use super::register::{Registration, register};
use super::surface::{Surface, SurfacePoint};

/// How far a correlated pose may still be from the surfaces, in metres.
const REFINE_REACH: f64 = 0.25;

/// The surfaces of the last metres.
#[derive(Default)]
pub(super) struct LocalMap {
    drawn: Option<(Raster, Surface)>,
}

impl LocalMap {
    /// The map of some points.
    pub(super) fn new(points: &[SurfacePoint]) -> Self {
        Self {
            drawn: Raster::new(points).map(|raster| (raster, Surface::new(points))),
        }
    }

    /// Searches for a scan around a guess and lays it on the surfaces; nothing if too little of it is there.
    pub(super) fn place(&self, points: &[SurfacePoint], guess: Pose, reach: Reach) -> Option<Registration> {
        let (raster, surface) = self.drawn.as_ref()?;
        let (found, _) = raster.best(points, guess, reach);
        register(surface, points, found, REFINE_REACH)
    }
}
