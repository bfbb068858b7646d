//! Everybody against every topic: what the deployed policies allow is what they shall allow, cell by cell, in the
//! evaluator and in the running broker.
//!
//! `cells` generates the matrix, `allowed` says in a few lines of its own what is permitted, `evaluator` and `live` try
//! it. The cells are also written to a file, for a suite that tries them against another broker; see [`cells::Cell`].

mod allowed;
mod cells;
mod evaluator;
mod live;

use cells::Cell;

/// The least number of cells that the matrix must have.
const LEAST: usize = 2_000;

/// Fails when a cell was decided otherwise than it shall be, and prints how many there were.
fn judge(what: &str, tried: &[(&Cell, bool)]) {
    let wrong: Vec<_> = tried
        .iter()
        .filter(|(cell, allowed)| *allowed != cell.allowed)
        .collect();
    let let_through = wrong.iter().filter(|(_, allowed)| *allowed).count();
    println!(
        "{what}: {} tried, {} failed ({let_through} let through)",
        tried.len(),
        wrong.len()
    );
    let first: Vec<_> = wrong.iter().take(20).collect();
    assert!(
        wrong.is_empty(),
        "{what}: {} cells are wrong, such as {first:#?}",
        wrong.len()
    );
}
