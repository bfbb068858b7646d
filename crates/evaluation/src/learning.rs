//! What the product learns from runs, and the things that it finds.

use mapping::components::Components;
use mapping::solid::with_solid_things;
use mapping::{CellClass, ClassGrid, Grid, GridError, HomeMap, RunMap};

use crate::error::EvalError;
use crate::score::CellSet;
use crate::sim::{Mask, near};

/// Lets a home's `n`-th run vote, as the fold of a sealed run does.
pub(crate) fn learn(home: &mut HomeMap, run: &RunMap, n: u32) -> Result<(), EvalError> {
    Ok(home.vote_run(&with_solid_things(run), n)?)
}

/// The classes of the cells of `shape`.
pub(crate) fn classes_over(shape: &Mask, classes: &ClassGrid) -> Result<Grid<CellClass>, GridError> {
    let cells = shape.iter().map(|(cell, _)| classes.class(cell)).collect();
    Grid::from_cells(shape.origin(), shape.width(), shape.height(), cells)
}

/// The things that movable cells are gathered into.
pub(crate) fn movable_things(classes: &Grid<CellClass>) -> Vec<CellSet> {
    let movable = classes.map(|class| class == CellClass::Movable);
    let parts = Components::of::<8>(&near(&near(&movable)));
    let mut things = vec![Vec::new(); parts.sizes.len()];
    for (cell, label) in parts.labels.iter() {
        let thing = (label as usize)
            .checked_sub(1)
            .and_then(|part| things.get_mut(part));
        if let Some(thing) = thing.filter(|_| movable.get(cell) == Some(true)) {
            thing.push(cell);
        }
    }
    things.iter().map(|cells| CellSet::hull_of(cells)).collect()
}
