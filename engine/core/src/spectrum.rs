//! The singular values of a matrix: how much it stretches, direction by direction.

/// The singular values of `matrix`, `[rows, columns]` row-major, from the largest down; as many as its smaller side.
///
/// Their squares are the eigenvalues of `A·Aᵀ`, which rotations in two dimensions at a time turn into a diagonal matrix
/// (Jacobi 1846).
///
/// # Panics
/// If the length is no multiple of `columns`.
///
/// ```
/// let values = engine_core::spectrum::singular_values(&[3.0, 0.0, 0.0, 0.0, 4.0, 0.0], 3);
/// assert_eq!(values, [4.0, 3.0]);
/// ```
pub fn singular_values(matrix: &[f32], columns: usize) -> Vec<f64> {
    assert!(matrix.len().is_multiple_of(columns), "whole rows");
    let rows = matrix.len() / columns;
    let n = rows.min(columns);
    // Vectors along the smaller side, with the larger one between.
    let entry =
        |i: usize, k: usize| f64::from(if rows <= columns { matrix[i * columns + k] } else { matrix[k * columns + i] });
    let lines: Vec<Vec<f64>> = (0..n).map(|i| (0..rows.max(columns)).map(|k| entry(i, k)).collect()).collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let mut gram: Vec<Vec<f64>> = lines.iter().map(|a| lines.iter().map(|b| dot(a, b)).collect()).collect();
    let whole: f64 = (0..n).map(|i| gram[i][i]).sum();
    // Each sweep squares what is left beside the diagonal: a dozen is more than enough.
    for _ in 0..12 {
        let beside: f64 = (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| gram[i][j].powi(2)).sum();
        if libm::sqrt(beside) <= 1e-14 * whole {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut gram, p, q);
            }
        }
    }
    let mut values: Vec<f64> = (0..n).map(|i| libm::sqrt(gram[i][i].max(0.0))).collect();
    values.sort_by(|a, b| b.total_cmp(a));
    values
}

/// Turns the plane of two axes so that the entry between them becomes zero.
fn rotate(gram: &mut [Vec<f64>], p: usize, q: usize) {
    if gram[p][q] == 0.0 {
        return;
    }
    let theta = (gram[q][q] - gram[p][p]) / (2.0 * gram[p][q]);
    let t = theta.signum() / (theta.abs() + libm::sqrt(theta * theta + 1.0));
    let cos = 1.0 / libm::sqrt(t * t + 1.0);
    let sin = t * cos;
    for row in gram.iter_mut() {
        (row[p], row[q]) = (cos * row[p] - sin * row[q], sin * row[p] + cos * row[q]);
    }
    let (above, below) = gram.split_at_mut(q);
    for (a, b) in above[p].iter_mut().zip(&mut below[0]) {
        (*a, *b) = (cos * *a - sin * *b, sin * *a + cos * *b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Rng, Stream};

    #[test]
    fn a_product_of_thin_matrices_has_few_directions() {
        let mut rng = Rng::new(3, Stream::Init);
        let mut thin = |count: usize| -> Vec<f32> { (0..count).map(|_| rng.normal()).collect() };
        let (a, b) = (thin(20 * 3), thin(3 * 12));
        let entry = |i: usize, j: usize| (0..3).map(|k| a[i * 3 + k] * b[k * 12 + j]).sum::<f32>();
        let product: Vec<f32> = (0..20).flat_map(|i| (0..12).map(move |j| (i, j))).map(|(i, j)| entry(i, j)).collect();
        let values = singular_values(&product, 12);
        assert_eq!(values.len(), 12);
        assert!(values[2] > 1.0 && values[3] < 1e-4, "{values:?}");
        let length = product.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
        let squares = values.iter().map(|x| x * x).sum::<f64>();
        assert!((length / squares - 1.0).abs() < 1e-9, "the squares add up to the matrix's own");
        let turned: Vec<f32> =
            (0..12).flat_map(|j| (0..20).map(move |i| (i, j))).map(|(i, j)| product[i * 12 + j]).collect();
        let again = singular_values(&turned, 20);
        assert!(values.iter().zip(&again).all(|(a, b)| (a - b).abs() < 1e-4));
    }
}
