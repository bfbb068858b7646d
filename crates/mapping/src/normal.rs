//! Normal equations of a pose: three unknowns, x, y and heading.

/// A symmetric matrix of three rows, or any other.
pub(crate) type Matrix = [[f64; 3]; 3];

/// The sums that least squares over a pose need: `matrix * step = vector`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Normal {
    pub(crate) matrix: Matrix,
    pub(crate) vector: [f64; 3],
}

impl Normal {
    /// Adds one residual with its slope along the three unknowns.
    pub(crate) fn add(&mut self, slope: [f64; 3], residual: f64, weight: f64) {
        for ((row, value), a) in self.matrix.iter_mut().zip(&mut self.vector).zip(slope) {
            row.iter_mut()
                .zip(slope)
                .for_each(|(cell, b)| *cell += weight * a * b);
            *value += weight * a * residual;
        }
    }

    /// The step that solves the equations, if they have one solution.
    pub(crate) fn solve(&self) -> Option<[f64; 3]> {
        inverse(&self.matrix).map(|inverse| times(&inverse, &self.vector))
    }
}

/// The inverse of a symmetric matrix by its cofactors, if it has one.
pub(crate) fn inverse(m: &Matrix) -> Option<Matrix> {
    let [[a, b, c], [_, d, e], [_, _, f]] = *m;
    let (ca, cb, cc) = (d * f - e * e, c * e - b * f, b * e - c * d);
    let determinant = a * ca + b * cb + c * cc;
    if determinant.is_nan() || determinant.abs() < 1e-9 {
        return None;
    }
    let rows = [
        [ca, cb, cc],
        [cb, a * f - c * c, b * c - a * e],
        [cc, b * c - a * e, a * d - b * b],
    ];
    Some(rows.map(|row| row.map(|value| value / determinant)))
}

/// A matrix times a vector.
pub(crate) fn times(matrix: &Matrix, vector: &[f64; 3]) -> [f64; 3] {
    matrix.map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_times_its_inverse_is_one() {
        let matrix = [[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]];
        let inverse = inverse(&matrix).unwrap();
        let product = times(&matrix, &times(&inverse, &[1.0, 2.0, 3.0]));
        assert!(
            product
                .iter()
                .zip([1.0, 2.0, 3.0])
                .all(|(a, b)| (a - b).abs() < 1e-9)
        );
        assert_eq!(super::inverse(&[[0.0; 3]; 3]), None);
    }
}
