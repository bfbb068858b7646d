//! Sparse symmetric equations in blocks of three, solved by elimination in the order of fewest neighbours (Tinney and
//! Walker 1967): a pose graph of a home stays sparse that way.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::normal::{Matrix, inverse, times};

/// `matrix * x = vector` over blocks of three unknowns; both halves of the matrix are kept.
pub(super) struct BlockSystem {
    rows: Vec<BTreeMap<usize, Matrix>>,
    vector: Vec<[f64; 3]>,
}

/// An unknown that was eliminated: what it is once the others are known.
struct Eliminated {
    block: usize,
    inverse: Matrix,
    others: Vec<(usize, Matrix)>,
}

impl BlockSystem {
    /// Equations of `blocks` × 3 unknowns, all zero.
    pub(super) fn new(blocks: usize) -> Self {
        Self {
            rows: vec![BTreeMap::new(); blocks],
            vector: vec![[0.0; 3]; blocks],
        }
    }

    /// Adds to a block of the matrix; what is off the diagonal is added on both sides of it.
    pub(super) fn add(&mut self, row: usize, column: usize, block: &Matrix) {
        self.add_half(row, column, block);
        if row != column {
            self.add_half(column, row, &transposed(block));
        }
    }

    fn add_half(&mut self, row: usize, column: usize, block: &Matrix) {
        if let Some(row) = self.rows.get_mut(row) {
            let sum = row.entry(column).or_default();
            combine(sum, block, 1.0);
        }
    }

    /// Adds to a block of the vector.
    pub(super) fn add_vector(&mut self, row: usize, values: [f64; 3]) {
        if let Some(sum) = self.vector.get_mut(row) {
            sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
        }
    }

    /// The solution, unless the matrix has none.
    pub(super) fn solve(mut self) -> Option<Vec<[f64; 3]>> {
        let mut done = Vec::with_capacity(self.rows.len());
        let degree = |(block, row): (usize, &BTreeMap<usize, Matrix>)| Reverse((row.len(), block));
        let mut order: BinaryHeap<_> = self.rows.iter().enumerate().map(degree).collect();
        let mut open = vec![true; self.rows.len()];
        while let Some(Reverse((length, block))) = order.pop() {
            let now = self.rows.get(block).map_or(0, BTreeMap::len);
            let is_open = open.get(block).copied().unwrap_or(false);
            if !is_open || now != length {
                if is_open {
                    order.push(Reverse((now, block)));
                }
                continue;
            }
            if let Some(flag) = open.get_mut(block) {
                *flag = false;
            }
            done.push(self.eliminate(block)?);
        }
        Some(self.substitute(&done))
    }

    /// Takes one unknown out of the equations of all others.
    fn eliminate(&mut self, block: usize) -> Option<Eliminated> {
        let mut row = std::mem::take(self.rows.get_mut(block)?);
        let inverse = inverse(&row.remove(&block)?)?;
        let others: Vec<_> = row.into_iter().collect();
        let value = *self.vector.get(block)?;
        for (other, coupling) in &others {
            let factor = product(&transposed(coupling), &inverse);
            if let Some(row) = self.rows.get_mut(*other) {
                row.remove(&block);
                for (third, block) in &others {
                    combine(row.entry(*third).or_default(), &product(&factor, block), -1.0);
                }
            }
            self.add_vector(*other, times(&factor, &value).map(|value| -value));
        }
        Some(Eliminated {
            block,
            inverse,
            others,
        })
    }

    /// Solves the eliminated unknowns, last first.
    fn substitute(mut self, done: &[Eliminated]) -> Vec<[f64; 3]> {
        for step in done.iter().rev() {
            for (other, coupling) in &step.others {
                let known = self.vector.get(*other).copied().unwrap_or_default();
                self.add_vector(step.block, times(coupling, &known).map(|value| -value));
            }
            if let Some(value) = self.vector.get_mut(step.block) {
                *value = times(&step.inverse, value);
            }
        }
        self.vector
    }
}

/// Adds a matrix times a number.
pub(super) fn combine(sum: &mut Matrix, block: &Matrix, factor: f64) {
    for (sum, value) in sum.iter_mut().flatten().zip(block.iter().flatten()) {
        *sum += factor * value;
    }
}

/// The matrix mirrored at its diagonal.
pub(super) fn transposed(m: &Matrix) -> Matrix {
    let [[a, b, c], [d, e, f], [g, h, i]] = *m;
    [[a, d, g], [b, e, h], [c, f, i]]
}

/// One matrix times another.
pub(super) fn product(a: &Matrix, b: &Matrix) -> Matrix {
    let columns = transposed(b);
    a.map(|row| times(&columns, &row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_of_blocks_is_solved() {
        const BLOCKS: usize = 12;
        let diagonal = [[9.0, 1.0, 0.5], [1.0, 8.0, 0.2], [0.5, 0.2, 7.0]];
        let coupling = [[1.0, 0.3, 0.0], [-0.2, 1.5, 0.4], [0.1, 0.0, -1.0]];
        let wanted: Vec<[f64; 3]> = (0..BLOCKS).map(|i| [i as f64, 1.0 - i as f64, 0.5]).collect();
        let mut system = BlockSystem::new(BLOCKS);
        for i in 0..BLOCKS {
            let next = (i + 1) % BLOCKS;
            system.add(i, i, &diagonal);
            system.add(i, next, &coupling);
            system.add_vector(i, times(&diagonal, &wanted[i]));
            system.add_vector(i, times(&coupling, &wanted[next]));
            system.add_vector(next, times(&transposed(&coupling), &wanted[i]));
        }
        let found = system.solve().unwrap();
        for (found, wanted) in found.iter().flatten().zip(wanted.iter().flatten()) {
            assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted}");
        }
    }

    #[test]
    fn what_nothing_holds_has_no_solution() {
        assert!(BlockSystem::new(1).solve().is_none());
    }
}
