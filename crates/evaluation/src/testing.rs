//! Homes drawn for tests.

use mapping::{CellIndex, Grid};

use crate::plans::Plan;

/// Two rooms of 20 and 15 m² with a door of a metre between them.
pub(crate) fn plan_of_two_rooms() -> Plan {
    let mut free = Grid::filled(CellIndex::new(0, 0), 152, 84, false).unwrap();
    fill(&mut free, (2, 2), (100, 80));
    fill(&mut free, (102, 30), (104, 50));
    fill(&mut free, (106, 2), (150, 80));
    fill(&mut free, (100, 30), (106, 50));
    Plan::new("two rooms".to_owned(), &free).unwrap()
}

fn fill(free: &mut Grid<bool>, low: (i32, i32), high: (i32, i32)) {
    let cells = (low.1..high.1).flat_map(|y| (low.0..high.0).map(move |x| CellIndex::new(x, y)));
    cells.for_each(|cell| free.set(cell, true));
}
