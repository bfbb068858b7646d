//! What the product learns from runs, and the things that it finds.

use geo::{BoundingRect, Intersects, Point};
use mapping::objects::{MovableObject, find_objects};
use mapping::solid::with_solid_things;
use mapping::{CellClass, CellIndex, ClassGrid, Grid, GridError, HomeMap, RunMap};

use crate::error::EvalError;
use crate::score::CellSet;
use crate::sim::Mask;

/// Lets a home's `n`-th run vote, as the fold of a sealed run does.
pub(crate) fn learn(home: &mut HomeMap, run: &RunMap, n: u32) -> Result<(), EvalError> {
    Ok(home.vote_run(&with_solid_things(run), n)?)
}

/// The classes of the cells of `shape`.
pub(crate) fn classes_over(shape: &Mask, classes: &ClassGrid) -> Result<Grid<CellClass>, GridError> {
    let cells = shape.iter().map(|(cell, _)| classes.class(cell)).collect();
    Grid::from_cells(shape.origin(), shape.width(), shape.height(), cells)
}

/// The things that the map gathers its movable cells into: the cells whose centres lie in their polygons.
pub(crate) fn movable_things(map: &HomeMap) -> Vec<CellSet> {
    find_objects(&map.classes(), &map.evidence())
        .iter()
        .map(cells_of)
        .collect()
}

fn cells_of(thing: &MovableObject) -> CellSet {
    let Some(bounds) = thing.polygon.bounding_rect() else {
        return CellSet::default();
    };
    let (low, high) = (bounds.min(), bounds.max());
    let (low, high) = (
        CellIndex::of_metres(low.x, low.y),
        CellIndex::of_metres(high.x, high.y),
    );
    let around = (low.y..=high.y).flat_map(|y| (low.x..=high.x).map(move |x| CellIndex::new(x, y)));
    around
        .filter(|cell| thing.polygon.intersects(&Point::from(cell.centre_metres())))
        .collect()
}
