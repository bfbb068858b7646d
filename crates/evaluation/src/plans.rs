//! The homes to simulate: floor plans of an ordinary size.

use mapping::formats::png_map::read_floor_plan;
use mapping::{CellIndex, Grid};

use crate::error::EvalError;
use crate::files;

/// Homes between these areas are evaluated, in square metres.
pub const PLAN_AREA_M2: std::ops::RangeInclusive<f64> = 30.0..=250.0;

/// Cells of wall added around a plan, so that nothing looks out of the picture.
const MARGIN: i32 = 4;

/// A home without furniture.
pub(crate) struct Plan {
    /// The name of its file.
    pub(crate) name: String,
    /// Which cells are free.
    pub(crate) free: Grid<bool>,
}

impl Plan {
    pub(crate) fn new(name: String, free: &Grid<bool>) -> Result<Self, EvalError> {
        let margin = MARGIN as usize;
        let (width, height) = (free.width() + 2 * margin, free.height() + 2 * margin);
        let mut framed = Grid::filled(CellIndex::new(0, 0), width, height, false)?;
        free.iter()
            .for_each(|(cell, is_free)| framed.set(cell.offset(MARGIN, MARGIN), is_free));
        Ok(Self { name, free: framed })
    }

    /// Free area in square metres.
    pub(crate) fn area_m2(&self) -> f64 {
        let cells = self.free.cells().iter().filter(|free| **free).count();
        cells as f64 * mapping::CELL_METRES * mapping::CELL_METRES
    }
}

/// The plans that any pattern names and whose area is within [`PLAN_AREA_M2`].
pub(crate) fn load(patterns: &[String]) -> Result<Vec<Plan>, EvalError> {
    let mut plans = Vec::new();
    for path in files::matching(patterns, "floor plans")? {
        let picture = read_floor_plan(&files::read(&path)?);
        let plan = picture.map_err(|source| EvalError::Picture {
            path: path.clone(),
            source,
        })?;
        if PLAN_AREA_M2.contains(&plan.area_m2()) {
            plans.push(Plan::new(files::stem(&path), plan.free())?);
        }
    }
    if plans.is_empty() {
        return Err(EvalError::Nothing("floor plans of 30 to 250 m²"));
    }
    Ok(plans)
}
