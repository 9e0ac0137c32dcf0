//! The inverse of a symmetric matrix, as a triangle.

/// A square matrix: rows of equal length.
pub type Square = Vec<Vec<f64>>;

/// The triangle `U`, nothing below its diagonal, with `UᵀU` the inverse of `matrix`, which is symmetric and positive
/// definite.
///
/// # Panics
/// If the matrix is not positive definite.
pub fn inverse_factor(matrix: &Square) -> Square {
    inverse_of_upper(&upper_factor(matrix))
}

/// The triangle `V`, nothing below its diagonal, with `VVᵀ` the matrix (Cholesky, from the last row up).
fn upper_factor(matrix: &Square) -> Square {
    let size = matrix.len();
    let mut factor = vec![vec![0.0; size]; size];
    for column in (0..size).rev() {
        for row in (0..=column).rev() {
            let known: f64 = (column + 1..size).map(|k| factor[row][k] * factor[column][k]).sum();
            let rest = matrix[row][column] - known;
            factor[row][column] = if row == column {
                assert!(rest > 0.0, "the matrix is positive definite");
                rest.sqrt()
            } else {
                rest / factor[column][column]
            };
        }
    }
    factor
}

/// The inverse of a triangle with nothing below its diagonal, which is one too.
fn inverse_of_upper(upper: &Square) -> Square {
    let size = upper.len();
    let mut inverse = vec![vec![0.0; size]; size];
    for column in 0..size {
        inverse[column][column] = 1.0 / upper[column][column];
        for row in (0..column).rev() {
            let known: f64 = (row + 1..=column).map(|k| upper[row][k] * inverse[k][column]).sum();
            inverse[row][column] = -known / upper[row][row];
        }
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_triangle_makes_the_inverse() {
        for size in [1, 2, 7, 19] {
            // A lopsided product of a matrix with itself, and something on the diagonal.
            let entry = |i: usize, j: usize| ((i * 7 + j * 13) % 11) as f64 - 5.0;
            let dot =
                |i, j| (0..size).map(|k| entry(i, k) * entry(j, k)).sum::<f64>() + f64::from(i == j) * (1.0 + i as f64);
            let matrix: Square = (0..size).map(|i| (0..size).map(|j| dot(i, j)).collect()).collect();
            let factor = inverse_factor(&matrix);
            for i in 0..size {
                assert!((0..i).all(|j| factor[i][j] == 0.0));
                for j in 0..size {
                    let inverse = |i: usize, j: usize| (0..size).map(|k| factor[k][i] * factor[k][j]).sum::<f64>();
                    let unit: f64 = (0..size).map(|k| matrix[i][k] * inverse(k, j)).sum();
                    assert!((unit - f64::from(i == j)).abs() < 1e-9, "{size}: {i}, {j}: {unit}");
                }
            }
        }
    }
}
